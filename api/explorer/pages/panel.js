// What every panel is: a form, a button that stops the work, an error, some words, a figure, and the URLs that it comes of.
// What it shows belongs to the state that it was asked for: anything else is dimmed until the answer comes, or cleared.

import { ask, onWaiting } from "./ask.js";
import { element } from "./controls.js";
import { EMPTY } from "./figure.js";

const PATIENCE = 500; // ms after which work is spoken of
const SETTLING = 150; // ms without a change after which an open panel follows

// Why there is nothing to ask for, which is nobody's error.
export class Nothing extends Error {}

export class Panel {
  // `page`: now() is its state, choose(name, value) changes an input, keep(how) writes what is kept of panels into the
  // address, and ignored(part) tells of a part of the address that makes no sense here.
  constructor(page, name, title, about) {
    Object.assign(this, { page, name });
    this.fields = []; // whose values the address holds, in their order
    this.figures = []; // whose zoom it holds
    this.body = element("div");
    this.form = element("form", { className: "fields", autocomplete: "off" });
    this.error = element("p", { className: "error", role: "alert" });
    this.said = element("p", { role: "status" });
    this.links = element("p", { className: "quiet links" });
    this.result = element("div", { className: "result", hidden: true }, this.said, this.body, this.links);
    this.cancel = element("button", { type: "button", textContent: "Cancel" });
    this.of = element("span");
    const what = element("span");
    onWaiting((text) => { what.textContent = text; });
    this.busy = element("p", { hidden: true }, element("progress", { "aria-label": `${title}: computing` }), " ", what, this.of, " ", this.cancel);
    this.cancel.addEventListener("click", () => this.abort.abort("cancelled"));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", () => this.keep({ values: this.values(), zoom: [] }, "push"));
    this.root = element(
      "details", { className: "panel", id: `panel-${name}` },
      element("summary", {}, element("h3", { textContent: title })),
      element("p", { className: "quiet", textContent: about }),
      this.form, this.busy, this.error, this.result,
    );
    this.root.addEventListener("toggle", () => {
      if (this.root.open !== this.name in page.now().panels) this.keep(this.root.open ? { values: null, zoom: [] } : null, "push");
    });
  }

  field(label, control) {
    this.form.append(element("label", {}, label, " ", control));
    this.fields.push(control);
    return control;
  }

  number(label, value) {
    return this.field(label, element("input", { type: "text", inputMode: "decimal", value }));
  }

  // A figure whose zoom the address holds.
  zoomed(figure) {
    const place = this.figures.push(figure) - 1;
    const empty = element("p", { className: "notice empty", "aria-live": "polite" });
    figure.canvas.after(empty);
    figure.emptied = (isEmpty) => { empty.textContent = isEmpty ? EMPTY : ""; };
    figure.moved = (_, frame) => {
      const kept = this.page.now().panels[this.name];
      if (kept) this.keep({ ...kept, zoom: this.figures.map((__, i) => (i === place ? frame : kept.zoom[i] ?? null)) }, "replace");
    };
    return figure;
  }

  values() {
    const values = this.fields.map(({ value }) => value.trim());
    return values.join() === this.defaults.join() ? null : values;
  }

  keep(kept, how) {
    const { panels } = this.page.now();
    if (kept) panels[this.name] = kept;
    else delete panels[this.name];
    this.page.keep(how);
    this.follow();
  }

  // Takes the values that the address gives, if they make sense.
  #take(values) {
    const taken = values ?? this.defaults;
    this.fields.forEach((field, i) => { field.value = taken[i] ?? ""; });
    if (this.fields.length === taken.length && this.fields.every(({ value }, i) => value === taken[i])) return;
    this.page.now().panels[this.name].values = null;
    this.#take(null);
    this.page.ignored(`${this.name}=${values.join()}`);
  }

  follow() {
    const { system, inputs, panels } = this.page.now();
    const kept = panels[this.name];
    this.root.open = Boolean(kept);
    if (!kept) {
      clearTimeout(this.waiting);
      this.abort?.abort("closed");
      this.abort = this.wanted = null;
      this.busy.hidden = true;
      return;
    }
    if (system !== this.system) {
      this.system = system;
      this.prepare(system);
      this.defaults = this.fields.map(({ value }) => value);
      this.clear();
    }
    this.#take(kept.values);
    this.figures.forEach((figure, i) => {
      figure.frame = kept.zoom[i] ?? null;
      figure.redraw();
    });
    const wanted = JSON.stringify([system.name, inputs, this.values()]);
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.error.textContent = "";
    this.root.classList.add("stale");
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.run(), SETTLING);
  }

  clear() {
    this.result.hidden = true;
    this.said.textContent = this.error.textContent = "";
    this.links.replaceChildren();
  }

  async run() {
    this.abort?.abort("newer");
    const mine = (this.abort = new AbortController());
    const patience = setTimeout(() => {
      this.of.textContent = this.result.hidden ? "" : " What is shown is the answer before.";
      this.busy.hidden = false;
    }, PATIENCE);
    this.error.textContent = "";
    try {
      const show = await this.ask(this.page.now(), mine.signal);
      if (mine !== this.abort) return;
      this.result.hidden = false;
      show();
    } catch (error) {
      if (mine !== this.abort) return;
      this.clear();
      this.wanted = null; // asked for again by the next change, whatever it is
      const faults = error.errors?.map(({ parameter, problem, allowed }) => `${parameter} ${problem}; allowed: ${allowed}`);
      this.error.textContent = mine.signal.aborted ? "Cancelled." : faults?.join(". ") || error.message;
      this.error.classList.toggle("quiet", error instanceof Nothing);
    } finally {
      clearTimeout(patience);
      if (mine === this.abort) {
        this.busy.hidden = true;
        this.root.classList.remove("stale");
      }
    }
  }

  // The URLs of what is shown, in a format that people read.
  cite(...urls) {
    const links = urls.map((url) => element("a", { href: url, textContent: decodeURIComponent(url) }));
    this.links.replaceChildren("From ", ...links.flatMap((link, i) => (i ? [" and ", link] : [link])));
  }
}

export function url(path, state, changed, options, takes = state.system.inputs) {
  const inputs = Object.fromEntries(takes.map((name) => [name, changed[name] ?? state.inputs[name]]));
  return `${path}?${new URLSearchParams({ system: state.system.name, ...inputs, ...options })}`.replaceAll("%3A", ":");
}

export async function json(address, signal) {
  return (await ask(address, signal)).json();
}

export function canvas(label) {
  return element("canvas", { className: "chart", tabIndex: 0, role: "img", "aria-label": label });
}

// What the figure takes for an orbit, from columns by name.
export function table(columns) {
  return { names: Object.keys(columns), finite: Object.values(columns)[0].length, column: (name) => columns[name] };
}
