// The page: state in, figure and lines of code out.

import { addPanels } from "./analysis.js";
import { Refusal, ask, onWaiting, tellWhetherReached } from "./ask.js";
import { NumberControl, element, linear, logarithmic } from "./controls.js";
import { EMPTY, Figure } from "./figure.js";
import { fetchArray, fetchOrbit } from "./orbit.js";
import { SNIPPETS, SUFFIXES } from "./snippets.js";
import { curveOf, defaultAxes, drawn, drawnPath, fromQuery, home, label, neighbour, orbitPath, toQuery, variables } from "./state.js";
import { ends, inWords } from "./words.js";

const PATIENCE = 500; // ms after which work is spoken of
const $ = (id) => document.getElementById(id);

$("late").hidden = !$("late").classList.contains("lost");
tellWhetherReached($("reached"));
onWaiting((what) => { $("busy-text").textContent = what; });

const { systems, formats } = await (await ask(new URL("catalogue.json", import.meta.url))).json();
const known = { systems, formats, snippets: Object.keys(SNIPPETS) };
let state = fromQuery(location.search, known);
let controls = {};
let shown = []; // the orbits of the figure

const figure = new Figure($("canvas"), (camera, frame) => {
  Object.assign(state, { camera, frame });
  address("replace");
  if (curveOf(state)) refresh();
});

figure.emptied = (isEmpty) => { $("empty").textContent = isEmpty ? EMPTY : ""; };

// — the address —

let held = null; // the control whose keys make changes: of many in a row, Back goes to before the first

function address(how) {
  const url = `/?${toQuery(state, known)}`;
  const control = document.activeElement?.matches("input[type=range], input[type=radio], select") ? document.activeElement : null;
  const isNext = how === "push" && !(control && (control.name || control) === held);
  if (how === "push") held = control && (control.name || control);
  if (url !== location.pathname + location.search) history[isNext ? "pushState" : "replaceState"](null, "", url);
}

const release = () => { held = null; };
addEventListener("pointerdown", release, true);
addEventListener("focusout", ({ target, relatedTarget }) => { if (!target.name || target.name !== relatedTarget?.name) release(); });

// Says of the parts of the address that do not count why: until the next change, after which it is not the address.
function tell(ignored) {
  $("ignored").textContent = ignored.length ? `Of this page's address, not everything counts: ${ignored.join("; ")}. It shows ${state.system.title}.` : "";
}

addEventListener("popstate", () => {
  const before = state.system;
  held = null;
  state = fromQuery(location.search, known);
  tell(state.ignored);
  if (state.system !== before) buildSystem();
  render();
});

// — what the user does —

function change(parts, done = true) {
  Object.assign(state, parts);
  tell([]);
  if (done) {
    address("push");
    render();
  } else {
    refresh();
    describeLinks();
    followed();
  }
}

function load(system, query) {
  const given = new URLSearchParams(query);
  given.set("system", system.name);
  for (const name of Object.keys(state.panels)) given.set(name, ""); // stay open, with the defaults of what comes
  for (const name of ["format", "snippet", "correct"]) if (state[name]) given.set(name, state[name]);
  if (state.numbers) given.set("numbers", "");
  state = fromQuery(given.toString(), known);
  tell([]);
  address("push");
  buildSystem();
  render();
}

// — controls —

const KEYS = {
  space: ["Drag to turn.", "Once clicked, or reached with Tab: scroll or + and − to zoom, arrow keys to turn, 0 for all of it, s to spin."],
  plane: ["Drag to move.", "Once clicked, or reached with Tab: scroll or + and − to zoom, arrow keys to move, 0 for all of it."],
  series: ["Drag to move along n.", "Once clicked, or reached with Tab: scroll or + and − to zoom, left and right to move, 0 for all of it."],
};

function rangeOf(name) {
  const { ranges, canonical, state: names } = state.system;
  if (ranges?.[name]) return linear(...ranges[name]);
  const value = canonical[name];
  const isStart = names.includes(name.slice(0, -1));
  const reach = isStart ? Math.max(1, Math.abs(value)) : Math.abs(value) || 1;
  return linear(value - reach, value + reach);
}

// What an input stands for, in a clause.
function meaning({ meanings }, name) {
  const start = meanings[name.replace(/0$/, "")];
  return meanings[name] ?? (start ? `start: ${start}` : "");
}

function buildSystem() {
  const { system } = state;
  if (shown.system !== system) clear();
  $("system").value = system.name;
  $("formula").innerHTML = system.mathml;
  $("source").textContent = system.source;
  $("about").textContent = system.about;
  $("presets").replaceChildren(...Object.entries(system.presets).map(([title, query]) => {
    const button = element("button", { type: "button", className: "preset", textContent: title });
    button.addEventListener("click", () => load(system, query));
    return button;
  }));
  controls = {};
  const input = (name) => {
    const changed = (value, done) => change({ inputs: { ...state.inputs, [name]: value } }, done);
    controls[name] = new NumberControl(name, label(system, name), rangeOf(name), changed, meaning(system, name));
    return controls[name].root;
  };
  const option = (name, title, range) => {
    controls[name] = new NumberControl(name, title, range, (value, done) => change({ [name]: value }, done));
    return controls[name].root;
  };
  const dimension = system.state.length;
  $("start").replaceChildren(...system.inputs.slice(0, dimension).map(input));
  $("parameters").replaceChildren(...system.inputs.slice(dimension).map(input));
  $("parameters-box").hidden = system.inputs.length === dimension;
  $("iteration").replaceChildren(option("steps", "steps", logarithmic(10, 200_000)), option("skip", "skip"), option("every", "every"));
  controls.correct = new NumberControl("correct", "exact digits", null, (correct) => change({ correct }));
  $("exact").replaceChildren(controls.correct.root);
  controls.apart = new NumberControl("apart", "apart", null, (value) => change({ apart: value }));
  const options = system.inputs.map((name) => element("option", { value: name, textContent: label(system, name) }));
  const along = element("select", { id: "along", "aria-label": "Which input of the second orbit differs" }, ...options);
  along.addEventListener("change", () => change({ along: along.value }));
  const overlay = element("input", { type: "checkbox", id: "overlay" });
  overlay.addEventListener("change", () => change({ apart: overlay.checked ? "1e-6" : "" }));
  const where = element("label", { className: "control" }, element("span", { textContent: "in" }), along);
  $("second").replaceChildren(
    element("label", { className: "check" }, overlay, " Overlay one from nearby"),
    element("div", { id: "second-details" }, controls.apart.root, where),
  );
}

function showControls() {
  const { system, view } = state;
  for (const name of system.inputs) controls[name].set(state.inputs[name]);
  for (const name of ["steps", "skip", "every", "apart", "correct"]) controls[name].set(state[name]);
  $("overlay").checked = Boolean(state.apart);
  $("second-details").hidden = !state.apart;
  $("along").value = state.along;
  for (const radio of document.getElementsByName("view")) radio.checked = radio.value === view;
  $("draw").value = state.draw;
  $("keys").textContent = KEYS[view].join(" ");
  $("numbers").open = state.numbers;
  $("format").value = state.format;
  for (const tab of $("tabs").children) {
    tab.setAttribute("aria-selected", tab.textContent === state.snippet);
    tab.tabIndex = tab.textContent === state.snippet ? 0 : -1;
  }
  $("snippet-panel").setAttribute("aria-labelledby", `tab-${state.snippet}`);
  $("spin").hidden = view !== "space";
  if (figure.spinning && view !== "space") spin(false);
  if ($("axes").dataset.of !== `${system.name} ${view}`) buildAxes(); // built anew, they would lose the focus
  [...$("axes").children].forEach((select, place) => { select.value = state.axes[place]; });
  figure.home = home(system);
  figure.camera = [...(state.camera ?? figure.home)];
  figure.frame = state.frame && [...state.frame];
}

function buildAxes() {
  const { system, view } = state;
  const words = { space: ["x axis", "y axis", "z axis"], plane: ["horizontal axis", "vertical axis"], series: [] }[view];
  const options = () => variables(system).map((name) => element("option", { value: name, textContent: label(system, name) }));
  $("axes").replaceChildren(...words.map((word, place) => {
    const select = element("select", { "aria-label": word }, ...options());
    select.addEventListener("change", () => change({ axes: state.axes.with(place, select.value), frame: null }));
    return select;
  }));
  $("axes").dataset.of = `${system.name} ${view}`;
}

// — the orbit —

let running = null; // the request under way: what it is for, since when, and how to stop it
let stale = false; // whether the state has changed since
let followed = () => {}; // tells the panels below of a change

function render() {
  showControls();
  describeLinks();
  followed();
  return refresh();
}

// The latest state is drawn; states that pass while an answer is on its way are skipped, not queued.
async function refresh() {
  const paths = [drawnPath(state), ...(state.apart ? [drawnPath(state, neighbour(state))] : []), curveOf(state)?.path].filter(Boolean);
  const isShown = shown.paths === paths.join();
  date(!isShown);
  refuse([]);
  if (running) {
    stale = running.paths.join() !== paths.join();
    if (stale && performance.now() - running.since > PATIENCE / 2) running.abort.abort("newer");
    return;
  }
  if (isShown) {
    draw();
    return;
  }
  const { system } = state;
  const [selection, count, curved] = [drawn(state), state.apart ? 2 : 1, curveOf(state)];
  const abort = new AbortController();
  running = { paths, abort, since: performance.now() };
  $("progress").removeAttribute("value");
  const patience = setTimeout(() => {
    $("busy").hidden = false;
    if (shown.length) notify(before());
  }, PATIENCE);
  try {
    check();
    const shares = Array(count).fill(0);
    const curve = curved && fetchCurve(curved, abort.signal);
    const orbits = await Promise.all(paths.slice(0, count).map((path, i) => fetchOrbit(path, system, selection, abort.signal, (share) => {
      shares[i] = share;
      $("progress").value = Math.min(...shares);
    })));
    if (system === state.system && orbits.length === (state.apart ? 2 : 1)) {
      shown = Object.assign(orbits, { paths: paths.join(), system, curve: await curve });
      date(stale);
      draw();
    }
  } catch (error) {
    if (abort.signal.reason === "cancelled") {
      stale = false;
      notify(`Cancelled. ${before()}`);
    } else if (!stale && !abort.signal.aborted) refuse(error.errors?.length ? error.errors : [{ parameter: "", problem: error.message }]);
  } finally {
    clearTimeout(patience);
    $("busy").hidden = true;
    $("figure").setAttribute("aria-busy", stale);
    running = null;
  }
  if (stale) {
    stale = false;
    await refresh();
  }
}

// The points of a map's curve, where it is within double's range; none where the API has none.
async function fetchCurve({ path, ends: [left, right] }, signal) {
  try {
    const { values } = await fetchArray(path, signal);
    const rows = [...values.keys()].filter((row) => Number.isFinite(values[row]));
    return { x: rows.map((row) => left + ((right - left) * row) / (values.length - 1)), y: rows.map((row) => values[row]) };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

// What the API would not refuse, or not by the name of a control.
function check() {
  const refusal = (parameter, problem, allowed) => new Refusal({ errors: [{ parameter, problem, allowed }] });
  if (state.apart && !Number.isFinite(Number(state.apart))) throw refusal("apart", "is not a number", "1e-6, say");
}

const isCount = (digits) => /^\d+$/.test(digits) && Number(digits) >= 1 && Number(digits) <= 1000;

function refuse(faults) {
  for (const control of Object.values(controls)) control.refuse("");
  if (state.correct && !isCount(state.correct)) controls.correct.refuse("is no count of digits; allowed: 1 to 1,000, or nothing for double arithmetic");
  const others = [];
  for (const { parameter, problem, allowed } of faults) {
    const said = [problem, allowed].filter(Boolean).join("; allowed: ");
    if (parameter in controls) controls[parameter].refuse(said);
    else others.push(`${parameter} ${said}`.trim());
  }
  $("other-errors").textContent = others.join(". ");
  if (faults.length) notify(before());
}

// Whether the figure, its words and its numbers are of a state that has passed: they are dimmed until the answer comes.
function date(isOld) {
  $("figure").classList.toggle("stale", isOld);
  $("figure").setAttribute("aria-busy", isOld);
}

// What was shown of another system says nothing of this one.
function clear() {
  shown = [];
  figure.clear();
  delete $("canvas").dataset.drawn;
  $("legend").hidden = true;
  for (const name of ["figure-title", "summary", "notice"]) $(name).textContent = "";
  for (const part of ["thead", "tbody"]) $("numbers").querySelector(part).replaceChildren();
}

function notify(text) {
  $("notice").textContent = text;
  speak(text);
}

const before = () => (shown.length ? "The figure still shows the orbit before." : "There is no orbit to show yet.");

// — the figure —

function draw() {
  const { system, view, axes, draw: strokes, inputs, skip } = state;
  const start = skip === "0" ? Number(inputs[`${system.state[0]}0`]) : undefined;
  figure.show({
    view, axes, draw: strokes, orbits: [...shown], label: (name) => label(system, name), circles: system.circles, curve: shown.curve,
    start: axes[0] === system.state[0] && Number.isFinite(start) ? start : undefined,
  });
  $("legend").hidden = shown.length === 1;
  $("canvas").dataset.drawn = shown.paths;
  describeOrbit();
}

function describeOrbit() {
  const { title, summary, notice } = inWords(shown, state);
  $("figure-title").textContent = title;
  $("summary").textContent = summary;
  $("notice").textContent = notice;
  speak(`${summary} ${notice}`);
  const heading = (scope) => (textContent) => element("th", { scope, textContent });
  const record = ([n, ...values]) => [heading("row")(n), ...values.map((textContent) => element("td", { textContent }))];
  const rows = ends(shown[0]).map((each) => element("tr", {}, ...record(each)));
  $("numbers").querySelector("thead").replaceChildren(element("tr", {}, ...["n", ...state.system.state.map((name) => label(state.system, name))].map(heading("col"))));
  $("numbers").querySelector("tbody").replaceChildren(...rows);
}

let speaking = null;

// Tells a screen reader, once for all changes that follow each other closely.
function speak(text) {
  clearTimeout(speaking);
  speaking = setTimeout(() => { $("spoken").textContent = text; }, PATIENCE);
}

// — what to take along —

function describeLinks() {
  const absolute = (format) => location.origin + orbitPath(state, format);
  const name = (format) => `${state.system.name}-${/^\d+$/.test(state.steps) ? state.steps : "orbit"}.${SUFFIXES[format] ?? format}`;
  const { format } = state;
  const exact = isCount(state.correct) ? `The URL gives ${state.correct} digits of the exact orbit of these numbers; npy holds none, and gives it in double arithmetic, as the figure shows it.` : "";
  if ($("arithmetic").textContent !== exact) $("arithmetic").textContent = exact;
  $("url").textContent = absolute(format);
  $("open-url").href = absolute(format);
  const chosen = SNIPPETS[state.snippet];
  $("snippet").textContent = chosen.text(absolute(chosen.format ?? format), name(format));
  for (const link of $("downloads").querySelectorAll("a")) {
    Object.assign(link, { href: orbitPath(state, link.dataset.format), download: name(link.dataset.format) });
  }
  document.title = `${state.system.title} · Attractor`;
}

// Where copying is refused, what was to be copied is selected, which is what one would do next.
async function copy(text, shownIn) {
  let isCopied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // it is refused, or the page came over plain HTTP from another machine
    isCopied = copySelected(text);
  }
  if (!isCopied && shownIn) getSelection().selectAllChildren(shownIn);
  $("copied").textContent = isCopied ? "Copied."
    : shownIn ? "This browser refuses to copy. The text is selected: copy it yourself."
      : "This browser refuses to copy. Copy the address of this page yourself: it is the link.";
  if (isCopied) setTimeout(() => { $("copied").textContent = ""; }, 2000);
}

function copySelected(text) {
  const area = element("textarea", { value: text });
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  focused.focus();
  return isCopied;
}

// — once —

$("system").append(...systems.map(({ name, title }) => element("option", { value: name, textContent: title })));
$("system").addEventListener("change", () => load(systems.find(({ name }) => name === $("system").value), ""));
for (const radio of document.getElementsByName("view")) {
  radio.addEventListener("change", () => change({ view: radio.value, axes: defaultAxes(state.system, radio.value), frame: null }));
}
$("draw").addEventListener("change", () => change({ draw: $("draw").value }));
$("controls").addEventListener("submit", (event) => event.preventDefault());
$("cancel").addEventListener("click", () => running?.abort.abort("cancelled"));
const zoom = (factor) => { figure.zoom(factor); figure.settled(); };
$("zoom-in").addEventListener("click", () => zoom(1.25));
$("zoom-out").addEventListener("click", () => zoom(0.8));
$("reset").addEventListener("click", () => figure.reset());
const spin = (on) => {
  $("spin").setAttribute("aria-pressed", on);
  figure.spin(on);
};
$("spin").addEventListener("click", () => spin(!figure.spinning));
$("canvas").addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
  if (key === "s" && !ctrlKey && !metaKey && state.view === "space") spin(!figure.spinning);
});
$("format").append(...formats.map((format) => element("option", { textContent: format })));
$("format").addEventListener("change", () => change({ format: $("format").value }));
$("numbers").addEventListener("toggle", () => {
  if ($("numbers").open !== state.numbers) change({ numbers: $("numbers").open });
});
$("downloads").append(...formats.flatMap((format) => [element("a", { textContent: format, "data-format": format }), " "]));
$("tabs").append(...Object.keys(SNIPPETS).map((name) => {
  const tab = element("button", { type: "button", role: "tab", id: `tab-${name}`, textContent: name, "aria-controls": "snippet-panel" });
  tab.addEventListener("click", () => change({ snippet: name }));
  return tab;
}));
$("tabs").addEventListener("keydown", (event) => {
  const { snippets } = known;
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  change({ snippet: snippets.at((snippets.indexOf(state.snippet) + step) % snippets.length) });
  $(`tab-${state.snippet}`).focus();
});
$("copy-url").addEventListener("click", () => copy($("url").textContent, $("url")));
$("copy-snippet").addEventListener("click", () => copy($("snippet").textContent, $("snippet")));
$("share").addEventListener("click", () => { address("replace"); copy(location.href); });

$("sheet").addEventListener("toggle", () => {
  if (isNarrow.matches && $("sheet").open) $("canvas").parentElement.scrollIntoView(); // the figure is above it
});
const isNarrow = matchMedia("(max-width: 820px)");
const fold = () => { $("sheet").open = !isNarrow.matches; };
isNarrow.addEventListener("change", fold);
fold();

tell(state.ignored);
buildSystem();
followed = addPanels($("panels"), {
  now: () => state,
  choose: (name, value) => change({ inputs: { ...state.inputs, [name]: value } }),
  keep: (how) => { tell([]); address(how); },
  ignored: (part) => tell([...state.ignored, `${part} does not fit ${state.system.title}`]),
});
await render();
