"use strict";
// The player: the graph on the left, the current step of the backward pass on the right.

const data = JSON.parse(document.getElementById("graph").textContent);
const byId = new Map(data.nodes.map((node) => [node.id, node])), $ = (id) => document.getElementById(id);
const stepOf = new Map(data.order.map((id, step) => [id, step]));
const svg = $("drawing"), open = new Set([0]);
const MANY = 3000, READABLE = 40;
let current = 0, selected = null, zoom = 1, picture = null, timer = null, hits = new Set();

// what boxes say

const width = (text, size) => text.length * size * 0.62;
const normOf = (id) => { const up = byId.get(id).upstream; return up ? digits(up.norm) : null; };
const subscripted = (name) => (name.split(".").pop() || name).replace(/(\D)_?(\d+)$/, (_, stem, n) => stem + n.replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[d]));

function linesOf(key) {
  const id = +key.slice(1);
  if (key[0] === "n") {
    const node = byId.get(id), norm = normOf(id), leaf = node.op === "leaf";
    const second = shapeText(node.shape) + (norm === null ? "" : "   ‖grad‖ " + norm);
    return leaf ? [node.name, second] : [`${node.op} → ${subscripted(node.name)}`, second];
  }
  const group = data.groups[id], members = data.nodes.filter((node) => picture.view.chains[node.group].includes(id));
  const operators = members.filter((node) => node.op !== "leaf").length;
  return [group.name + (group.count > 1 ? ` × ${group.count}` : ""), `${operators} operator${operators === 1 ? "" : "s"}`];
}

function sizeOf(key) {
  if (key[0] === "s") return { w: 26, h: 26 };
  if (key[0] === "f") return { w: width(data.groups[+key.slice(1)].name, 12) + 50, h: 0 };
  const id = +key.slice(1);
  if (key[0] === "g") return { w: Math.max(120, width(data.groups[id].name, 13) + 50), h: 46 };
  const [first, second] = linesOf(key);
  return { w: Math.max(96, width(first, 13) + 22, width(second, 11) + 16), h: 46 };
}

// drawing

function draw() {
  picture = drawingOf(data, open, sizeOf);
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${picture.w} ${picture.h}`);
  const marker = drawn("marker", { id: "tip", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 13, markerHeight: 13, markerUnits: "userSpaceOnUse", orient: "auto" });
  marker.append(drawn("path", { d: "M0,1 L10,5 L0,9 z", fill: "context-stroke" }));
  svg.append(drawn("defs", {}, marker));
  for (const frame of picture.frames) svg.append(frameOf(frame));
  const norms = data.edges.filter((e) => e.state === "ok" && e.norm > 0).map((e) => Math.log10(e.norm));
  const low = Math.min(...norms), high = Math.max(...norms);
  for (const arrow of picture.arrows) drawArrow(arrow, low, high);
  drawSeed();
  for (const box of picture.boxes.values()) svg.append(box.key[0] === "s" ? sumOf(box) : boxOf(box));
  setZoom(zoom);
  mark();
}

function titled(g, text) { const title = drawn("title"); title.textContent = text; g.prepend(title); return g; }

function label(x, y, text, attributes = {}) { const t = drawn("text", { x, y, ...attributes }); t.textContent = text; return t; }

function activated(g, action) {
  g.addEventListener("click", (event) => { event.stopPropagation(); action(); });
  g.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); action(); } });
  return g;
}

function boxOf(box) {
  const id = +box.key.slice(1), isGroup = box.key[0] === "g", [first, second] = linesOf(box.key);
  const kind = isGroup ? `closed ${data.groups[id].kind}` : byId.get(id).op === "leaf" ? "leaf" : "operator";
  const said = isGroup ? `group ${first}, ${second}, closed; Enter opens it` : `${first}, ${second}`;
  const g = drawn("g", { class: `box ${kind}`, tabindex: 0, role: "button", "aria-label": said, "data-key": box.key });
  if (isGroup) g.setAttribute("aria-expanded", "false");
  g.append(drawn("rect", { x: box.x - box.w / 2, y: box.y - box.h / 2, width: box.w, height: box.h, rx: kind === "leaf" ? 2 : 9 }));
  g.append(label(box.x, box.y - 3, (isGroup ? "▸ " : "") + first, { class: "op" }), label(box.x, box.y + 14, second, { class: "small" }));
  titled(g, isGroup ? data.groups[id].path : byId.get(id).formula || byId.get(id).name);
  return activated(g, isGroup ? () => toggle(id) : () => jump(id));
}

function sumOf(box) {
  const name = byId.get(+box.key.slice(1)).name, g = drawn("g", { class: "sum" });
  g.append(drawn("circle", { cx: box.x, cy: box.y, r: 12 }), label(box.x, box.y + 5, "Σ"));
  return titled(g, `the contributions to the gradient of ${name} are added`);
}

function frameOf(frame) {
  const id = +frame.key.slice(1), group = data.groups[id], g = drawn("g", { class: "frame", tabindex: 0, role: "button", "aria-expanded": "true", "aria-label": `group ${group.path}, open; Enter closes it`, "data-key": frame.key });
  const left = frame.x - frame.w / 2, top = frame.y - frame.h / 2;
  g.append(drawn("rect", { x: left, y: top, width: frame.w, height: frame.h, rx: 10 }), label(left + 10, top + 18, `▾ ${group.name}${group.count > 1 ? ` × ${group.count}` : ""}`));
  return activated(titled(g, group.path), () => toggle(id));
}

function drawArrow(arrow, low, high) {
  const states = arrow.uses.map((use) => use.state).filter(Boolean);
  const state = arrow.total ? stateOf(arrow.value) : ["nan", "inf", "ok", "zero"].find((s) => states.includes(s)) || "unknown";
  const norm = arrow.total ? byId.get(arrow.value).upstream?.norm : Math.max(...arrow.uses.map((use) => +use.norm || 0));
  const share = state === "ok" && high > low ? (Math.min(Math.max(Math.log10(norm), low), high) - low) / (high - low) : 0;
  let d = `M${arrow.points[0]}`;
  arrow.points.slice(1).forEach(([x, y], i) => {
    const [px, py] = arrow.points[i], middle = (py + y) / 2;
    d += ` C${px},${middle} ${x},${middle} ${x},${y}`;
  });
  const path = drawn("path", { d, class: `edge ${state}`, "stroke-width": (1.2 + 3.8 * share).toFixed(2), "marker-end": "url(#tip)", "data-from": arrow.from });
  arrow.path = path;
  const title = drawn("title");
  title.textContent = arrow.uses.length > 1 ? `${arrow.uses.length} terms` : `norm ${norm === undefined ? "unknown" : digits(norm)}`;
  path.append(title);
  svg.append(path);
  if (state !== "unknown" && picture.arrows.length <= 150 && arrow.uses.length <= 1) {
    const [x, y] = arrow.to[0] === "s" ? [arrow.points[0][0], arrow.points[0][1] + 26] : [arrow.points.at(-1)[0], arrow.points.at(-1)[1] - 4];
    const side = arrow.aside < 0 ? -8 : 8;
    svg.append(label(x + side, y - 9, state === "nan" ? "NaN" : state === "zero" ? "0" : digits(norm), { class: "norm", "text-anchor": side < 0 ? "end" : "start" }));
  }
}

function stateOf(id) {
  const up = byId.get(id).upstream;
  return !up ? "unknown" : up.nan ? "nan" : up.inf ? "inf" : up.norm === 0 ? "zero" : "ok";
}

function drawSeed() {
  const box = picture.boxes.get(picture.view.boxOf.get(data.root)), top = box.y - box.h / 2;
  svg.append(drawn("path", { d: `M${box.x},20 L${box.x},${top}`, class: "edge ok", "stroke-width": 2, "marker-end": "url(#tip)" }), label(box.x + 6, 20, "1", { class: "norm" }));
}

function setZoom(value) {
  zoom = Math.min(Math.max(value, 0.1), 4);
  svg.setAttribute("width", picture.w * zoom);
  svg.setAttribute("height", picture.h * zoom);
}

function fit() { setZoom(Math.min(1.15, ($("graph-view").clientWidth - 24) / picture.w)); }

// groups

function toggle(id) {
  if (open.has(id)) { open.delete(id); for (const g of data.groups) if (picture.view.chains[g.id].includes(id)) open.delete(g.id); } else open.add(id);
  open.add(0);
  draw();
  focusBox((open.has(id) ? "f" : "g") + id);
}

function focusBox(key) { svg.querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: false }); }

const seenBoxes = (opened) => new Set(viewOf(data, opened).boxOf.values()).size;

function openReadable() {
  const level = (g) => (g.outer === null ? 0 : 1 + level(data.groups[g.outer])), levels = data.groups.map(level);
  for (let depth = 1; depth <= Math.max(...levels); depth++) {
    const wider = new Set(data.groups.filter((g) => levels[g.id] <= depth && g.kind !== "composition").map((g) => g.id));
    if (seenBoxes(wider) > READABLE) break;
    wider.forEach((g) => open.add(g));
  }
}

function openAll() {
  const all = new Set(data.groups.map((g) => g.id));
  if (seenBoxes(all) > MANY) { say(`More than ${MANY} boxes: open the groups one by one.`); return; }
  all.forEach((g) => open.add(g));
  draw();
  mark(true);
}

// steps

const say = (text) => { $("live").textContent = text; };

function go(step, quiet) {
  current = Math.min(Math.max(step, 0), Math.max(data.order.length - 1, 0));
  selected = data.order.length ? data.order[current] : data.root;
  show(quiet);
}

function jump(id) {
  if (stepOf.has(id)) return go(stepOf.get(id));
  selected = id;
  show();
}

function show(quiet) {
  mark(true);
  const node = byId.get(selected);
  panel(node);
  const place = stepOf.has(selected) ? `Step ${current + 1} of ${data.order.length}: ` : "";
  if (!quiet) say(`${place}${node.op} ${node.name}. ${node.formula}`);
  $("first").disabled = $("previous").disabled = current === 0;
  $("next").disabled = current >= data.order.length - 1;
}

function mark(scroll) {
  if (selected === null) return;
  const now = picture.view.boxOf.get(selected);
  const done = new Set(data.order.slice(0, current).map((id) => picture.view.boxOf.get(id)));
  for (const g of svg.querySelectorAll(".box")) {
    const key = g.dataset.key;
    g.classList.toggle("now", key === now);
    g.classList.toggle("done", key !== now && done.has(key));
    g.classList.toggle("hit", hits.has(key));
    if (key === now) g.setAttribute("aria-current", "step"); else g.removeAttribute("aria-current");
  }
  for (const arrow of picture.arrows) arrow.path.classList.toggle("now", arrow.from === now);
  const box = picture.boxes.get(now), view = $("graph-view");
  if (scroll && box) view.scrollTo({ left: box.x * zoom - view.clientWidth / 2, top: box.y * zoom - view.clientHeight / 2, behavior: "instant" });
}

function panel(node) {
  const out = $("step"), step = stepOf.get(node.id);
  out.replaceChildren();
  out.scrollTop = 0;
  const heading = step === undefined ? (node.op === "leaf" ? "Leaf" : "Not reached") : `Step ${step + 1} of ${data.order.length}`;
  out.append(element("h2", {}, `${heading}: ${node.op === "leaf" ? node.name : `${node.op} → ${subscripted(node.name)}`}`));
  const path = data.groups[node.group].path;
  const kept = node.saved_bytes ? ` · keeps ${bytesText(node.saved_bytes)}` : "";
  out.append(element("p", { class: "crumbs" }, `${path ? path.replaceAll("/", " › ") + " · " : ""}${shapeText(node.shape)} · ${node.dtype} · ${node.device}${kept}`));
  if (node.line) out.append(element("p", { class: "source" }, node.line + " ", ...(node.source ? [element("br"), element("code", {}, node.source)] : [])));
  const formula = element("div", { class: "formula" });
  if (node.mathml) formula.innerHTML = node.mathml.map((m) => `<div><math display="inline" displaystyle="true">${m}</math></div>`).join("");
  else formula.textContent = node.formula || `the gradient of ${node.name} is what arrives here`;
  out.append(formula);
  if (node.value || node.op !== "leaf") out.append(element("h3", {}, `Value of ${subscripted(node.name)}`), arrayFigure(node.value, `the value of ${node.name}`));
  const what = node.op === "leaf" ? `Gradient of ${node.name}` : `Upstream signal of ${subscripted(node.name)}`;
  out.append(element("h3", {}, what), node.upstream ? arrayFigure(node.upstream, what) : element("p", { class: "muted" }, "no signal arrived"));
  for (const part of node.parts || []) partSection(out, part);
}

function partSection(out, part) {
  const producer = byId.get(part.producer), name = subscripted(producer.name);
  out.append(element("h3", {}, `To operand ${part.operand}: ${name}`));
  if (part.local) {
    out.append(element("p", { class: "muted" }, `Local gradient, ${part.local.rows}×${part.local.columns}: ${part.local.says}`));
    if (part.local.matrix) out.append(matrixTable(part.local.matrix));
  }
  out.append(element("p", { class: "muted" }, "Product with the upstream signal:"), arrayFigure(part.product, `the product for ${name}`));
  const sum = part.uses === 1 ? `It is the whole gradient of ${name}.`
    : part.before === null ? `The first of ${part.uses} contributions to the gradient of ${name}.`
    : `Added to what had arrived at ${name}: the norm goes from ${digits(part.before)} to ${digits(part.after)}.`;
  out.append(element("p", {}, sum));
}

// controls

function play(on) {
  clearInterval(timer);
  timer = on ? setInterval(() => (current < data.order.length - 1 ? go(current + 1) : play(false)), +$("speed").value) : null;
  $("play").setAttribute("aria-pressed", String(Boolean(on)));
  $("play").querySelector("span").textContent = on ? "Pause" : "Play";
}

function search(text, jumpToFirst) {
  const wanted = text.trim().toLowerCase();
  const found = wanted ? data.nodes.filter((n) => `${n.op} ${n.name} ${shapeText(n.shape)} ${n.shape.join("x")} ${data.groups[n.group].path} ${n.line}`.toLowerCase().includes(wanted)) : [];
  hits = new Set(found.map((n) => picture.view.boxOf.get(n.id)));
  $("found").textContent = wanted ? `${found.length} found` : "";
  if (jumpToFirst && found.length) {
    const next = found.find((n) => stepOf.get(n.id) > current) || found.find((n) => stepOf.has(n.id)) || found[0];
    jump(next.id);
  } else mark();
}

const actions = {
  ArrowRight: () => go(current + 1), ArrowDown: () => go(current + 1), n: () => go(current + 1),
  ArrowLeft: () => go(current - 1), ArrowUp: () => go(current - 1), p: () => go(current - 1),
  Home: () => go(0), End: () => go(data.order.length - 1), " ": () => play(timer === null),
  "/": () => $("search").focus(), c: () => $("collapse").click(), e: openAll, f: fit, "+": () => setZoom(zoom * 1.2), "-": () => setZoom(zoom / 1.2),
};

function theme(name) { document.documentElement.dataset.theme = name; }

$("first").onclick = () => go(0);
$("previous").onclick = () => go(current - 1);
$("next").onclick = () => go(current + 1);
$("play").onclick = () => play(timer === null);
$("speed").onchange = () => { if (timer !== null) play(true); };
$("search").oninput = (event) => search(event.target.value);
$("search").onkeydown = (event) => {
  if (event.key === "Enter") search(event.target.value, true);
  if (event.key === "Escape") { event.target.value = ""; search(""); $("graph-view").focus(); }
};
$("collapse").onclick = () => { open.clear(); open.add(0); draw(); mark(true); };
$("expand").onclick = openAll;
$("in").onclick = actions["+"];
$("out").onclick = actions["-"];
$("fit").onclick = fit;
$("theme").onclick = () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
document.addEventListener("keydown", (event) => {
  const inside = event.target.closest?.("input, select, button");
  if (event.ctrlKey || event.metaKey || event.altKey || (inside && (inside.tagName !== "BUTTON" || event.key === " " || event.key === "Enter"))) return;
  const action = actions[event.key];
  if (action) { event.preventDefault(); action(); }
});

theme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
openReadable();
draw();
fit();
go(0, true);
