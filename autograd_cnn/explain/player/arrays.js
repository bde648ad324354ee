"use strict";
// How arrays are shown: numbers, a histogram, a heat-map; and small Jacobians as tables.

const SVG = "http://www.w3.org/2000/svg";

function element(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

function drawn(tag, attributes = {}, ...children) {
  const e = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

function digits(x) {
  if (typeof x === "string") return x.replace("Infinity", "∞").replace("-", "−");
  if (x === 0 || (Math.abs(x) >= 1e-3 && Math.abs(x) < 1e5)) return String(+x.toPrecision(4)).replace("-", "−");
  return x.toExponential(2).replace("-", "−").replace(/e(.*)/, (_, power) => "·10" + power.replace("+", "").replace(/[-\d]/g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]));
}

function bytesText(count) {
  for (const unit of ["B", "kB", "MB"]) {
    if (count < 1000) return (unit === "B" ? count : +count.toPrecision(3)) + " " + unit;
    count /= 1000;
  }
  return +count.toPrecision(3) + " GB";
}

const shapeText = (shape) => shape.join("×") || "scalar";

// Blue below zero, white at zero, red above; NaN and infinities are black (level 0), gaps between tiles clear (1).
function colour(level) {
  if (level === 0) return [0, 0, 0, 255];
  if (level === 1) return [0, 0, 0, 0];
  const t = (level - 128) / 126, fade = (c) => Math.round(255 + (c - 255) * Math.min(Math.abs(t), 1));
  return t < 0 ? [fade(5), fade(80), fade(174), 255] : [fade(178), fade(24), fade(43), 255];
}

function heatMap(heat, what) {
  const bytes = Uint8Array.from(atob(heat.bytes), (c) => c.charCodeAt(0));
  const across = Math.max(1, Math.min(16, Math.floor(260 / heat.columns))), down = Math.max(across, Math.min(16, Math.floor(48 / heat.rows)));
  const canvas = element("canvas", { width: heat.columns, height: heat.rows, role: "img", "aria-label": "heat-map of " + what });
  canvas.style.width = heat.columns * across + "px";
  canvas.style.height = heat.rows * down + "px";
  const context = canvas.getContext("2d"), image = context.createImageData(heat.columns, heat.rows);
  bytes.forEach((level, i) => image.data.set(colour(level), 4 * i));
  context.putImageData(image, 0, 0);
  canvas.title = `blue −${digits(heat.largest)}, white 0, red ${digits(heat.largest)}`;
  return canvas;
}

function histogram(counts, low, high, what) {
  const w = 150, h = 56, most = Math.max(...counts, 1), svg = drawn("svg", { width: w, height: h + 13, class: "histogram", role: "img", "aria-label": "histogram of " + what });
  counts.forEach((count, i) => {
    const height = count ? Math.max(1.5, (h * count) / most) : 0;
    svg.append(drawn("rect", { x: (i * w) / counts.length, y: h - height, width: w / counts.length - 1, height }));
  });
  const label = (x, anchor, text) => { const t = drawn("text", { x, y: h + 11, "text-anchor": anchor }); t.textContent = text; svg.append(t); };
  label(0, "start", digits(low));
  label(w, "end", digits(high));
  return svg;
}

function arrayFigure(array, what) {
  const figure = element("div", { class: "array" });
  if (!array) { figure.append(element("p", { class: "muted" }, `${what}: not kept (record inside explain.watch() to see it)`)); return figure; }
  const numbers = element("div", { class: "numbers" });
  const tell = (name, value, warn) => numbers.append(element("span", warn ? { class: "warn" } : {}, `${name} `, element("b", {}, value)), "  ");
  tell("shape", shapeText(array.shape));
  tell("min", digits(array.min)); tell("mean", digits(array.mean)); tell("max", digits(array.max)); tell("norm", digits(array.norm));
  tell("zeros", String(array.zeros)); tell("NaN", String(array.nan), array.nan > 0);
  if (array.inf) tell("infinite", String(array.inf), true);
  figure.append(numbers);
  const shown = element("div", { class: "shown" });
  if (array.heat && array.shape.length) shown.append(heatMap(array.heat, what));
  if (array.values && array.shape.length && array.values.length <= 8) shown.append(element("code", {}, array.values.map(digits).join(", ")));
  else if (array.hist) shown.append(histogram(array.hist, array.min, array.max, what));
  if (shown.childNodes.length) figure.append(shown);
  return figure;
}

function matrixTable(rows) {
  const table = element("table", { class: "matrix" });
  for (const row of rows) table.append(element("tr", {}, ...row.map((x) => element("td", x === 0 ? { class: "zero" } : {}, digits(x)))));
  return table;
}
