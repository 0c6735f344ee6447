// What the page shows, and the address that says it.

export const VIEWS = ["space", "plane", "series"];
const SELECTION = { steps: "20", skip: "0", every: "1" }; // the API's own defaults

// The variables that can stand on an axis: coordinates, their next values (primed), and n.
export function variables(system) {
  const primes = system.dimension === 1 ? ["'", "''"] : ["'"];
  return [...system.state, ...primes.flatMap((prime) => system.state.map((name) => name + prime)), "n"];
}

export function defaultAxes(system, view) {
  const [first, second, third] = system.state;
  if (view === "plane") return third ? [first, third] : [first, second ?? `${first}'`];
  return [first, second ?? `${first}'`, third ?? (second ? "n" : `${first}''`)];
}

// The state that a query string of the page names; whatever it leaves out is the system's canonical choice.
export function fromQuery(query, systems) {
  const given = new URLSearchParams(query);
  const system = systems.find(({ name }) => name === given.get("system")) ?? systems[0];
  const canonical = Object.entries(system.canonical).map(([name, value]) => [name, String(value)]);
  if (![...system.inputs, "steps"].some((name) => given.has(name))) { // nothing said of the orbit: the best view of the system
    for (const [name, value] of new URLSearchParams(Object.values(system.presets)[0])) if (!given.has(name)) given.set(name, value);
  }
  const view = VIEWS.includes(given.get("view")) ? given.get("view") : system.dimension > 2 ? "space" : "plane";
  const axes = given.get("axes")?.split(",") ?? [];
  const count = view === "space" ? 3 : 2;
  const known = variables(system);
  const numbers = (name, length) => {
    const values = given.get(name)?.split(",").map(Number) ?? [];
    return values.length === length && values.every(Number.isFinite) ? values : null;
  };
  return {
    system,
    inputs: Object.fromEntries(canonical.map(([name, value]) => [name, given.get(name) ?? value])),
    ...Object.fromEntries(Object.entries(SELECTION).map(([name, value]) => [name, given.get(name) ?? value])),
    view,
    axes: axes.length === count && axes.every((name) => known.includes(name)) ? axes : defaultAxes(system, view),
    draw: ["lines", "points"].includes(given.get("draw")) ? given.get("draw") : system.parameters.includes("delta_t") ? "lines" : "points",
    apart: given.get("apart") ?? "", // how far the second orbit starts from the first; empty without one
    along: system.inputs.includes(given.get("along")) ? given.get("along") : system.inputs[0],
    camera: numbers("camera", 3),
    frame: numbers("frame", 4),
  };
}

export function toQuery(state) {
  const query = new URLSearchParams({ system: state.system.name, ...state.inputs, steps: state.steps });
  for (const [name, value] of Object.entries(SELECTION)) if (state[name] !== value) query.set(name, state[name]);
  query.set("view", state.view);
  if (state.view !== "series") query.set("axes", state.axes.join(","));
  query.set("draw", state.draw);
  if (state.apart) { query.set("apart", state.apart); query.set("along", state.along); }
  if (state.camera && state.view === "space") query.set("camera", state.camera.map((x) => +x.toFixed(3)).join(","));
  if (state.frame && state.view !== "space") query.set("frame", state.frame.map((x) => +x.toPrecision(6)).join(","));
  return query.toString().replaceAll("%2C", ",");
}

// The start of the second orbit.
export function neighbour(state) {
  const moved = Number(state.inputs[state.along]) + Number(state.apart);
  return { ...state.inputs, [state.along]: String(moved) };
}

export function orbitPath(state, format, inputs = state.inputs) {
  const query = new URLSearchParams({ system: state.system.name, ...inputs, steps: state.steps });
  for (const name of ["skip", "every"]) if (state[name] !== SELECTION[name]) query.set(name, state[name]);
  query.set("precision", "double");
  query.set("format", format);
  return `/calculation?${query}`;
}
