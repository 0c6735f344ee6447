// The figure in words: for those who cannot see it, and for what cannot be seen in it.

import { extent, scaled } from "./orbit.js";
import { short } from "./paint.js";

const CLOSE = 1e-9; // of the greatest size of a coordinate: what is called the same
const whole = (number) => number.toLocaleString("en");

export function inWords(orbits, { system, view, axes, apart, along, inputs }) {
  const [orbit, second] = orbits;
  const kind = { space: `in 3-D, axes ${axes.join(", ")}`, plane: `in the plane of ${axes.join(" and ")}`, series: "as time series" }[view];
  const points = orbit.finite === 1 ? "1 point" : `${whole(orbit.finite)} points`;
  const parts = second ? ` ${parting(orbit, second, apart, along)}` : "";
  const left = orbits.map(({ finite, rows, n, every }, i) =>
    finite === rows ? "" : `The ${i ? "second " : ""}orbit ${n(finite) > every || every === 1 ? "leaves" : "has left"} double's range `
      + `${every === 1 ? "at" : "by"} n = ${whole(n(finite))}: it is shown up to there.`);
  return {
    title: `${system.title}, ${kind}`,
    summary: orbit.finite
      ? `${system.title}: ${points} of one orbit ${kind}; ${ranges(orbit).join(", ")}.${repeats(orbit, Number(inputs.delta_t ?? 1))}${parts}`
      : `${system.title}: no point of this orbit that the figure would show is within double's range.`,
    notice: [...left, view === "series" ? "" : beyond(orbits, axes)].join(" ").trim(),
  };
}

// How many points lie where growth has taken them, beyond what sets the scale.
function beyond(orbits, axes) {
  const most = axes.map((name) => scaled(orbits.map((orbit) => orbit.column(name))));
  if (most.every((size) => size === Infinity)) return "";
  let count = 0;
  for (const { finite, column } of orbits) {
    const columns = axes.map(column);
    for (let row = 0; row < finite; row++) if (columns.some((values, i) => Math.abs(values[row]) > most[i])) count++;
  }
  const all = orbits.reduce((sum, { finite }) => sum + finite, 0);
  return `${whole(count)} of ${whole(all)} points grow beyond the scale of the figure; as time series they show on a log scale.`;
}

function ranges({ names, column }) {
  return names.map((name) => {
    const [low, high] = extent([column(name)]);
    if (low === high) return `${name} at ${short(low)}`;
    return short(low) === short(high) ? `${name} near ${short(low)}` : `${name} from ${short(low)} to ${short(high)}`;
  });
}

// Rows of the first and last records.
export function ends({ rows, finite, names, n, column }) {
  const from = (start, end) => Array.from({ length: end - start }, (_, i) => start + i);
  const shown = [...from(0, Math.min(5, rows)), ...from(Math.max(5, rows - 5), Math.max(5, rows))];
  return shown.map((row) => [n(row), ...names.map((name) => (row < finite ? column(name)[row] : "past the range"))]);
}

// Whether the last third repeats, so that what only creeps (a flow of a small time step, say) is not called at rest.
function repeats({ names, rows, finite, every, column }, timeStep) {
  if (finite < rows || every > 1) return "";
  const columns = names.map((name) => {
    const values = column(name);
    return { values, near: CLOSE * Math.min(1, Math.abs(timeStep)) * Math.max(...extent([values]).map(Math.abs)) };
  });
  for (let length = 1; length <= 64 && finite > 3 * length; length++) {
    const last = Math.max(2 * length, Math.floor(finite / 3));
    const same = (back) => columns.every(({ values, near }) => Math.abs(values[finite - 1 - back] - values[finite - 1 - (back % length)]) <= near);
    let back = 0;
    while (back < last && same(back)) back++;
    if (back === last) return length === 1 ? " It has come to rest at a fixed point." : ` It has settled on a cycle of period ${length}.`;
  }
  return "";
}

function parting(first, second, apart, along) {
  const columns = first.names.map((name) => [first.column(name), second.column(name)]);
  const count = Math.min(first.finite, second.finite);
  const far = (row) => Math.hypot(...columns.map(([a, b]) => a[row] - b[row]));
  const size = Math.hypot(...columns.map((pair) => { const [low, high] = extent(pair.map((column) => column.subarray(0, count))); return high - low; }));
  const start = `A second orbit starts ${apart} apart in ${along}`;
  let most = 0;
  for (let row = 0; row < count; row++) {
    most = Math.max(most, far(row));
    if (size && far(row) >= size / 10) return `${start}; the two are a tenth of the figure apart ${first.every > 1 ? "by" : "at"} n = ${whole(first.n(row))}.`;
  }
  if (!most) return `${start}; the two are the same at every point that is shown.`;
  return `${start}; the two stay within a tenth of the figure of each other${count < Math.max(first.rows, second.rows) ? " while both are within double's range" : ""}.`;
}
