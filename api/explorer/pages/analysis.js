// Panels for the API's other endpoints, each where the service has it: closed until asked for, then following the page.

import { element, linear, symbol } from "./controls.js";
import { Figure } from "./figure.js";
import { fetchArray, refuse } from "./orbit.js";
import { short } from "./paint.js";

const PATIENCE = 500; // ms after which work is spoken of
const SETTLING = 150; // ms without a change after which an open panel follows

// `now()` is the page's state; `choose(name, value)` changes an input of it. Returns what tells the panels of a change.
export async function addPanels(root, now, choose) {
  const response = await fetch("/schema/openapi.json");
  const paths = response.ok ? Object.keys((await response.json()).paths) : [];
  const panels = [Along, Horizon, FixedPoints, Basins].map((kind) => new kind(now, choose, paths)).filter((panel) => panel.paths.length);
  root.append(...panels.map((panel) => panel.root));
  root.parentElement.hidden = panels.length === 0;
  return () => panels.forEach((panel) => panel.follow());
}

class Panel {
  constructor(now, title, about, paths) {
    Object.assign(this, { now, paths });
    this.body = element("div");
    this.form = element("form", { className: "fields", autocomplete: "off" });
    this.error = element("p", { className: "error", role: "alert" });
    this.said = element("p", { role: "status" });
    this.links = element("p", { className: "quiet links" });
    this.cancel = element("button", { type: "button", textContent: "Cancel" });
    this.busy = element("p", { hidden: true }, element("progress", { "aria-label": `${title}: computing` }), " ", this.cancel);
    this.cancel.addEventListener("click", () => this.abort.abort("cancelled"));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", () => this.run());
    this.root = element("details", { className: "panel" }, element("summary", {}, element("h3", { textContent: title })), element("p", { className: "quiet", textContent: about }), this.form, this.busy, this.error, this.said, this.body, this.links);
    this.root.addEventListener("toggle", () => this.follow());
  }

  field(label, control) {
    this.form.append(element("label", {}, label, " ", control));
    return control;
  }

  number(label, value) {
    return this.field(label, element("input", { type: "text", inputMode: "decimal", value }));
  }

  follow() {
    if (!this.root.open) return;
    const { system } = this.now();
    if (system !== this.system) {
      this.system = system;
      this.prepare(system);
    }
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.run(), SETTLING);
  }

  async run() {
    this.abort?.abort("newer");
    const mine = (this.abort = new AbortController());
    const patience = setTimeout(() => { this.busy.hidden = false; }, PATIENCE);
    try {
      await this.show(this.now(), mine.signal);
      if (mine === this.abort) this.error.textContent = "";
    } catch (error) {
      if (mine !== this.abort) return;
      const cancelled = mine.signal.aborted;
      this.error.textContent = cancelled ? "Cancelled." : (error.errors?.length ? error.errors.map(({ parameter, problem, allowed }) => `${parameter} ${problem}; allowed: ${allowed}`).join(". ") : error.message);
    } finally {
      clearTimeout(patience);
      if (mine === this.abort) this.busy.hidden = true;
    }
  }

  // The URLs of what is shown, in a format that people read.
  cite(...urls) {
    this.links.replaceChildren("From ", ...urls.flatMap((url, i) => [i ? " and " : "", element("a", { href: url, textContent: decodeURIComponent(url) })]));
  }
}

function url(path, state, changed, options, takes = state.system.inputs) {
  const inputs = Object.fromEntries(takes.map((name) => [name, changed[name] ?? state.inputs[name]]));
  return `${path}?${new URLSearchParams({ system: state.system.name, ...inputs, ...options })}`.replaceAll("%3A", ":").replaceAll("%2C", ",");
}

async function json(address, signal) {
  const response = await fetch(address, { signal });
  return response.ok ? response.json() : refuse(response);
}

function canvas(label) {
  return element("canvas", { className: "chart", tabIndex: 0, role: "img", "aria-label": label });
}

// What the figure takes for an orbit, from columns by name.
function table(columns) {
  return { names: Object.keys(columns), finite: Object.values(columns)[0].length, column: (name) => columns[name] };
}

class Along extends Panel {
  constructor(now, choose, paths) {
    super(now, "Along a parameter", "Where the orbit settles for each value of a parameter, and how fast neighbours part there: above zero is chaos. Click a diagram to go to a value.", ["/bifurcation", "/lyapunov"].filter((path) => paths.includes(path)));
    this.parameter = this.field("Parameter", element("select"));
    [this.low, this.high] = [this.number("from", ""), this.number("to", "")];
    this.coordinate = this.field("Coordinate", element("select"));
    this.form.addEventListener("change", ({ target }) => { if (target === this.parameter) this.range(); }, { capture: true });
    this.figures = this.paths.map((path) => {
      const drawn = canvas(path === "/lyapunov" ? "Lyapunov spectrum" : "Orbit diagram");
      this.body.append(drawn);
      const figure = new Figure(drawn, () => {});
      figure.picked = (value) => choose(this.parameter.value, String(Number(value.toPrecision(5))));
      return { path, figure, drawn };
    });
  }

  prepare(system) {
    this.parameter.replaceChildren(...system.parameters.map((name) => element("option", { value: name, textContent: symbol(name) })));
    this.coordinate.replaceChildren(...system.state.map((name) => element("option", { value: name, textContent: name })));
    this.form.hidden = this.body.hidden = system.parameters.length === 0;
    this.parameter.value = system.along ?? system.parameters[0] ?? "";
    if (system.parameters.length) this.range();
  }

  range() {
    const { ranges, canonical } = this.system;
    const name = this.parameter.value;
    const value = canonical[name];
    [this.low.value, this.high.value] = ranges[name] ?? linear(value - Math.abs(value), value + Math.abs(value)).bounds();
  }

  async show(state, signal) {
    if (!state.system.parameters.length) throw new Error("This system has no parameter.");
    const name = this.parameter.value;
    const flow = state.system.parameters.includes("delta_t");
    const sweep = (count) => ({ [name]: `${this.low.value}:${this.high.value}:${count}` });
    const across = Math.max(200, this.body.clientWidth - 92); // a value for each pixel
    const requests = {
      "/bifurcation": [sweep(across), { coordinate: this.coordinate.value, transient: flow ? 5000 : 1000, kept: 200 }],
      "/lyapunov": [sweep(300), { steps: flow ? 4000 : 2000, transient: flow ? 2000 : 500 }],
    };
    const addresses = this.paths.map((path) => url(path, state, ...requests[path]));
    const answers = await Promise.all(addresses.map((address) => fetchArray(`${address}&format=npy`, signal)));
    const [low, high] = [this.low.value, this.high.value].map(Number);
    this.said.textContent = "";
    this.figures.forEach(({ path, figure, drawn }, i) => {
      const { values, shape: [count, width] } = answers[i];
      const at = (point) => low + ((high - low) * point) / (count - 1);
      if (path === "/bifurcation") {
        const finite = [...values.keys()].filter((k) => Number.isFinite(values[k]));
        const columns = { [name]: Float64Array.from(finite, (k) => at(Math.floor(k / width))), [this.coordinate.value]: Float64Array.from(finite, (k) => values[k]) };
        figure.show({ view: "plane", axes: Object.keys(columns), draw: "points", orbits: [table(columns)] });
        drawn.setAttribute("aria-label", `Orbit diagram: ${this.coordinate.value} against ${name} from ${low} to ${high}`);
        return;
      }
      const points = [...Array(count).keys()].filter((point) => Number.isFinite(values[point * width]));
      const exponent = (index) => table({ [name]: Float64Array.from(points, at), λ: Float64Array.from(points, (point) => values[point * width + index]) });
      figure.show({ view: "plane", axes: [name, "λ"], draw: "lines", orbits: state.system.state.map((_, index) => exponent(index)) });
      const chaotic = points.filter((point) => values[point * width] > 1e-3).length;
      this.said.textContent = `The greatest Lyapunov exponent is positive for ${Math.round((100 * chaotic) / count)} % of the values of ${name}${points.length < count ? `, and ${count - points.length} of ${count} orbits leave double's range` : ""}.`;
      drawn.setAttribute("aria-label", `Lyapunov spectrum against ${name} from ${low} to ${high}`);
    });
    this.cite(...addresses.map((address) => `${address}&format=csv`));
  }
}

class Horizon extends Panel {
  constructor(now, _, paths) {
    super(now, "How far to trust it", "How many digits of the orbit in double arithmetic are those of the exact orbit of these numbers.", paths.filter((path) => path === "/horizon"));
    this.steps = this.number("steps", "");
    this.drawn = canvas("Digits against n");
    this.body.append(this.drawn);
    this.figure = new Figure(this.drawn, () => {});
  }

  prepare(system) {
    this.steps.value = system.parameters.includes("delta_t") ? 4000 : 150;
  }

  async show(state, signal) {
    const steps = Number(this.steps.value);
    const every = Math.max(1, Math.floor(steps / 400));
    const address = url("/horizon", state, {}, { steps: this.steps.value, every });
    const { records, horizons: [{ horizon, decimal_digits: digits }] } = await json(address, signal);
    const [n, kept] = [Float64Array.from(records, (record) => record.n), Float64Array.from(records, ({ digits: each }) => each ?? 0)];
    this.figure.show({ view: "plane", axes: ["n", "digits"], draw: "lines", orbits: [table({ n, digits: kept })] });
    this.said.textContent = horizon === null ? `At least one digit is right up to n = ${n.at(-1).toLocaleString("en")}.` : `From n = ${horizon.toLocaleString("en")} on not one digit is right.`;
    this.said.textContent += ` It took ${digits.toLocaleString("en")} decimal digits to find out.`;
    this.drawn.setAttribute("aria-label", `Right digits against n: ${kept[0].toFixed(1)} at first, ${kept.at(-1).toFixed(1)} at n = ${n.at(-1)}`);
    this.cite(address);
  }
}

class FixedPoints extends Panel {
  constructor(now, _, paths) {
    super(now, "Fixed points and cycles", "Every point that the map returns to itself after one period, and whether it attracts.", paths.filter((path) => path === "/fixed-points"));
    this.period = this.number("Period", "1");
    this.body.append(element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Fixed points" }));
  }

  prepare() {}

  async show(state, signal) {
    const address = url("/fixed-points", state, {}, { period: this.period.value }, state.system.parameters);
    const { records, complete } = await json(address, signal);
    const names = ["cycle", ...state.system.state, "stability"];
    const cell = (value) => (typeof value === "number" ? short(value) : value);
    this.said.textContent = `${records.length === 0 ? "None" : records.length} found${complete ? "; there are no others" : ""}.`;
    this.body.firstChild.replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col", textContent: name })))), element("tbody", {}, ...records.map((record) => element("tr", {}, ...names.map((name) => element("td", { textContent: cell(record[name]), title: String(record[name]) })))))));
    this.cite(address);
  }
}

class Basins extends Panel {
  constructor(now, _, paths) {
    super(now, "Basins of attraction", "Where each start in a window ends: a colour for every attractor, and one for those that leave.", paths.includes("/picture") && paths.includes("/basins") ? ["/picture"] : []);
    this.windows = element("span", { className: "fields" });
    this.form.append(this.windows);
    this.image = element("img", { alt: "", hidden: true });
    this.body.append(this.image);
  }

  prepare(system) {
    this.starts = system.inputs.slice(0, Math.min(2, system.dimension));
    this.fields = this.starts.map((name) => {
      const [low, high] = system.ranges[name] ?? [-3, 3];
      return [low, high].map((value) => element("input", { type: "text", inputMode: "decimal", value }));
    });
    this.windows.replaceChildren(...this.starts.flatMap((name, i) => ["from", "to"].map((word, end) => element("label", {}, `${symbol(name)} ${word} `, this.fields[i][end]))));
  }

  async show(state, signal) {
    if (state.system.dimension < 2) throw new Error("A picture of basins needs two initial conditions.");
    const sweep = Object.fromEntries(this.starts.map((name, i) => [name, `${this.fields[i][0].value}:${this.fields[i][1].value}:${[400, 300][i]}`]));
    const address = url("/picture", state, sweep, { of: "basins" });
    const response = await fetch(address, { signal });
    if (!response.ok) await refuse(response);
    URL.revokeObjectURL(this.image.src);
    this.image.src = URL.createObjectURL(await response.blob());
    this.image.alt = `Basins of attraction of ${state.system.title} over ${this.starts.map((name) => `${name} = ${sweep[name].split(":").slice(0, 2).join(" to ")}`).join(" and ")}`;
    this.image.hidden = false;
    this.cite(address);
  }
}
