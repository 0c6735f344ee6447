// The figure: one canvas that shows orbits in 3-D, in a plane or as time series, and follows pointer and keys.

import { bounds, distances, grownFrom, scaled } from "./orbit.js";
import { dots, envelope, labels, line, ticks } from "./paint.js";
import { CAMERA } from "./state.js";

export const EMPTY = "No point lies in this window: zoom out, or press 0, to see all of them.";

const HALF = 0.7; // of the box's edge
const TURNING = 40_000; // points from which a moving figure is drawn in CSS pixels, not in the screen's finer ones

export class Figure {
  // `moved` is told when the user has changed camera or frame.
  constructor(canvas, moved) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.moved = moved;
    this.scene = null;
    this.emptied = () => {}; // told whether the window shows none of the points that there are, once that changes
    this.isEmpty = false;
    this.home = CAMERA;
    this.camera = [...CAMERA];
    this.frame = null; // left, right, bottom, top of a plane; left, right of series
    new ResizeObserver(() => this.redraw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    this.#listen();
  }

  // `scene`: view, axes, draw, orbits in the order in which they are drawn, and what there is of: `label`, which writes the
  // name of an axis; `span` of the horizontal axis; `circles`, the circumference of each coordinate on one; `curve`, of a
  // return map, as x and y; `start`, where its orbit begins.
  show(scene) {
    this.scene = scene;
    this.whole = this.limits = null;
    this.label = scene.label ?? ((name) => name);
    this.draw();
  }

  clear() {
    this.scene = null;
    this.#tell(false);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  redraw() {
    this.pending ??= requestAnimationFrame(() => this.draw());
  }

  reset() {
    this.camera = [...this.home];
    this.frame = null;
    this.settled();
  }

  settled() {
    this.moving = false;
    this.camera = this.camera.map((value) => Number(value.toFixed(3)));
    this.frame &&= rounded(this.frame);
    this.redraw();
    this.moved(this.camera.every((value, i) => value === this.home[i]) ? null : this.camera, this.frame);
  }

  zoom(factor, x = 0.5, y = 0.5) {
    if (this.scene.view === "space") this.camera[2] = Math.min(50, Math.max(0.2, this.camera[2] * factor));
    else {
      const [left, right, bottom, top] = this.shown();
      const grown = (low, high, share) => [share, share].map((s, end) => low + (high - low) * (s + (end - s) / factor));
      const vertical = this.scene.view === "series" ? [bottom, top] : grown(bottom, top, 1 - y);
      const frame = [...grown(left, right, x), ...vertical];
      if (isResolved(frame)) this.frame = frame;
    }
  }

  // By shares of the figure's width and height.
  move(x, y) {
    if (this.scene.view === "space") {
      this.camera[0] -= x * 4;
      this.camera[1] = Math.min(Math.PI / 2, Math.max(-Math.PI / 2, this.camera[1] + y * 4));
    } else {
      const [left, right, bottom, top] = this.shown();
      const [dx, dy] = [x * (right - left), this.scene.view === "series" ? 0 : y * (top - bottom)];
      const frame = [left - dx, right - dx, bottom + dy, top + dy];
      if (isResolved(frame)) this.frame = frame;
    }
  }

  spin(on) {
    this.spinning = on;
    const turn = (time) => {
      if (!this.spinning) return this.settled();
      this.camera[0] += Math.min(50, time - (this.turned ?? time)) * 0.0006;
      this.turned = time;
      this.moving = true;
      this.draw();
      return requestAnimationFrame(turn);
    };
    this.turned = null;
    if (on) requestAnimationFrame(turn);
  }

  shown() {
    return this.frame ?? this.#wholeFrame();
  }

  draw() {
    cancelAnimationFrame(this.pending);
    this.pending = null;
    const { canvas, context, scene } = this;
    if (!scene || !canvas.clientWidth) return;
    const count = scene.orbits.reduce((sum, { finite }) => sum + finite, 0);
    this.scale = this.moving && count > TURNING ? 1 : Math.min(2, devicePixelRatio);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * this.scale));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    const value = (name) => style.getPropertyValue(name).trim();
    const colours = (name) => value(name).split(",").map((part) => part.trim());
    this.theme = {
      ink: value("--quiet"),
      paper: value("--card"),
      grid: value("--grid"),
      begun: value("--second"),
      lines: scene.orbits.length > 1 ? ["--first", "--second", "--third"].map(colours) : [colours("--ramp")],
      dots: [colours("--first-dots"), colours("--second-dots")],
    };
    context.font = `${12 * this.scale}px ${style.fontFamily}`;
    this.seen = false;
    ({ space: () => this.#space(), plane: () => this.#plane(), series: () => this.#series() })[scene.view]();
    this.#tell(count > 0 && !this.seen);
  }

  #tell(isEmpty) {
    if (isEmpty === this.isEmpty) return;
    this.isEmpty = isEmpty;
    this.emptied(isEmpty);
  }

  // Notes whether some of the points lie in the area.
  #look(xs, ys, { left, right, top, bottom }) {
    this.seen ||= xs.some((x, i) => x >= left && x <= right && ys[i] >= top && ys[i] <= bottom);
  }

  #wholeFrame() {
    const { orbits, axes, view, span, start } = this.scene;
    this.whole ??= (view === "series" ? ["n"] : axes).flatMap((name, i) => {
      const begun = !i && this.#isCobweb() && start !== undefined ? [Float64Array.of(start)] : [];
      const [low, high] = !i && span && span[0] < span[1] ? span : held([...orbits.map((orbit) => orbit.column(name)), ...begun]);
      const room = view === "series" ? 0 : (high / 2 - low / 2) * 0.1;
      return [low - room, high + room];
    });
    return view === "series" ? [...this.whole.slice(0, 2), 0, 1] : this.whole;
  }

  #strokes(xs, ys, index, width = 1) {
    const { context, scene, scale, theme } = this;
    if (scene.draw === "lines") line(context, xs, ys, theme.lines[index], scale * (xs.length < 3000 ? 1.5 * width : 1));
    else dots(context, xs, ys, theme.dots[index], scale);
  }

  #space() {
    const { scene } = this;
    const { width } = this.canvas;
    const [yaw, pitch, zoom] = this.camera;
    const [c, s, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    const { room, middle } = this.#fit(pitch);
    const size = room * zoom;
    const project = (x, y, z) => {
      const [right, ahead] = [c * y - s * x, c * x + s * y];
      const near = cp * ahead + sp * z;
      const grown = size / (1.15 - 0.2 * near);
      return [width / 2 + right * grown, middle - (cp * z - sp * ahead) * grown, near];
    };
    const limits = (this.limits ??= scene.axes.map((name) => held(scene.orbits.map((orbit) => orbit.column(name)))));
    this.#box(project, limits);
    const [mx, my, mz] = limits.map(([low, high]) => low / 2 + high / 2);
    const [kx, ky, kz] = limits.map(([low, high]) => HALF / (high / 2 - low / 2));
    scene.orbits.forEach((orbit, index) => {
      const [X, Y, Z] = scene.axes.map((name) => orbit.column(name));
      const count = Math.min(X.length, Y.length, Z.length);
      const [xs, ys] = [new Float32Array(count), new Float32Array(count)];
      for (let i = 0; i < count; i++) { // `project`, written out: it runs for every point of every frame
        const [x, y, z] = [(X[i] - mx) * kx, (Y[i] - my) * ky, (Z[i] - mz) * kz];
        const ahead = c * x + s * y;
        const grown = size / (1.15 - 0.2 * (cp * ahead + sp * z));
        xs[i] = width / 2 + (c * y - s * x) * grown;
        ys[i] = middle - (cp * z - sp * ahead) * grown;
      }
      this.#look(xs, ys, { left: 0, right: width, top: 0, bottom: this.canvas.height });
      this.#strokes(xs, ys, index);
    });
  }

  // The size at which the box fills the canvas however it is turned about its axis, and the height of its centre.
  #fit(pitch) {
    const { scale, canvas: { width, height } } = this;
    const [cp, sp] = [Math.cos(pitch), Math.sin(pitch)];
    let [out, top, bottom] = [0, 0, 0];
    for (let turn = 0; turn < 16; turn++) for (const z of [-HALF, HALF]) for (let corner = 0; corner < 4; corner++) {
      const angle = ((corner + turn / 16) * Math.PI) / 2;
      const [right, ahead] = [HALF * Math.SQRT2 * Math.sin(angle), HALF * Math.SQRT2 * Math.cos(angle)];
      const grown = 1 / (1.15 - 0.2 * (cp * ahead + sp * z));
      const up = (cp * z - sp * ahead) * grown;
      [out, top, bottom] = [Math.max(out, right * grown), Math.max(top, up), Math.min(bottom, up)];
    }
    const [aside, above] = [(width < 500 * scale ? 34 : 60) * scale, 34 * scale]; // for ticks and names
    const room = Math.min((width / 2 - aside) / out, (height - 2 * above) / (top - bottom));
    return { room, middle: height / 2 + (room * (top + bottom)) / 2 };
  }

  // The edges behind the orbit, and each axis' name and ticks beside the edge that is farthest out.
  #box(project, limits) {
    const { context, scene, scale, theme } = this;
    const side = (bits, axis) => ((bits >> axis) & 1 ? HALF : -HALF);
    const place = (bits) => [0, 1, 2].map((axis) => side(bits, axis));
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => project(...place(bits)));
    const nearest = corners.reduce((best, point, i) => (point[2] > corners[best][2] ? i : best), 0);
    context.strokeStyle = theme.grid;
    context.lineWidth = scale;
    context.beginPath();
    const outer = [null, null, null];
    const middle = project(0, 0, 0);
    for (let bits = 0; bits < 8; bits++) for (let axis = 0; axis < 3; axis++) {
      const other = bits | (1 << axis);
      if (other === bits) continue;
      const [from, to] = [corners[bits], corners[other]];
      const centre = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
      const reach = axis === 2 ? middle[0] - centre[0] : centre[1] - middle[1]; // to the left, or down
      if (!outer[axis] || reach > outer[axis].reach) outer[axis] = { reach, from, to, centre, bits };
      if (bits === nearest || other === nearest) continue;
      context.moveTo(from[0], from[1]);
      context.lineTo(to[0], to[1]);
    }
    context.stroke();
    context.strokeStyle = context.fillStyle = theme.ink;
    context.textBaseline = "middle";
    context.beginPath();
    outer.forEach(({ from, to, centre, bits }, axis) => {
      // At right angles to the edge, away from the middle.
      const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
      let [dx, dy] = [(to[1] - from[1]) / length, (from[0] - to[0]) / length];
      if (dx * (centre[0] - middle[0]) + dy * (centre[1] - middle[1]) < 0) [dx, dy] = [-dx, -dy];
      context.textAlign = dx > 0.3 ? "left" : dx < -0.3 ? "right" : "center";
      const put = (text, at, distance) => context.fillText(text, at[0] + dx * distance * scale, at[1] + dy * distance * scale);
      const [low, high] = limits[axis];
      const near = labels(ticks(low, high, Math.max(2, Math.min(5, length / (60 * scale)))));
      let widest = 0;
      for (const { value, text } of length > 40 * scale ? near.ticks : []) {
        const at = project(...place(bits).with(axis, (HALF * (value - low / 2 - high / 2)) / (high / 2 - low / 2)));
        context.moveTo(at[0], at[1]);
        context.lineTo(at[0] + dx * 5 * scale, at[1] + dy * 5 * scale);
        put(text, at, 10 + 4 * Math.abs(dy));
        widest = Math.max(widest, context.measureText(text).width / scale);
      }
      const name = this.label(scene.axes[axis]) + near.from;
      const distance = 16 + Math.max(18 * Math.abs(dy), (widest + 6) * Math.abs(dx));
      const [reached, long] = [centre[0] + dx * distance * scale, context.measureText(name).width];
      if (axis < 2 || (reached - long > 0 && reached + long < this.canvas.width)) put(name, centre, distance);
      else { // where ticks leave no room beside it, above its end
        const [x, y] = from[1] < to[1] ? from : to;
        context.textAlign = "center";
        context.fillText(name, x, y - 14 * scale);
      }
    });
    context.stroke();
  }

  #plane() {
    const { context, scene } = this;
    const area = this.#area(0, this.canvas.height);
    const frame = this.shown();
    const [across, up] = this.#grid(area, frame, scene.axes.map(this.label));
    this.across = (x) => frame[0] + ((x - area.left) / (area.right - area.left)) * (frame[1] - frame[0]);
    context.save();
    context.beginPath();
    context.rect(area.left, area.top, area.right - area.left, area.bottom - area.top);
    context.clip();
    const isReturn = scene.axes[1] === `${scene.axes[0]}'`;
    if (isReturn) { // a return map has its diagonal
      const [low, high] = [Math.max(frame[0], frame[2]), Math.min(frame[1], frame[3])];
      line(context, [across(low), across(high)], [up(low), up(high)], [this.theme.ink], this.scale);
      const { x = [], y = [] } = scene.curve ?? {};
      line(context, Float32Array.from(x, across), Float32Array.from(y, up), [this.theme.ink], 2 * this.scale);
    }
    scene.orbits.forEach((orbit, index) => {
      const [X, Y] = scene.axes.map((name) => orbit.column(name));
      const count = Math.min(X.length, Y.length);
      let [xs, ys] = [new Float32Array(count), new Float32Array(count)];
      for (let i = 0; i < count; i++) { xs[i] = across(X[i]); ys[i] = up(Y[i]); }
      this.#look(xs, ys, area);
      if (this.#isCobweb()) { // and the points of the map that it touches
        dots(context, xs, ys, this.theme.dots[index], this.scale);
        [xs, ys] = cobweb(X, Y, across, up);
      }
      this.#strokes(xs, ys, index);
    });
    const [first] = scene.orbits[0].column(scene.axes[0]);
    if (this.#isCobweb() && scene.start !== undefined && first !== undefined) this.#begin(across(scene.start), up(first), across(first), area);
    context.restore();
  }

  #isCobweb() {
    const { view, axes, draw } = this.scene;
    return view === "plane" && draw === "lines" && axes[1] === `${axes[0]}'`;
  }

  // Where a cobweb starts: up from the axis to the map, and over to the diagonal.
  #begin(x, y, diagonal, area) {
    const { context, scene, scale, theme } = this;
    line(context, [x, x, diagonal], [area.bottom, y, y], [theme.begun], 2.5 * scale);
    context.fillStyle = theme.begun;
    context.beginPath();
    context.arc(x, area.bottom - 4 * scale, 4 * scale, 0, 2 * Math.PI);
    context.fill();
    context.textAlign = x > area.right - 60 * scale ? "right" : "left";
    context.textBaseline = "bottom";
    context.strokeStyle = theme.paper; // around the letters, which the cobweb would cross
    context.lineWidth = 6 * scale;
    for (const write of ["strokeText", "fillText"]) {
      context[write](`${this.label(`${scene.axes[0]}0`)}, the start`, x + (context.textAlign === "left" ? 8 : -8) * scale, area.bottom - 8 * scale);
    }
  }

  #series() {
    const { context, scene, scale, theme } = this;
    const { height } = this.canvas;
    const names = scene.orbits[0].names;
    const panels = names.map((name) => ({ label: this.label(name), columns: scene.orbits.map((orbit) => orbit.column(name)) }));
    if (scene.orbits.length > 1) panels.push({ label: "log₁₀ distance", columns: [distances(scene.orbits, scene.circles).map(Math.log10)], apart: true });
    const [left, right] = this.shown();
    const room = (height - 44 * scale) / panels.length;
    panels.forEach(({ label, columns, apart }, place) => {
      const grown = apart ? 0 : grownFrom(columns); // then its logarithm is the story
      if (grown) columns = columns.map((column) => column.map((value) => Math.asinh(value / grown)));
      const [low, high] = bounds(columns.map((column) => (apart ? column.filter(Number.isFinite) : column)));
      const pad = (high / 2 - low / 2) * 0.12;
      const last = place === panels.length - 1;
      const area = this.#area(place * room, (place + 1) * room + (last ? 44 * scale : 0), last ? 44 : 4);
      const [across, up] = this.#grid(area, [left, right, low - pad, high + pad], [last ? "n" : "", grown ? `${label}, log` : label], !last, grown);
      context.save();
      context.beginPath();
      context.rect(area.left, area.top, area.right - area.left, area.bottom - area.top);
      context.clip();
      columns.forEach((column, index) => {
        const n = scene.orbits[index].column("n");
        const begin = Math.max(0, n.findIndex((value) => value >= left) - 1);
        const end = Math.min(column.length, n.findLastIndex((value) => value <= right) + 2);
        const xs = Float32Array.from(n.subarray(begin, end), across);
        const ys = Float32Array.from(column.subarray(begin, end), up);
        this.seen ||= n.subarray(begin, end).some((value) => value >= left && value <= right);
        const colour = apart ? theme.ink : theme.lines[index].at(-1 - (theme.lines.length === 1));
        const dense = xs.length > 2 * (area.right - area.left);
        if (scene.draw === "points" && !apart && xs.length > 400) dots(context, xs, ys, theme.dots[index], scale);
        else if (dense) envelope(context, xs, ys, colour, 1);
        else {
          line(context, xs, ys, [colour], scale * 1.25);
          if (scene.draw === "points" && !apart) dots(context, xs, ys, theme.dots[index], scale);
        }
      });
      context.restore();
    });
  }

  #area(top, bottom, below = 44) {
    const { scale, canvas } = this;
    const side = canvas.clientWidth < 500 ? 64 : 76;
    return { left: side * scale, right: canvas.width - 16 * scale, top: top + 14 * scale, bottom: bottom - below * scale };
  }

  // Grid, ticks and names; returns what maps values to the canvas.
  #grid(area, [left, right, bottom, top], [horizontal, vertical], bare = false, grown = 0) {
    const { context, scale, theme } = this;
    const across = (value) => area.left + ((value - left) / (right - left)) * (area.right - area.left);
    const up = (value) => area.bottom - ((value - bottom) / (top - bottom)) * (area.bottom - area.top);
    context.strokeStyle = theme.grid;
    context.fillStyle = theme.ink;
    context.lineWidth = scale;
    context.beginPath();
    const columns = labels(ticks(left, right, Math.max(2, (area.right - area.left) / ((this.canvas.clientWidth < 500 ? 70 : 110) * scale))));
    for (const { value, text } of columns.ticks) {
      const x = Math.round(across(value)) + 0.5;
      context.moveTo(x, area.top);
      context.lineTo(x, area.bottom);
      if (bare) continue;
      context.textAlign = "center";
      context.textBaseline = "top";
      context.fillText(text, Math.min(x, this.canvas.width - context.measureText(text).width / 2 - 3), area.bottom + 6 * scale);
    }
    const rows = grown ? powers(grown, bottom, top) : labels(ticks(bottom, top, Math.max(2, (area.bottom - area.top) / (60 * scale))));
    for (const { value, text } of rows.ticks) {
      const y = Math.round(up(value)) + 0.5;
      context.moveTo(area.left, y);
      context.lineTo(area.right, y);
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillText(text, area.left - 6 * scale, y);
    }
    context.stroke();
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillText(horizontal + columns.from, (area.left + area.right) / 2, area.bottom + 40 * scale);
    const widest = Math.max(0, ...rows.ticks.map(({ text }) => context.measureText(text).width));
    if (area.left - widest < 26 * scale) { // long ticks leave no room beside them
      context.textAlign = "left";
      context.fillText(vertical + rows.from, area.left, area.top - scale);
      return [across, up];
    }
    context.save();
    context.translate(4 * scale, (area.top + area.bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.textBaseline = "top";
    context.fillText(vertical + rows.from, 0, 0);
    context.restore();
    return [across, up];
  }

  #listen() {
    const { canvas } = this;
    const pointers = new Map();
    const spread = () => {
      const [a, b] = [...pointers.values()];
      return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, event);
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before || !this.scene) return;
      const apart = pointers.size === 2 ? spread() : 0;
      pointers.set(event.pointerId, event);
      if (apart) this.zoom(spread() / apart);
      else this.move((event.clientX - before.clientX) / canvas.clientWidth, (event.clientY - before.clientY) / canvas.clientHeight);
      this.moving = true;
      this.redraw();
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => {
      if (!pointers.delete(event.pointerId) || pointers.size) return;
      if (this.moving) this.settled();
      else if (this.picked && name === "pointerup") this.picked(this.across(event.offsetX * this.scale));
    });
    canvas.addEventListener("wheel", (event) => {
      if (!this.scene || document.activeElement !== canvas) return; // who only scrolls past is let past
      event.preventDefault();
      const box = canvas.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * 0.0015), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      this.moving = true;
      this.redraw();
      clearTimeout(this.wheeling);
      this.wheeling = setTimeout(() => this.settled(), 200);
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, -0.05], ArrowDown: [0, 0.05] };
      if (!this.scene || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in steps) this.move(...steps[event.key]);
      else if ("+=".includes(event.key)) this.zoom(1.25);
      else if (event.key === "-") this.zoom(0.8);
      else if (event.key === "0") this.reset();
      else return;
      event.preventDefault();
      this.settled();
    });
  }
}

// What the address says is what is shown: to a ten-thousandth of the figure.
function rounded(frame) {
  const near = frame.map((value, i) => {
    const digits = Math.ceil(4 - Math.log10(frame[i | 1] - frame[i & 2]));
    return digits >= 0 && digits <= 100 ? Number(value.toFixed(digits)) : value;
  });
  return isResolved(near) ? near : frame;
}

// Whether doubles tell its sides apart, a thousand times over.
function isResolved(frame) {
  return [0, 2].every((i) => {
    const width = frame[i + 1] - frame[i];
    return Number.isFinite(width) && width > 1e3 * Number.EPSILON * Math.max(Math.abs(frame[i]), Math.abs(frame[i + 1]));
  });
}

// From each point to the diagonal and back to the map.
function cobweb(X, Y, across, up) {
  const [xs, ys] = [new Float32Array(2 * X.length), new Float32Array(2 * X.length)];
  for (let i = 0; i < X.length; i++) {
    xs[2 * i] = xs[2 * i + 1] = across(X[i]);
    ys[2 * i] = up(X[i]);
    ys[2 * i + 1] = up(Y[i]);
  }
  return [xs, ys];
}

// What an axis spans: where values grow beyond all bounds at the end, those before that.
function held(columns) {
  const most = scaled(columns);
  return bounds(most < Infinity ? columns.map((column) => column.filter((value) => Math.abs(value) <= most)) : columns);
}

// Ticks of an axis that is nearly a logarithm beyond `middle`, at values as asinh gives them: about seven powers of ten.
function powers(middle, low, high) {
  const exponent = (side) => Math.log10(middle) + Math.abs(side) / Math.LN10;
  const most = Math.max(exponent(low), exponent(high));
  const step = Math.max(1, Math.ceil((most - Math.log10(middle)) / 3));
  const found = [{ value: 0, text: "0" }];
  for (const sign of [-1, 1]) for (let power = Math.ceil(Math.log10(middle)) + step; power <= most; power += step) {
    const value = Math.asinh(sign * 10 ** (power - Math.log10(middle)));
    if (value >= low && value <= high) found.push({ value, text: `${sign < 0 ? "−" : ""}1e${power}` });
  }
  return { ticks: found, from: "" };
}
