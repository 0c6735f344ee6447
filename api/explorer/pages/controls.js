// A label, a slider and a text field for each number, and the API's word beside it where it refuses one.

const SLIDES = 600; // steps of a slider

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "for" || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

// `changed(value, done)`: done is false while a slider is being dragged.
export class NumberControl {
  constructor(name, title, range, changed, meaning = "") {
    this.range = range;
    const properties = { id: `input-${name}`, type: "text", inputMode: "decimal", spellcheck: false };
    this.text = element("input", { ...properties, "aria-describedby": `error-${name} meaning-${name}` });
    this.error = element("p", { id: `error-${name}`, className: "error", role: "alert" });
    const label = element("label", { for: this.text.id, title: meaning ? `${name}: ${meaning}` : name }, title);
    const told = element("span", { id: `meaning-${name}`, className: "hidden", textContent: meaning });
    this.root = element("div", { className: "control" }, label, this.text, this.error, told);
    if (range) {
      this.slider = element("input", { type: "range", id: `slider-${name}`, "aria-label": `${name}, slider` });
      this.text.before(this.slider);
      this.slider.addEventListener("input", () => this.#slid(changed, false));
      this.slider.addEventListener("change", () => this.#slid(changed, true));
    }
    this.text.addEventListener("change", () => {
      this.#place(this.text.value);
      changed(this.text.value.trim(), true);
    });
  }

  set(value) {
    this.text.value = value;
    this.#place(value);
  }

  refuse(message) {
    this.error.textContent = message;
    this.text.setAttribute("aria-invalid", Boolean(message));
  }

  #slid(changed, done) {
    this.text.value = this.range.value(Number(this.slider.value));
    this.slider.setAttribute("aria-valuetext", this.text.value);
    changed(this.text.value, done);
  }

  #place(value) {
    const number = Number(value);
    if (!this.slider || value === "" || !Number.isFinite(number)) return;
    this.range.include?.(number);
    const { min, max, step } = this.range.slider();
    Object.assign(this.slider, { min, max, step });
    this.slider.value = this.range.position(number);
    this.slider.setAttribute("aria-valuetext", value);
  }
}

// A range that widens to hold what is typed.
export function linear(low, high) {
  let step = 0;
  const settle = () => {
    const rough = (high - low) / SLIDES;
    const power = 10 ** Math.floor(Math.log10(rough));
    step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999);
    low = Math.floor(low / step + 1e-9) * step;
  };
  settle();
  const decimals = () => Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return {
    include: (value) => {
      if (value >= low && value <= high) return;
      [low, high] = [Math.min(low, value), Math.max(high, value)];
      settle();
    },
    slider: () => ({ min: low, max: high, step }),
    position: (value) => value,
    value: (position) => String(Number(position.toFixed(decimals()))),
    bounds: () => [low, high],
  };
}

// Whole numbers to two digits, evenly spaced in their logarithm.
export function logarithmic(low, high) {
  return {
    slider: () => ({ min: Math.log10(low), max: Math.log10(high), step: 0.02 }),
    position: (value) => Math.log10(Math.max(1, value)),
    value: (position) => String(Number((10 ** position).toPrecision(2))),
  };
}
