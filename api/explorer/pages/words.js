// The figure in words: for those who cannot see it, and for what cannot be seen in it.

import { bounds } from "./orbit.js";
import { short } from "./paint.js";

const whole = (number) => number.toLocaleString("en");

export function inWords(orbits, { system, view, axes, apart, along }) {
  const [orbit, second] = orbits;
  const kind = { space: `in 3-D, axes ${axes.join(", ")}`, plane: `in the plane of ${axes.join(" and ")}`, series: "as time series" }[view];
  const ranges = system.state.map((name) => `${name} from ${bounds([orbit.column(name)]).map(short).join(" to ")}`);
  const points = orbit.finite === 1 ? "1 point" : `${whole(orbit.finite)} points`;
  const parts = second ? ` A second orbit starts ${apart} apart in ${along}; ${parting(orbit, second)}` : "";
  const left = orbits.map(({ finite, rows, n }, i) =>
    finite === rows ? "" : `The ${i ? "second " : ""}orbit leaves double's range at n = ${whole(n(finite))}: it is shown up to there.`);
  return {
    title: `${system.title}, ${kind}`,
    summary: orbit.finite
      ? `${system.title}: ${points} of one orbit ${kind}; ${ranges.join(", ")}.${period(orbit)}${parts}`
      : `${system.title}: no point of this orbit is within double's range.`,
    notice: left.join(" ").trim(),
  };
}

// Rows of the first and last records.
export function ends({ rows, finite, names, n, column }) {
  const from = (start, end) => Array.from({ length: end - start }, (_, i) => start + i);
  const shown = [...from(0, Math.min(5, rows)), ...from(Math.max(5, rows - 5), Math.max(5, rows))];
  return shown.map((row) => [n(row), ...names.map((name) => (row < finite ? column(name)[row] : "past the range"))]);
}

// Whether the last points repeat.
function period({ names, rows, finite, every, column }) {
  if (finite < rows || every > 1) return "";
  const columns = names.map(column);
  for (let length = 1; length <= 64 && finite > 3 * length; length++) {
    const near = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
    const same = (row) => columns.every((values) => near(values[row], values[row - length]));
    if ([...Array(2 * length).keys()].every((back) => same(finite - 1 - back))) {
      return length === 1 ? " It has come to rest at a fixed point." : ` It has settled on a cycle of period ${length}.`;
    }
  }
  return "";
}

function parting(first, second) {
  const columns = first.names.map((name) => [first.column(name), second.column(name)]);
  const size = Math.hypot(...columns.map(([values]) => { const [low, high] = bounds([values]); return high - low; }));
  for (let row = 0; row < Math.min(first.finite, second.finite); row++) {
    if (Math.hypot(...columns.map(([a, b]) => a[row] - b[row])) < size / 10) continue;
    return `the two are a tenth of the figure apart at n = ${whole(first.n(row))}.`;
  }
  return "the two stay within a tenth of the figure of each other.";
}
