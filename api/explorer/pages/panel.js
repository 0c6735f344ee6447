// What every panel is: a form, a button that stops the work, an error, some words, a figure, and the URLs they come from.

import { ask } from "./ask.js";
import { element } from "./controls.js";

const PATIENCE = 500; // ms after which work is spoken of
const SETTLING = 150; // ms without a change after which an open panel follows

export class Panel {
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
    this.root = element(
      "details", { className: "panel" },
      element("summary", {}, element("h3", { textContent: title })),
      element("p", { className: "quiet", textContent: about }),
      this.form, this.busy, this.error, this.said, this.body, this.links,
    );
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
      const faults = error.errors?.map(({ parameter, problem, allowed }) => `${parameter} ${problem}; allowed: ${allowed}`);
      this.error.textContent = mine.signal.aborted ? "Cancelled." : faults?.join(". ") || error.message;
    } finally {
      clearTimeout(patience);
      if (mine === this.abort) this.busy.hidden = true;
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
