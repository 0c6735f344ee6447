// The figure in words: for those who cannot see it, and for what cannot be seen in it.

import { distances, extent, scaled } from "./orbit.js";
import { short } from "./paint.js";
import { drawn, label, neighbour } from "./state.js";

const CLOSE = 1e-9; // of the greatest size of a coordinate: what is called the same
const whole = (number) => number.toLocaleString("en");

export function inWords(orbits, state) {
  const { system, view, axes } = state;
  const [orbit, second] = orbits;
  const names = axes.map((name) => label(system, name));
  const kind = { space: `in 3-D, axes ${names.join(", ")}`, plane: `in the plane of ${names.join(" and ")}`, series: "as time series" }[view];
  const parts = second ? ` ${parting(orbits, state)}` : "";
  const left = orbits.map((one, i) => (one.finite === one.rows ? "" : leaving(one, i ? "second " : "")));
  return {
    title: `${system.title}, ${kind}`,
    summary: orbit.finite
      ? `${system.title}: ${points(orbit, state)} of one orbit ${kind}; ${ranges(orbit, system).join(", ")}.${repeats(orbit)}${parts}`
      : `${system.title}: no point of this orbit that the figure would show is within double's range.`,
    notice: [...left, view === "series" ? "" : beyond(orbits, axes)].join(" ").trim(),
  };
}

// At the first point shown an orbit may have left long before; between two that are not consecutive, by the latter.
function leaving({ finite, n, every }, which) {
  const at = n(finite);
  const isBetween = finite > 0 || at === every;
  const when = isBetween ? `leaves double's range ${every === 1 ? "at" : "by"}` : "has left double's range by";
  return `The ${which}orbit ${when} n = ${whole(at)}: it is shown up to there.`;
}

// How many there are, and of how many.
function points({ finite, rows }, state) {
  const { records, share } = drawn(state);
  const count = finite === 1 ? "1 point" : `${whole(finite)} points`;
  if (share > 1) return `${count} (every ${ordinal(share)} of ${whole(records)})`;
  return rows < records ? `${count} (the first of ${whole(records)})` : count;
}

function ordinal(count) {
  return `${whole(count)}${{ one: "st", two: "nd", few: "rd", other: "th" }[new Intl.PluralRules("en", { type: "ordinal" }).select(count)]}`;
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
  return `${whole(count)} of ${whole(all)} points ${count === 1 ? "grows" : "grow"} beyond the scale of the figure; as time series they show on a log scale.`;
}

function ranges({ names, column }, system) {
  return names.map((plain) => {
    const [low, high] = extent([column(plain)]);
    const name = label(system, plain);
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

const LONGEST = 64; // period that is looked for

// What is certain of a state that comes back, bit for bit: it does so for ever. What only comes near is told as that.
function repeats({ names, rows, finite, every, column }) {
  if (finite < rows || every > 1) return "";
  const columns = names.map(column);
  const most = columns.map((values) => CLOSE * Math.max(...extent([values]).map(Math.abs)));
  const isSame = (row, length) => row >= length && columns.every((values) => values[row] === values[row - length]);
  // Each of so many last points against the one `length` later, round and round.
  const isNear = (count, length) => Array.from({ length: count }).every((_, back) =>
    columns.every((values, i) => Math.abs(values[finite - 1 - back] - values[finite - 1 - ((back + length) % count)]) <= most[i]));
  for (let period = 1; period <= LONGEST; period++) {
    if (!isSame(finite - 1, period)) continue;
    let row = finite - 1;
    while (isSame(row - 1, period)) row--;
    let length = 1;
    while (length < period && (period % length || !isNear(period, length))) length++;
    const told = length === 1 ? "It has come to rest at a fixed point" : `It has settled on a cycle of period ${length}`;
    const last = length < period ? `, in its last digits of period ${period},` : "";
    return ` ${told}${last} of double arithmetic, which it reaches by the ${ordinal(row - period + 1)} point shown.`;
  }
  const last = Math.floor(finite / 3);
  for (let length = 1; length <= LONGEST && last > Math.max(9, 2 * length); length++) {
    const isBack = (back) => columns.every((values, i) => Math.abs(values[finite - 1 - back] - values[finite - 1 - (back % length)]) <= most[i]);
    let back = 0;
    while (back < last && isBack(back)) back++;
    if (back < last) continue;
    const told = length === 1 ? "are the same" : `repeat every ${length}`;
    return ` Its last ${whole(last)} points ${told} to a billionth of their size.`;
  }
  return "";
}

function parting([first, second], state) {
  const { system, along, inputs } = state;
  const moved = neighbour(state)[along];
  const name = label(system, along);
  const start = Number(moved) === Number(inputs[along])
    ? `A second orbit starts at the same ${name}, which is too large a number to move by so little`
    : `A second orbit starts at ${name} = ${moved.replaceAll("-", "−")}`;
  const apart = distances([first, second], system.circles);
  const size = Math.hypot(...first.names.map((each) => {
    const [low, high] = extent([first, second].map((orbit) => orbit.column(each).subarray(0, apart.length)));
    return high - low;
  }));
  if (apart.every((distance) => distance === 0)) return `${start}; the two are the same at every point that is shown.`;
  const row = apart.findIndex((distance) => distance >= size / 10);
  if (row >= 0) return `${start}; the two are a tenth of the figure apart ${first.every > 1 ? "by" : "at"} n = ${whole(first.n(row))}.`;
  return `${start}; the two stay within a tenth of the figure of each other${apart.length < Math.max(first.rows, second.rows) ? " while both are within double's range" : ""}.`;
}
