// What the page shows, and the address that says it.

export const VIEWS = ["space", "plane", "series"];
export const CAMERA = [0.9, 0.35, 1]; // yaw, pitch, zoom
export const PANELS = ["diagram", "horizon", "cycles", "basins"];
const SELECTION = { steps: "20", skip: "0", every: "1" }; // the API's own defaults
export const MOST = 200_000; // records that the figure draws: of more it draws every so many
const LOOK = ["steps", "skip", "every", "view", "axes", "draw", "camera"]; // of a preset, what is not the orbit's start or rule

// The variables that can stand on an axis: coordinates, their next values (primed), and n.
export function variables(system) {
  const primes = system.dimension === 1 ? ["'", "''"] : ["'"];
  return [...system.state, ...primes.flatMap((prime) => system.state.map((name) => name + prime)), "n"];
}

// A name as formulas have it, with a prime for each next value.
export function label({ symbols }, name) {
  const plain = name.replaceAll("'", "");
  return (symbols[plain] ?? plain) + "′".repeat(name.length - plain.length);
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
export function fromQuery(query, { systems, formats, snippets }) {
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
  const names = new Set(["system", ...system.inputs, ...LOOK, "apart", "along", "frame", "correct", "format", "snippet", "numbers", ...PANELS, ...PANELS.map((name) => `${name}-zoom`)]);
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
      values: given.get(name) === "" ? null : given.get(name).split(",").map((value) => value.replaceAll("%2C", ",").replaceAll("%25", "%")),
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
    correct: given.get("correct") ?? "", // how many digits of the exact orbit the URL asks for; empty for double arithmetic
    format: taken("format", isOf(formats), `is none of ${formats.join(", ")}`) ?? formats[0],
    snippet: taken("snippet", isOf(snippets), `is none of ${snippets.join(", ")}`) ?? snippets[0],
    numbers: given.has("numbers"), // whether the table of numbers is open
    panels: Object.fromEntries(panels), // what each open one keeps: the values of its fields, the frames of its figures
    ignored,
  };
}

const SELECTION_NAMES = Object.keys(SELECTION);
const isNumber = (text) => text.trim() !== "" && Number.isFinite(Number(text));
const isOrdered = ([left, right, bottom, top]) => left < right && bottom < top;

export function toQuery(state, { formats, snippets }) {
  const query = new URLSearchParams({ system: state.system.name, ...state.inputs, steps: state.steps });
  for (const [name, value] of Object.entries(SELECTION)) if (state[name] !== value) query.set(name, state[name]);
  query.set("view", state.view);
  if (state.view !== "series") query.set("axes", state.axes.join(","));
  query.set("draw", state.draw);
  if (state.apart) { query.set("apart", state.apart); query.set("along", state.along); }
  if (state.correct) query.set("correct", state.correct);
  for (const [name, first] of Object.entries({ format: formats[0], snippet: snippets[0] })) if (state[name] !== first) query.set(name, state[name]);
  if (state.numbers) query.set("numbers", "");
  if (state.camera && state.view === "space") query.set("camera", state.camera.join(","));
  if (state.frame && state.view !== "space") query.set("frame", state.frame.join(","));
  for (const [name, { values, zoom }] of Object.entries(state.panels)) {
    query.set(name, values?.map((value) => value.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",") ?? "");
    if (zoom.some(Boolean)) query.set(`${name}-zoom`, zoom.map((frame) => frame?.join(",") ?? "").join(";"));
  }
  return query.toString().replaceAll("%2C", ",").replaceAll("%3B", ";");
}

// The start of the second orbit.
export function neighbour(state) {
  const moved = Number(state.inputs[state.along]) + Number(state.apart);
  return { ...state.inputs, [state.along]: String(moved) };
}

// The URL of the orbit as people take it along. What holds only doubles is in double arithmetic.
export function orbitPath(state, format, inputs = state.inputs) {
  return path(state, format, inputs, state, format === "npy" ? "" : state.correct);
}

// The URL of the points that the figure draws: of all, or of what `drawn` leaves of them.
export function drawnPath(state, inputs = state.inputs) {
  return path(state, "npy", inputs, drawn(state), "");
}

const CURVE = 400; // points

// The curve that a return map lies on, each value against the one that the figure draws next: its URL, and its ends.
export function curveOf({ system, inputs, view, axes, every, frame }) {
  const [name] = system.state;
  if (system.dimension > 1 || view !== "plane" || axes.join() !== `${name},${name}'`) return null;
  const start = Number(inputs[`${name}0`]);
  const [low, high] = system.ranges[`${name}0`] ?? [-3, 3];
  const [left, right] = frame ?? (Number.isFinite(start) ? [Math.min(low, start), Math.max(high, start)] : [low, high]);
  const swept = { ...inputs, [`${name}0`]: `${left}:${right}:${CURVE}` };
  const query = new URLSearchParams({ system: system.name, ...swept, steps: every, format: "npy" });
  return { path: `/ensemble?${query}`.replaceAll("%3A", ":"), ends: [left, right] };
}

function path({ system }, format, inputs, selection, correct) {
  const query = new URLSearchParams({ system: system.name, ...inputs, steps: selection.steps });
  for (const name of ["skip", "every"]) if (selection[name] !== SELECTION[name]) query.set(name, selection[name]);
  if (correct) query.set("correct", correct);
  else query.set("precision", "double");
  query.set("format", format);
  return `/calculation?${query}`;
}

// Which points the figure draws, of how many: every one, every so many, or the first of them where an axis has next values.
export function drawn({ steps, skip, every, view, axes }) {
  const [last, dropped, stride] = [steps, skip, every].map(Number);
  const records = Math.floor(last / stride) - Math.floor(dropped / stride);
  if (!(records > MOST)) return { steps, skip, every, records, share: 1 };
  if (view !== "series" && axes.some((name) => name.endsWith("'"))) {
    return { steps: String((Math.floor(dropped / stride) + MOST) * stride), skip, every, records, share: 1 };
  }
  const share = Math.ceil(records / MOST);
  return { steps, skip, every: String(stride * share), records, share };
}
