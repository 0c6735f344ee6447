// Orbits from the API, as NumPy's file format: a short header, then float64 in rows.

export const MOST = 1_000_000; // records that the page draws

export class Refusal extends Error {
  constructor(problem) {
    super(problem.detail ?? "The service gave no answer.");
    this.errors = problem.errors ?? [];
  }
}

export async function refuse(response) {
  const problem = response.headers.get("content-type")?.includes("json") ? await response.json() : { detail: `The service answered ${response.status}.` };
  throw new Refusal(problem);
}

// `progress(fraction)` is told of the bytes that have come.
export async function fetchOrbit(path, state, signal, progress) {
  const response = await fetch(path, { signal });
  if (!response.ok) await refuse(response);
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
  return parse(bytes.buffer, state);
}

function parse(buffer, state) {
  const start = 10 + new DataView(buffer).getUint16(8, true);
  const header = new TextDecoder().decode(new Uint8Array(buffer, 10, start - 10));
  const [rows, dimension] = header.match(/'shape': \((\d+), (\d+)\)/).slice(1).map(Number);
  const values = new Float64Array(buffer, start, rows * dimension);
  const every = Number(state.every);
  const first = (Math.floor(Number(state.skip) / every) + 1) * every;
  let finite = values.findIndex((value) => !Number.isFinite(value));
  finite = finite < 0 ? rows : Math.floor(finite / dimension);
  const columns = new Map();
  const orbit = { names: state.system.state, rows, finite, every, first, n: (row) => first + row * every };
  // A variable's values: of a coordinate, of its next value where it is primed, or n.
  orbit.column = (name) => {
    if (!columns.has(name)) {
      const plain = name.replaceAll("'", "");
      const later = name.length - plain.length;
      const count = Math.max(0, finite - later);
      const index = state.system.state.indexOf(plain);
      const column = new Float64Array(count);
      for (let i = 0; i < count; i++) column[i] = plain === "n" ? first + i * every : values[(i + later) * dimension + index];
      columns.set(name, column);
    }
    return columns.get(name);
  };
  return orbit;
}

export function bounds(columns) {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) for (const value of column) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [-1, 1];
  if (low === high) { // a point gets room around it
    const room = Math.abs(low) * 0.1 || 1;
    return [low - room, high + room];
  }
  return [low, high];
}
