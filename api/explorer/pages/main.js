// The page: state in, figure and lines of code out.

import { addPanels } from "./analysis.js";
import { Refusal } from "./ask.js";
import { NumberControl, element, linear, logarithmic, symbol } from "./controls.js";
import { Figure } from "./figure.js";
import { MOST, fetchOrbit } from "./orbit.js";
import { SNIPPETS, SUFFIXES } from "./snippets.js";
import { defaultAxes, fromQuery, home, neighbour, orbitPath, toQuery, variables } from "./state.js";
import { ends, inWords } from "./words.js";

const PATIENCE = 500; // ms after which work is spoken of
const $ = (id) => document.getElementById(id);

const { systems, formats } = await (await fetch(new URL("catalogue.json", import.meta.url))).json();
let state = fromQuery(location.search, systems);
let controls = {};
let shown = []; // the orbits of the figure
let snippet = "curl";

const figure = new Figure($("canvas"), (camera, frame) => {
  Object.assign(state, { camera, frame });
  address("replace");
});

// — the address —

let held = null; // the control whose keys make changes: of many in a row, Back goes to before the first

function address(how) {
  const url = `/?${toQuery(state)}`;
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
  state = fromQuery(location.search, systems);
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
  state = fromQuery(given.toString(), systems);
  tell([]);
  address("push");
  buildSystem();
  render();
}

// — controls —

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
    controls[name] = new NumberControl(name, symbol(name), rangeOf(name), changed, meaning(system, name));
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
  controls.apart = new NumberControl("apart", "apart", null, (value) => change({ apart: value }));
  const options = system.inputs.map((name) => element("option", { value: name, textContent: name }));
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
  for (const name of ["steps", "skip", "every", "apart"]) controls[name].set(state[name]);
  $("overlay").checked = Boolean(state.apart);
  $("second-details").hidden = !state.apart;
  $("along").value = state.along;
  for (const radio of document.getElementsByName("view")) radio.checked = radio.value === view;
  $("draw").value = state.draw;
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
  const options = () => variables(system).map((name) => element("option", { value: name, textContent: name.replaceAll("'", "′") }));
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
  const paths = [orbitPath(state, "npy"), ...(state.apart ? [orbitPath(state, "npy", neighbour(state))] : [])];
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
  const abort = new AbortController();
  running = { paths, abort, since: performance.now() };
  $("progress").removeAttribute("value");
  const patience = setTimeout(() => {
    $("busy").hidden = false;
    if (shown.length) $("notice").textContent = before();
  }, PATIENCE);
  try {
    check();
    const shares = paths.map(() => 0);
    const orbits = await Promise.all(paths.map((path, i) => fetchOrbit(path, { ...state }, abort.signal, (share) => {
      shares[i] = share;
      $("progress").value = Math.min(...shares);
    })));
    if (system === state.system && orbits.length === (state.apart ? 2 : 1)) {
      shown = Object.assign(orbits, { paths: paths.join(), system });
      date(stale);
      draw();
    }
  } catch (error) {
    if (abort.signal.reason === "cancelled") {
      stale = false;
      $("notice").textContent = `Cancelled. ${before()}`;
    } else if (!stale && !abort.signal.aborted) refuse(error.errors?.length ? error.errors : [{ parameter: "", problem: error.message }]);
  } finally {
    clearTimeout(patience);
    $("busy").hidden = true;
    running = null;
  }
  if (stale) {
    stale = false;
    await refresh();
  }
}

// What the API would not refuse, or not by the name of a control.
function check() {
  const refusal = (parameter, problem, allowed) => new Refusal({ errors: [{ parameter, problem, allowed }] });
  if (state.apart && !Number.isFinite(Number(state.apart))) throw refusal("apart", "is not a number", "1e-6, say");
  const records = (Number(state.steps) - Number(state.skip)) / Number(state.every);
  if (records <= MOST || !Number.isFinite(records)) return;
  const problem = `makes more than the ${MOST.toLocaleString("en")} records that this page draws`;
  throw refusal("steps", problem, "a greater skip or every; the URL and the downloads give them all");
}

function refuse(faults) {
  for (const control of Object.values(controls)) control.refuse("");
  const others = [];
  for (const { parameter, problem, allowed } of faults) {
    const said = [problem, allowed].filter(Boolean).join("; allowed: ");
    if (parameter in controls) controls[parameter].refuse(said);
    else others.push(`${parameter} ${said}`.trim());
  }
  $("other-errors").textContent = others.join(". ");
  if (faults.length) $("notice").textContent = before();
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

const before = () => (shown.length ? "The figure still shows the orbit before." : "There is no orbit to show yet.");

// — the figure —

function draw() {
  figure.show({ view: state.view, axes: state.axes, draw: state.draw, orbits: [...shown] });
  $("legend").hidden = shown.length === 1;
  $("canvas").dataset.drawn = shown.paths;
  describeOrbit();
}

function describeOrbit() {
  const { title, summary, notice } = inWords(shown, state);
  $("figure-title").textContent = title;
  $("summary").textContent = summary;
  $("notice").textContent = notice;
  const heading = (scope) => (textContent) => element("th", { scope, textContent });
  const record = ([n, ...values]) => [heading("row")(n), ...values.map((textContent) => element("td", { textContent }))];
  const rows = ends(shown[0]).map((each) => element("tr", {}, ...record(each)));
  $("numbers").querySelector("thead").replaceChildren(element("tr", {}, ...["n", ...state.system.state].map(heading("col"))));
  $("numbers").querySelector("tbody").replaceChildren(...rows);
}

// — what to take along —

function describeLinks() {
  const absolute = (format) => location.origin + orbitPath(state, format);
  const name = (format) => `${state.system.name}-${/^\d+$/.test(state.steps) ? state.steps : "orbit"}.${SUFFIXES[format] ?? format}`;
  const format = $("format").value;
  $("url").textContent = absolute(format);
  $("open-url").href = absolute(format);
  const chosen = SNIPPETS[snippet];
  $("snippet").textContent = chosen.text(absolute(chosen.format ?? format), name(format));
  for (const link of $("downloads").querySelectorAll("a")) {
    Object.assign(link, { href: orbitPath(state, link.dataset.format), download: name(link.dataset.format) });
  }
  document.title = `${state.system.title} · Attractor`;
}

async function copy(text) {
  let isCopied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // it is refused, or the page came over plain HTTP from another machine
    isCopied = copySelected(text);
  }
  $("copied").textContent = isCopied ? "Copied." : "This browser refuses to copy: select the text and copy it yourself.";
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

function selectTab(name, focus) {
  snippet = name;
  for (const tab of $("tabs").children) {
    tab.setAttribute("aria-selected", tab.textContent === name);
    tab.tabIndex = tab.textContent === name ? 0 : -1;
    if (focus && tab.textContent === name) tab.focus();
  }
  $("snippet-panel").setAttribute("aria-labelledby", `tab-${name}`);
  describeLinks();
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
$("format").addEventListener("change", describeLinks);
$("downloads").append(...formats.flatMap((format) => [element("a", { textContent: format, "data-format": format }), " "]));
$("tabs").append(...Object.keys(SNIPPETS).map((name) => {
  const tab = element("button", { type: "button", role: "tab", id: `tab-${name}`, textContent: name, "aria-controls": "snippet-panel" });
  tab.addEventListener("click", () => selectTab(name));
  return tab;
}));
$("tabs").addEventListener("keydown", (event) => {
  const names = Object.keys(SNIPPETS);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) selectTab(names.at((names.indexOf(snippet) + step) % names.length), true);
});
$("copy-url").addEventListener("click", () => copy($("url").textContent));
$("copy-snippet").addEventListener("click", () => copy($("snippet").textContent));
$("share").addEventListener("click", () => { address("replace"); copy(location.href); });

addEventListener("reached", ({ detail: isReached }) => {
  const said = isReached ? "" : "The service cannot be reached. This page asks it again every other second, and goes on by itself.";
  if ($("reached").textContent !== said) $("reached").textContent = said;
});
tell(state.ignored);
buildSystem();
selectTab(snippet);
followed = addPanels($("panels"), {
  now: () => state,
  choose: (name, value) => change({ inputs: { ...state.inputs, [name]: value } }),
  keep: (how) => { tell([]); address(how); },
  ignored: (part) => tell([...state.ignored, `${part} does not fit ${state.system.title}`]),
});
await render();
