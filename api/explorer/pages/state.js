// What the page shows, and the address that says it.

export const VIEWS = ["space", "plane", "series"];
export const CAMERA = [0.9, 0.35, 1]; // yaw, pitch, zoom
export const PANELS = ["diagram", "horizon", "cycles", "basins"];
const SELECTION = { steps: "20", skip: "0", every: "1" }; // the API's own defaults
const LOOK = ["steps", "skip", "every", "view", "axes", "draw", "camera"]; // of a preset, what is not the orbit's start or rule

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

const best = (system) => new URLSearchParams(Object.values(system.presets)[0]);

// Where the camera stands when nobody has moved it.
export function home(system) {
  return best(system).get("camera")?.split(",").map(Number) ?? CAMERA;
}

// The state that a query string of the page names; whatever it leaves out is the system's canonical choice.
// `ignored` says of each part that makes no sense why it does not count.
export function fromQuery(query, systems) {
  const given = new URLSearchParams(query);
  const ignored = [];
  const taken = (name, makesSense, why) => {
    const value = given.get(name);
    if (value === null || makesSense(value)) return value;
    ignored.push(`${name}=${value} ${why}`);
    return null;
  };
  const isOf = (values) => (value) => values.includes(value);
  const named = taken("system", isOf(systems.map(({ name }) => name)), "names no system of the catalogue");
  const system = systems.find(({ name }) => name === named) ?? systems[0];
  const names = new Set(["system", ...system.inputs, ...LOOK, "apart", "along", "frame", ...PANELS, ...PANELS.map((name) => `${name}-zoom`)]);
  for (const name of new Set(given.keys())) {
    if (!names.has(name)) ignored.push(`${name} is not known to ${system.title}`);
    else if (given.getAll(name).length > 1) ignored.push(`${name} is given more than once, and the first counts`);
  }
  if (!given.has("steps")) { // written by hand: in the best view of the system, and with nothing said of the orbit, of its best orbit
    const look = system.inputs.some((name) => given.has(name)) || given.has("view") ? LOOK : [...best(system).keys()];
    for (const name of given.has("view") ? SELECTION_NAMES : look) {
      if (best(system).has(name) && !given.has(name)) given.set(name, best(system).get(name));
    }
  }
  const canonical = Object.entries(system.canonical).map(([name, value]) => [name, String(value)]);
  const view = taken("view", isOf(VIEWS), `is none of ${VIEWS.join(", ")}`) ?? (system.dimension > 2 ? "space" : "plane");
  const count = view === "space" ? 3 : 2;
  const known = variables(system);
  const areAxes = (value) => value.split(",").length === count && value.split(",").every((name) => known.includes(name));
  const areNumbers = (length) => (value) => value.split(",").length === length && value.split(",").every(isNumber);
  const isFrame = (value) => areNumbers(4)(value) && isOrdered(value.split(",").map(Number));
  const areFrames = (value) => value.split(";").every((frame) => frame === "" || isFrame(frame));
  const numbers = (value) => value?.split(",").map(Number) ?? null;
  const panels = PANELS.filter((name) => given.has(name)).map((name) => {
    const zoom = taken(`${name}-zoom`, areFrames, "is not four numbers for each diagram, the lower first");
    return [name, {
      values: given.get(name) === "" ? null : given.get(name).split(","),
      zoom: zoom?.split(";").map((frame) => (frame ? numbers(frame) : null)) ?? [],
    }];
  });
  return {
    system,
    inputs: Object.fromEntries(canonical.map(([name, value]) => [name, given.get(name) ?? value])),
    ...Object.fromEntries(Object.entries(SELECTION).map(([name, value]) => [name, given.get(name) ?? value])),
    view,
    axes: taken("axes", areAxes, `is not ${count} of ${known.join(", ")}`)?.split(",") ?? defaultAxes(system, view),
    draw: taken("draw", isOf(["lines", "points"]), "is neither lines nor points")
      ?? (system.parameters.includes("delta_t") ? "lines" : "points"),
    apart: given.get("apart") ?? "", // how far the second orbit starts from the first; empty without one
    along: taken("along", isOf(system.inputs), `is none of ${system.inputs.join(", ")}`) ?? system.inputs[0],
    camera: numbers(taken("camera", areNumbers(3), "is not three numbers")),
    frame: numbers(taken("frame", isFrame, "is not four numbers: left below right, bottom below top")),
    panels: Object.fromEntries(panels), // what each open one keeps: the values of its fields, the frames of its figures
    ignored,
  };
}

const SELECTION_NAMES = Object.keys(SELECTION);
const isNumber = (text) => text.trim() !== "" && Number.isFinite(Number(text));
const isOrdered = ([left, right, bottom, top]) => left < right && bottom < top;

export function toQuery(state) {
  const query = new URLSearchParams({ system: state.system.name, ...state.inputs, steps: state.steps });
  for (const [name, value] of Object.entries(SELECTION)) if (state[name] !== value) query.set(name, state[name]);
  query.set("view", state.view);
  if (state.view !== "series") query.set("axes", state.axes.join(","));
  query.set("draw", state.draw);
  if (state.apart) { query.set("apart", state.apart); query.set("along", state.along); }
  if (state.camera && state.view === "space") query.set("camera", state.camera.join(","));
  if (state.frame && state.view !== "space") query.set("frame", state.frame.join(","));
  for (const [name, { values, zoom }] of Object.entries(state.panels)) {
    query.set(name, values?.map((value) => value.replaceAll(",", " ")).join(",") ?? "");
    if (zoom.some(Boolean)) query.set(`${name}-zoom`, zoom.map((frame) => frame?.join(",") ?? "").join(";"));
  }
  return query.toString().replaceAll("%2C", ",").replaceAll("%3B", ";");
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
