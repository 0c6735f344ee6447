// Orbits from the API, as NumPy's file format: a short header, then float64 in rows.

import { Refusal, ask } from "./ask.js";

// An npy answer's values and shape. `progress(fraction)` is told of the bytes that have come.
export async function fetchArray(path, signal, progress) {
  const response = await ask(path, signal);
  const length = Number(response.headers.get("content-length"));
  const bytes = new Uint8Array(length);
  const reader = response.body.getReader();
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes.set(value, filled);
    filled += value.length;
    progress?.(filled / length);
  }
  if (filled < length) throw new Refusal({ detail: "The answer broke off." });
  const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  const shape = header.match(/'shape': \(([^)]*)\)/)[1].match(/\d+/g).map(Number);
  return { shape, values: new Float64Array(bytes.buffer, start) };
}

// `selection` is what the path selects: skip and every.
export async function fetchOrbit(path, system, selection, signal, progress) {
  const { shape: [rows, dimension], values } = await fetchArray(path, signal, progress);
  const every = Number(selection.every);
  const first = (Math.floor(Number(selection.skip) / every) + 1) * every;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  const finite = bad < 0 ? rows : Math.floor(bad / dimension);
  const columns = new Map();
  // A variable's values: of a coordinate, of its next value where it is primed, or n.
  const column = (name) => {
    if (!columns.has(name)) {
      const plain = name.replaceAll("'", "");
      const later = name.length - plain.length;
      const count = Math.max(0, finite - later);
      const index = system.state.indexOf(plain);
      const found = new Float64Array(count);
      for (let i = 0; i < count; i++) found[i] = plain === "n" ? first + i * every : values[(i + later) * dimension + index];
      columns.set(name, found);
    }
    return columns.get(name);
  };
  return { names: system.state, rows, finite, every, column, n: (row) => first + row * every };
}

// The least and greatest value.
export function extent(columns) {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) for (const value of column) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

// What an axis spans: the extent, with room around it where it is a point or nothing.
export function bounds(columns) {
  const [low, high] = extent(columns);
  if (low > high) return [-1, 1];
  if (low === high) {
    const room = Math.abs(low) * 0.1 || 1;
    return [low - room, high + room];
  }
  return [low, high];
}

const GROWN = 1e5;
const STANDING = 100; // times the size from which values grow: what still sets the scale of an axis

// The size from which the values grow, where the last is so much greater that growth is the story; else nothing.
export function grownFrom(columns) {
  if (!columns.some(endsGreatest)) return 0; // sorting takes longer than to draw
  const sizes = columns.map((column) => Float64Array.from(column, Math.abs).filter(Number.isFinite).sort());
  const early = sizes.map((sorted) => sorted[Math.floor(sorted.length / 4)] ?? 0);
  const least = Math.min(...early);
  const isGrown = (column, i) => Math.abs(column.at(-1)) > GROWN * early[i] && Math.abs(column.at(-1)) === sizes[i].at(-1);
  return least > 0 && columns.some(isGrown) ? least : 0;
}

// Whether no size is greater than that of the last.
function endsGreatest(column) {
  const last = Math.abs(column.at(-1));
  return !column.some((value) => Math.abs(value) > last && Number.isFinite(value));
}

// The greatest size that sets the scale of an axis of these.
export function scaled(columns) {
  const grown = grownFrom(columns);
  return grown ? STANDING * grown : Infinity;
}

// How far two orbits are from each other at each point that both have; on a circle the shorter way round.
export function distances([first, second], circles) {
  const found = new Float64Array(Math.min(first.finite, second.finite));
  first.names.forEach((name, i) => {
    const [a, b, turn] = [first.column(name), second.column(name), circles[i]];
    for (let row = 0; row < found.length; row++) {
      const way = a[row] - b[row];
      found[row] = Math.hypot(found[row], turn ? way - turn * Math.round(way / turn) : way); // its squares do not overflow
    }
  });
  return found;
}
