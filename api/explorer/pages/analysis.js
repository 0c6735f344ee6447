// Panels for the API's other endpoints, each where the service has it: closed until asked for, then following the page.

import { ask } from "./ask.js";
import { element, linear, symbol } from "./controls.js";
import { Figure } from "./figure.js";
import { fetchArray } from "./orbit.js";
import { short } from "./paint.js";
import { Panel, canvas, json, table, url } from "./panel.js";

// `now()` is the page's state; `choose(name, value)` changes an input of it. Returns what tells the panels of a change.
export async function addPanels(root, now, choose) {
  const response = await fetch("/openapi.json");
  const paths = response.ok ? Object.keys((await response.json()).paths) : [];
  const every = [Along, Horizon, FixedPoints, Basins].map((kind) => new kind(now, choose, paths));
  const panels = every.filter((panel) => panel.paths.length);
  root.append(...panels.map((panel) => panel.root));
  root.parentElement.hidden = panels.length === 0;
  return () => panels.forEach((panel) => panel.follow());
}

class Along extends Panel {
  constructor(now, choose, available) {
    const about = "Where the orbit settles for each value of a parameter, and how fast neighbours part there: above zero is "
      + "chaos. Click a diagram to go to a value.";
    super(now, "Along a parameter", about, ["/bifurcation", "/lyapunov"].filter((path) => available.includes(path)));
    this.parameter = this.field("Parameter", element("select"));
    [this.low, this.high] = [this.number("from", ""), this.number("to", "")];
    this.coordinate = this.field("Coordinate", element("select"));
    this.parameter.addEventListener("change", () => this.range());
    this.figures = this.paths.map((path) => {
      const drawn = canvas(path === "/lyapunov" ? "Lyapunov spectrum" : "Orbit diagram");
      this.body.append(drawn);
      const figure = new Figure(drawn, () => {});
      figure.picked = (value) => choose(this.parameter.value, String(Number(value.toPrecision(5))));
      return { figure, drawn, draw: path === "/lyapunov" ? this.spectrum : this.diagram };
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
    this.figures.forEach(({ figure, drawn, draw }, i) => {
      const { values, shape: [count, width] } = answers[i];
      const at = (point) => low + ((high - low) * point) / (count - 1);
      drawn.setAttribute("aria-label", `${draw.call(this, figure, name, at, values, count, width, state)} against ${name} from ${low} to ${high}`);
    });
    this.cite(...addresses.map((address) => `${address}&format=csv`));
  }

  diagram(figure, name, at, values, _, kept) {
    const finite = [...values.keys()].filter((k) => Number.isFinite(values[k]));
    const columns = {
      [name]: Float64Array.from(finite, (k) => at(Math.floor(k / kept))),
      [this.coordinate.value]: Float64Array.from(finite, (k) => values[k]),
    };
    figure.show({ view: "plane", axes: Object.keys(columns), draw: "points", orbits: [table(columns)] });
    return `Orbit diagram: ${this.coordinate.value}`;
  }

  spectrum(figure, name, at, values, count, width, { system }) {
    const points = [...Array(count).keys()].filter((point) => !Number.isNaN(values[point * width]));
    const orbits = system.state.map((_, i) => {
      const finite = points.filter((point) => Number.isFinite(values[point * width + i])); // a superstable cycle has -∞
      return table({ [name]: Float64Array.from(finite, at), λ: Float64Array.from(finite, (point) => values[point * width + i]) });
    });
    figure.show({ view: "plane", axes: [name, "λ"], draw: "lines", orbits });
    const error = system.dimension; // behind the exponents
    const isChaotic = (point) => values[point * width] > 3 * values[point * width + error] && values[point * width] > 1e-6;
    const chaotic = points.filter(isChaotic).length;
    const lost = points.length < count ? `, and ${count - points.length} of ${count} orbits leave double's range` : "";
    const share = Math.round((100 * chaotic) / count);
    this.said.textContent = `The greatest Lyapunov exponent is positive, by three standard errors, for ${share} % of the values of ${name}${lost}.`;
    return "Lyapunov spectrum";
  }
}

class Horizon extends Panel {
  constructor(now, _, available) {
    const about = "How many digits of the orbit in double arithmetic are those of the exact orbit of these numbers.";
    super(now, "How far to trust it", about, available.filter((path) => path === "/horizon"));
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
    const { records, horizons: [{ horizon, bits }] } = await json(address, signal);
    const n = Float64Array.from(records, (record) => record.n);
    const kept = Float64Array.from(records, (record) => record.digits ?? 0);
    this.figure.show({ view: "plane", axes: ["n", "digits"], draw: "lines", orbits: [table({ n, digits: kept })] });
    const reach = horizon === null
      ? `At least one digit is right up to n = ${n.at(-1).toLocaleString("en")}.`
      : `At n = ${horizon.toLocaleString("en")} not one digit is right any more.`;
    this.said.textContent = `${reach} It took ${bits.toLocaleString("en")} bits to find out.`;
    const [first, last] = [kept[0], kept.at(-1)].map((value) => value.toFixed(1));
    this.drawn.setAttribute("aria-label", `Right digits against n: ${first} at first, ${last} at n = ${n.at(-1)}`);
    this.cite(address);
  }
}

class FixedPoints extends Panel {
  constructor(now, _, available) {
    const about = "Points that the map returns to itself after one period, each proven, and whether they attract.";
    super(now, "Fixed points and cycles", about, available.filter((path) => path === "/fixed-points"));
    this.period = this.number("Period", "1");
    this.body.append(element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Fixed points" }));
  }

  prepare() {}

  async show(state, signal) {
    const address = url("/fixed-points", state, {}, { period: this.period.value }, state.system.parameters);
    const { records, complete, region, continuum } = await json(address, signal);
    const names = ["cycle", ...state.system.state, "stability"];
    const cell = (value) => (typeof value === "number" ? short(value) : value);
    const where = region ? ` with ${Object.entries(region).map(([name, [low, high]]) => `${name} from ${short(low)} to ${short(high)}`).join(", ")}` : "";
    const others = continuum ? "others form a continuum" : complete ? `there are no others${where}` : "there may be others";
    this.said.textContent = `${records.length === 0 ? "None" : records.length} found; ${others}.`;
    const head = names.map((name) => element("th", { scope: "col", textContent: name }));
    const rows = records.map((record) => names.map((name) => element("td", { textContent: cell(record[name]), title: record[name] })));
    this.body.firstChild.replaceChildren(element(
      "table", {},
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row))),
    ));
    this.cite(address);
  }
}

class Basins extends Panel {
  constructor(now, _, available) {
    const about = "Where each start in a window ends: a colour for every attractor, one for those that leave and one for "
      + "the undecided. Where the map keeps area, a colour each for regular and for chaotic motion.";
    super(now, "Basins of attraction", about, available.includes("/basins") ? available.filter((path) => path === "/picture") : []);
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
    const labels = (name, i) => ["from", "to"].map((word, end) => element("label", {}, `${symbol(name)} ${word} `, this.fields[i][end]));
    this.windows.replaceChildren(...this.starts.flatMap(labels));
  }

  async show(state, signal) {
    if (state.system.dimension < 2) throw new Error("A picture of basins needs two initial conditions.");
    const window = this.fields.map((ends) => ends.map(({ value }) => value));
    const sweep = Object.fromEntries(this.starts.map((name, i) => [name, `${window[i].join(":")}:${[400, 300][i]}`]));
    const address = url("/picture", state, sweep, { of: "basins" });
    const response = await ask(address, signal);
    URL.revokeObjectURL(this.image.src);
    this.image.src = URL.createObjectURL(await response.blob());
    const over = this.starts.map((name, i) => `${name} from ${window[i].join(" to ")}`).join(" and ");
    this.image.alt = `Basins of attraction of ${state.system.title} over ${over}`;
    this.image.hidden = false;
    this.cite(address);
  }
}
