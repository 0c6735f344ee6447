// Panels for the API's other endpoints: closed until asked for, then following the page.

import { ask } from "./ask.js";
import { element, linear } from "./controls.js";
import { Figure } from "./figure.js";
import { fetchArray } from "./orbit.js";
import { short } from "./paint.js";
import { Nothing, Panel, canvas, json, table, url } from "./panel.js";
import { label } from "./state.js";

const whole = (number) => number.toLocaleString("en");

// Steps with which a panel opens, few enough for an answer at once.
const HORIZONS = { map: 150, flow: 4000, lorenz: 8000, thomas: 1000 };
const FARTHER = 4; // times as many steps, where all digits last
const BASINS = {
  gingerbreadman: [4000, 80],
  ikeda: [200, 48],
  "modified-lorenz": [2000, 80],
  "modified-lorenz-z": [2000, 80],
  roessler: [2000, 40],
  standard: [5000, 40],
  thomas: [800, 24],
};
const FEW = [300, 80]; // elsewhere: steps, and cells across
const MOST = 1e6; // steps that the API takes
const LEAST = 0.001; // what an exponent exceeds to be called positive
const DARK = matchMedia("(prefers-color-scheme: dark)");
const FAR = 1e3; // times the middle size of all values, or 1: an orbit of a diagram beyond is called escaped, and does not set the scale

// Puts a panel of each kind under `root`; returns what tells the panels of a change of `page`'s state.
export function addPanels(root, page) {
  const panels = [Along, Horizon, FixedPoints, Basins].map((kind) => new kind(page));
  root.append(...panels.map((panel) => panel.root));
  root.parentElement.hidden = false;
  return () => panels.forEach((panel) => panel.follow());
}

class Along extends Panel {
  constructor(page) {
    const about = "Where the orbit settles for each value of a parameter, and how fast neighbours part there: where the "
      + "orbit stays, above zero is chaos. Click a diagram to go to a value.";
    super(page, "diagram", "Along a parameter", about);
    this.parameter = this.field("Parameter", element("select"));
    [this.low, this.high] = [this.number("from", ""), this.number("to", "")];
    this.coordinate = this.field("Coordinate", element("select"));
    this.parameter.addEventListener("change", () => this.range());
    this.drawn = ["Orbit diagram", "Lyapunov spectrum"].map((label) => {
      const drawn = canvas(label);
      this.body.append(drawn);
      const figure = this.zoomed(new Figure(drawn, () => {}));
      figure.picked = (value) => page.choose(this.parameter.value, String(Number(value.toPrecision(5))));
      return { figure, drawn };
    });
  }

  prepare(system) {
    this.parameter.replaceChildren(...system.parameters.map((name) => element("option", { value: name, textContent: label(system, name) })));
    this.coordinate.replaceChildren(...system.state.map((name) => element("option", { value: name, textContent: label(system, name) })));
    this.form.hidden = system.parameters.length === 0;
    this.parameter.value = system.along ?? system.parameters[0] ?? "";
    if (system.parameters.length) this.range();
  }

  range() {
    const { ranges, canonical } = this.system;
    const name = this.parameter.value;
    const value = canonical[name];
    [this.low.value, this.high.value] = ranges[name] ?? linear(value - Math.abs(value), value + Math.abs(value)).bounds();
  }

  async ask(state, signal) {
    const { system } = state;
    if (!system.parameters.length) throw new Nothing("This system has no parameter.");
    const name = this.parameter.value;
    const flow = system.parameters.includes("delta_t");
    const sweep = (count) => ({ [name]: `${this.low.value}:${this.high.value}:${count}` });
    const across = Math.max(200, Math.min(1000, this.root.clientWidth - 130)); // a value for each pixel
    const addresses = [
      url("/bifurcation", state, sweep(across), { coordinate: this.coordinate.value, transient: flow ? 5000 : 1000, kept: 200 }),
      url("/lyapunov", state, sweep(flow ? 60 : 300), { steps: flow ? 20000 : 2000, transient: flow ? 10000 : 500 }),
    ];
    const answers = await Promise.all(addresses.map((address) => fetchArray(`${address}&format=npy`, signal)));
    const ends = [this.low.value, this.high.value].map(Number);
    const coordinate = this.coordinate.value;
    return () => {
      const said = [diagram, spectrum].map((describe, i) => describe(this.drawn[i], answers[i], { system, name, ends, coordinate }));
      this.said.textContent = said.filter(Boolean).join(" ");
      this.cite(...addresses.map((address) => `${address}&format=csv`));
    };
  }
}

const along = ([low, high], count) => (point) => (count === 1 ? low : low + ((high - low) * point) / (count - 1));

function diagram({ figure, drawn }, { values, shape: [count, kept] }, { system, name, ends, coordinate }) {
  const at = along(ends, count);
  const sizes = Float64Array.from(values, Math.abs).filter(Number.isFinite).sort();
  const most = FAR * Math.max(1, sizes[Math.floor(sizes.length / 2)] ?? 1);
  const stays = (point) => values.subarray(point * kept, (point + 1) * kept).every((value) => Math.abs(value) <= most);
  const staying = [...Array(count).keys()].filter(stays);
  const shown = staying.flatMap((point) => Array.from({ length: kept }, (_, k) => point * kept + k));
  const columns = {
    [name]: Float64Array.from(shown, (k) => at(Math.floor(k / kept))),
    [coordinate]: Float64Array.from(shown, (k) => values[k]),
  };
  figure.show({ view: "plane", axes: Object.keys(columns), draw: "points", orbits: [table(columns)], span: ends, label: (axis) => label(system, axis) });
  drawn.setAttribute("aria-label", `Orbit diagram: ${coordinate} against ${name} from ${ends.join(" to ")}`);
  const lost = count - staying.length;
  const leave = lost === 1 ? ["escapes", "is"] : ["escape", "are"];
  return lost ? `${whole(lost)} of ${whole(count)} orbits ${leave[0]}, beyond ${short(most)}, and ${leave[1]} left out of the diagram.` : "";
}

// Exponents are per unit time where there is time, and per step where there is none.
function spectrum({ figure, drawn }, { values, shape: [count, width] }, { system, name, ends }) {
  const at = along(ends, count);
  const { dimension } = system;
  const flow = system.parameters.includes("delta_t"); // a record: exponents, their errors, of flows the exponents per unit time
  const exponent = (point, i) => values[point * width + i + (flow ? 2 * dimension : 0)];
  const points = [...Array(count).keys()].filter((point) => !Number.isNaN(exponent(point, 0)));
  const orbits = system.state.map((_, i) => {
    const finite = points.filter((point) => Number.isFinite(exponent(point, i))); // a superstable cycle has -∞
    return table({ [name]: Float64Array.from(finite, at), λ: Float64Array.from(finite, (point) => exponent(point, i)) });
  });
  figure.show({ view: "plane", axes: [name, "λ"], draw: "lines", orbits, span: ends, label: (axis) => label(system, axis) });
  drawn.setAttribute("aria-label", `Lyapunov spectrum${flow ? " per unit time" : ""} against ${name} from ${ends.join(" to ")}`);
  const error = (point) => values[point * width + dimension] * Math.abs(exponent(point, 0) / values[point * width] || 1);
  const chaotic = points.filter((point) => exponent(point, 0) > Math.max(3 * error(point), LEAST)).length;
  const lost = count - points.length;
  return `The greatest Lyapunov exponent${flow ? " per unit time" : ""} is positive, by three standard errors and ${LEAST}, for `
    + `${whole(chaotic)} of ${whole(count)} values of ${label(system, name)}${lost ? `; at ${whole(lost)} it does not exist, since the orbit leaves double's range` : ""}.`;
}

class Horizon extends Panel {
  constructor(page) {
    const about = "How many digits of the orbit in double arithmetic are those of the exact orbit of these numbers.";
    super(page, "horizon", "How far to trust it", about);
    this.steps = this.number("steps", "");
    this.farther = element("button", { type: "button", hidden: true });
    this.farther.addEventListener("click", () => {
      this.steps.value = String(FARTHER * Number(this.steps.value));
      this.steps.dispatchEvent(new Event("change", { bubbles: true }));
      this.steps.focus();
    });
    this.form.append(this.farther);
    this.drawn = canvas("Digits against n");
    this.body.append(this.drawn);
    this.figure = this.zoomed(new Figure(this.drawn, () => {}));
  }

  prepare(system) {
    this.farther.hidden = true;
    this.steps.value = HORIZONS[system.name] ?? HORIZONS[system.parameters.includes("delta_t") ? "flow" : "map"];
  }

  async ask(state, signal) {
    const steps = Number(this.steps.value);
    const every = Math.max(1, Math.floor(steps / 100)) || 1;
    const address = url("/horizon", state, {}, { steps: this.steps.value, every });
    const { records, horizons: [{ horizon, bits }] } = await json(address, signal);
    return () => {
      const n = Float64Array.from(records, (record) => record.n);
      const kept = Float64Array.from(records, (record) => record.digits ?? 0);
      this.figure.show({ view: "plane", axes: ["n", "digits"], draw: "lines", orbits: [table({ n, digits: kept })] });
      const reach = horizon === null
        ? `At every n up to ${whole(n.at(-1))} at least one digit is right.`
        : `At n = ${whole(horizon)} less than one digit is right.`;
      this.farther.hidden = horizon !== null || FARTHER * steps > MOST;
      this.farther.textContent = `Look on to n = ${whole(FARTHER * steps)}`;
      this.said.textContent = `${reach} It took ${whole(bits)} bits to find out.`;
      const [first, last] = [kept[0], kept.at(-1)].map((value) => value.toFixed(1));
      this.drawn.setAttribute("aria-label", `Right digits against n: ${first} at first, ${last} at n = ${n.at(-1)}`);
      this.cite(address);
    };
  }
}

class FixedPoints extends Panel {
  constructor(page) {
    const about = "Points that the map returns to itself after one period, each proven, and whether they attract.";
    super(page, "cycles", "Fixed points and cycles", about);
    this.period = this.number("Period", "1");
    this.body.append(element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Fixed points" }));
  }

  prepare() {
    this.period.value = "1";
  }

  async ask(state, signal) {
    const address = url("/fixed-points", state, {}, { period: this.period.value }, state.system.parameters);
    const { records, complete, region, continuum } = await json(address, signal);
    const { system } = state;
    const period = Number(this.period.value);
    const names = ["cycle", ...system.state, "stability"];
    const cell = (value) => (typeof value === "number" ? short(value) : value);
    return () => {
      const where = region ? ` with ${Object.entries(region).map(([name, [low, high]]) => `${label(system, name)} from ${short(low)} to ${short(high)}`).join(", ")}` : "";
      const others = continuum ? "others form a continuum" : complete ? `there are no others${where}` : "there may be others";
      const cycles = new Set(records.map(({ cycle }) => cycle)).size;
      const kind = period === 1 ? ["fixed point", "fixed points"] : [`cycle of period ${period}`, `cycles of period ${period}`];
      this.said.textContent = `${cycles || "No"} ${kind[Number(cycles !== 1)]} found; ${others}.`;
      const head = names.map((name) => element("th", { scope: "col", textContent: label(system, name) }));
      const rows = records.map((record) => names.map((name) => element("td", { textContent: cell(record[name]), title: record[name] })));
      this.body.firstChild.replaceChildren(element(
        "table", {},
        element("thead", {}, element("tr", {}, ...head)),
        element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row))),
      ));
      this.cite(address);
    };
  }
}

class Basins extends Panel {
  constructor(page) {
    const about = "Where each start in a window ends: a colour for every attractor, one for those that leave and one for "
      + "the undecided, of which more steps decide some. Where the map keeps area, a colour each for regular and for chaotic motion.";
    super(page, "basins", "Basins of attraction", about);
    this.windows = element("span", { className: "fields" });
    this.form.append(this.windows);
    this.image = element("img", { alt: "" });
    this.body.append(this.image);
    DARK.addEventListener("change", () => {
      this.wanted = null;
      this.follow();
    });
  }

  prepare(system) {
    this.starts = system.dimension < 2 ? [] : system.inputs.slice(0, 2);
    this.windowed = this.starts.map((name) => {
      const [low, high] = system.ranges[name] ?? [-3, 3];
      return [low, high].map((value) => element("input", { type: "text", inputMode: "decimal", value: String(value) }));
    });
    const labels = (name, i) => ["from", "to"].map((word, end) => element("label", {}, `${label(system, name)} ${word} `, this.windowed[i][end]));
    [this.steps, this.cells] = (BASINS[system.name] ?? FEW).map((value) => element("input", { type: "text", inputMode: "numeric", value: String(value) }));
    const steps = this.starts.length ? [element("label", {}, "steps at most ", this.steps), element("label", {}, "cells across ", this.cells)] : [];
    this.windows.replaceChildren(...this.starts.flatMap(labels), ...steps);
    this.fields = this.starts.length ? [...this.windowed.flat(), this.steps, this.cells] : [];
  }

  async ask(state, signal) {
    if (!this.starts.length) throw new Nothing("A picture of basins needs two initial conditions.");
    const cells = Number(this.cells.value);
    if (!(Number.isInteger(cells) && cells >= 2 && cells <= 800)) throw new Error("Cells across are a whole number from 2 to 800.");
    const window = this.windowed.map((ends) => ends.map(({ value }) => value));
    const sweep = Object.fromEntries(this.starts.map((name, i) => [name, `${window[i].join(":")}:${[cells, Math.max(2, Math.round(cells * 0.75))][i]}`]));
    const size = this.root.clientWidth < 560 ? { width: 260, height: 210, format: "svg" } : {}; // enlarged, so that its words can be read
    const theme = DARK.matches ? "dark" : "light";
    const address = url("/picture", state, sweep, { of: "basins", ...size, theme, steps: this.steps.value });
    const picture = await (await ask(address, signal)).blob();
    return () => {
      URL.revokeObjectURL(this.image.src);
      this.image.src = URL.createObjectURL(picture);
      const over = this.starts.map((name, i) => `${name} from ${window[i].join(" to ")}`).join(" and ");
      this.image.alt = `Basins of attraction of ${state.system.title} over ${over}`;
      this.cite(address);
    };
  }
}
