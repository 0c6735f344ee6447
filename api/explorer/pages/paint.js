// Strokes and dots on a 2-D canvas: in software rendering it draws 200,000 segments ten times as fast as WebGL does.

const STROKES = 100; // at least, for the colours,
const MOST_STROKES = 4000; // and at most, for speed; of so many
const POINTS = 64; // between the two: strokes lie over each other, so that what is visited often is darker

// A polyline through (xs, ys), its colour running along `ramp` from the first point to the last.
export function line(context, xs, ys, ramp, width) {
  const count = xs.length;
  const chunk = Math.ceil(Math.max(Math.min(POINTS, count / STROKES), count / MOST_STROKES));
  context.lineWidth = width;
  context.lineJoin = "round";
  context.globalAlpha = Math.min(1, Math.max(0.3, 1.75 - 0.25 * Math.log10(count + 1)));
  for (let start = 0; start < count - 1; start += chunk) {
    const end = Math.min(count - 1, start + chunk);
    context.beginPath();
    context.moveTo(xs[start], ys[start]);
    for (let i = start + 1; i <= end; i++) context.lineTo(xs[i], ys[i]);
    context.strokeStyle = mixed(ramp, start / count);
    context.stroke();
  }
  context.globalAlpha = 1;
}

let counts = new Uint32Array(0);
const layer = document.createElement("canvas");
const layerContext = layer.getContext("2d");

const FEW = 100; // places, which stand out however often each is visited

// A dot at each (xs, ys), the more opaque the more lie there.
export function dots(context, xs, ys, colours, scale) {
  const { width, height } = context.canvas;
  const size = (count) => Math.max(1, Math.round(scale * (count < 500 ? 4 : count < 4000 ? 2 : 1)));
  const plain = size(xs.length);
  let { covered, most } = tally(xs, ys, plain, width, height);
  if (covered < FEW * plain ** 2 && plain < size(0)) ({ most } = tally(xs, ys, size(0), width, height));
  const [pale, dense] = colours.map(rgb);
  const image = new ImageData(width, height);
  const table = new Uint32Array(most + 1); // pixels by count, little-endian as all that browsers run on
  for (let count = 1; count <= most; count++) {
    const share = most === 1 ? 0.5 : Math.log(count) / Math.log(most);
    const [red, green, blue] = pale.map((value, i) => value + (dense[i] - value) * share);
    table[count] = ((150 + 105 * share) << 24 | blue << 16 | green << 8 | red) >>> 0;
  }
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) if (counts[i]) pixels[i] = table[counts[i]];
  if (layer.width !== width || layer.height !== height) Object.assign(layer, { width, height });
  layerContext.putImageData(image, 0, 0);
  context.drawImage(layer, 0, 0);
}

// Counts in `counts` how many dots of so many pixels across cover each pixel: how many are covered, and the greatest count.
function tally(xs, ys, size, width, height) {
  if (counts.length < width * height) counts = new Uint32Array(width * height);
  else counts.fill(0, 0, width * height);
  let [covered, most] = [0, 1];
  for (let i = 0; i < xs.length; i++) {
    const left = Math.round(xs[i] - size / 2);
    const top = Math.round(ys[i] - size / 2);
    if (!(left >= 0 && top >= 0 && left + size <= width && top + size <= height)) continue;
    for (let y = top; y < top + size; y++) for (let x = left; x < left + size; x++) {
      const count = ++counts[y * width + x];
      if (count === 1) covered++;
      if (count > most) most = count;
    }
  }
  return { covered, most };
}

// The least and greatest of each pixel's column, for a series with more points than there are pixels.
export function envelope(context, xs, ys, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  let [pixel, low, high] = [NaN, 0, 0];
  for (let i = 0; i <= xs.length; i++) {
    const here = Math.round(xs[i]);
    if (here === pixel) {
      low = Math.min(low, ys[i]);
      high = Math.max(high, ys[i]);
    } else {
      if (pixel === pixel) { context.moveTo(pixel + 0.5, low - 0.5); context.lineTo(pixel + 0.5, high + 0.5); }
      // from where the last column ended, so that neighbouring columns touch
      [pixel, low, high] = [here, Math.min(ys[i], ys[i - 1] ?? ys[i]), Math.max(ys[i], ys[i - 1] ?? ys[i])];
    }
  }
  context.stroke();
}

export function rgb(hex) {
  const value = parseInt(hex.trim().slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function mixed(ramp, share) {
  const place = share * (ramp.length - 1);
  const index = Math.min(ramp.length - 2, Math.floor(place));
  if (ramp.length === 1) return ramp[0];
  const [from, to] = [rgb(ramp[index]), rgb(ramp[index + 1])];
  return `rgb(${from.map((value, i) => Math.round(value + (to[i] - value) * (place - index))).join(" ")})`;
}

// Round numbers between low and high, about `count` of them, and at least two.
export function ticks(low, high, count) {
  for (let least = count; least <= 32 * count; least *= 2) {
    const rough = (high - low) / least;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
    if (!(step > 0 && Number.isFinite(step))) return [];
    const found = [];
    for (let k = Math.ceil(low / step); k * step <= high && found.length < 50; k++) found.push(k * step);
    if (found.length > 1) return found;
  }
  return [];
}

const DIGITS = 7; // that fit beside an axis

// Ticks with texts that tell them apart; where that takes too many digits, as distances from the first, which `from` says.
export function labels(values) {
  if (values.length < 2) return { ticks: values.map((value) => ({ value, text: short(value) })), from: "" };
  const step = values[1] - values[0];
  const most = Math.max(...values.map(Math.abs));
  const digits = Math.ceil(Math.log10(most / step) - 1e-9) + 1;
  if (digits > DIGITS) {
    const near = values.map((value, i) => ({ value, text: i ? `+${short(i * step)}` : "0" }));
    const first = Number(values[0].toPrecision(Math.min(17, digits)));
    return { ticks: near, from: ` ${first < 0 ? "+" : "−"} ${String(Math.abs(first)).replace("-", "−")}` };
  }
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const plain = most < 1e6 && decimals <= DIGITS;
  const text = (value) => (Math.abs(value) < step / 2 ? "0" : plain ? value.toFixed(decimals) : value.toExponential(Math.max(0, digits - 1)).replace(/\.?0+e/, "e").replace("e+", "e"));
  return { ticks: values.map((value) => ({ value, text: text(value).replace("-", "−") })), from: "" };
}

export function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return (size >= 1e6 || size < 1e-4 ? value.toExponential(3).replace(/\.?0+e/, "e").replace("e+", "e") : String(+value.toPrecision(4))).replace("-", "−");
}
