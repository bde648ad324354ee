"use strict";
// A layered drawing of nested groups: every opened group is laid out by itself and stands in its outer group as one item.

const GAP_X = 26, GAP_Y = 48, PAD = 16, HEAD = 24;

// Ranks by the longest path, so that every link leads downwards. A cycle (a group that is left and entered again) is cut.
function ranksOf(count, links) {
  const out = Array.from({ length: count }, () => []), waiting = new Array(count).fill(0), rank = new Array(count).fill(0);
  for (const [a, b] of links) { out[a].push(b); waiting[b]++; }
  const ready = [], seen = new Array(count).fill(false);
  for (let i = 0; i < count; i++) if (!waiting[i]) ready.push(i);
  for (let taken = 0, next = 0; taken < count; taken++) {
    if (!ready.length) {
      while (seen[next]) next++;
      ready.push(next);
    }
    const i = ready.shift();
    if (seen[i]) { taken--; continue; }
    seen[i] = true;
    for (const j of out[i]) {
      if (seen[j]) continue;
      rank[j] = Math.max(rank[j], rank[i] + 1);
      if (--waiting[j] === 0) ready.push(j);
    }
  }
  return rank;
}

// items: [{w, h}], links: [[from, to]]. Gives each item x, y (its centre) and returns the size and the bends of each link.
function layered(items, links) {
  const rank = ranksOf(items.length, links), cells = items.map((item, i) => ({ w: item.w, h: item.h, rank: rank[i], up: [], down: [] }));
  const chains = links.map(([a, b]) => {
    const chain = [];
    let [top, bottom] = rank[a] <= rank[b] ? [a, b] : [b, a], last = top;
    for (let r = rank[top] + 1; r < rank[bottom]; r++) {
      cells.push({ w: 8, h: 0, rank: r, up: [], down: [] });
      const i = cells.length - 1;
      cells[last].down.push(i); cells[i].up.push(last);
      chain.push(i); last = i;
    }
    cells[last].down.push(bottom); cells[bottom].up.push(last);
    return top === a ? chain : chain.reverse();
  });
  const layers = [];
  cells.forEach((cell, i) => (layers[cell.rank] = layers[cell.rank] || []).push(i));
  for (let r = 0; r < layers.length; r++) layers[r] = layers[r] || [];
  const place = new Array(cells.length);
  const number = (layer) => layer.forEach((i, p) => (place[i] = p));
  layers.forEach(number);
  const middle = (of, at) => (of.length ? of.reduce((s, j) => s + at(j), 0) / of.length : null);
  for (let sweep = 0; sweep < 8; sweep++) {
    const down = sweep % 2 === 0, sequence = down ? layers : [...layers].reverse();
    for (const layer of sequence) {
      const key = new Map(layer.map((i) => [i, middle(down ? cells[i].up : cells[i].down, (j) => place[j]) ?? place[i]]));
      layer.sort((a, b) => key.get(a) - key.get(b) || place[a] - place[b]);
      number(layer);
    }
  }
  for (const layer of layers) {
    let x = 0;
    for (const i of layer) { cells[i].x = x + cells[i].w / 2; x += cells[i].w + GAP_X; }
  }
  const apart = (a, b) => (cells[a].w + cells[b].w) / 2 + GAP_X;
  for (let pass = 0; pass < 12; pass++) {
    const sequence = pass % 2 === 0 ? layers : [...layers].reverse();
    for (const layer of sequence) {
      const wish = layer.map((i) => middle(pass % 2 === 0 ? cells[i].up : cells[i].down, (j) => cells[j].x) ?? cells[i].x);
      const left = [...wish], right = [...wish];
      for (let p = 1; p < layer.length; p++) left[p] = Math.max(left[p], left[p - 1] + apart(layer[p - 1], layer[p]));
      for (let p = layer.length - 2; p >= 0; p--) right[p] = Math.min(right[p], right[p + 1] - apart(layer[p], layer[p + 1]));
      layer.forEach((i, p) => (cells[i].x = (left[p] + right[p]) / 2));
    }
  }
  let y = 0;
  for (const layer of layers) {
    const height = Math.max(0, ...layer.map((i) => cells[i].h));
    for (const i of layer) cells[i].y = y + height / 2;
    y += height + GAP_Y;
  }
  const low = Math.min(...cells.map((c) => c.x - c.w / 2), 0), high = Math.max(...cells.map((c) => c.x + c.w / 2), 0);
  items.forEach((item, i) => { item.x = cells[i].x - low; item.y = cells[i].y; });
  return { w: high - low, h: Math.max(y - GAP_Y, 0), bends: chains.map((chain) => chain.map((i) => [cells[i].x - low, cells[i].y])) };
}

// Which boxes are seen when the groups in `open` are: each node's box, each group's chain from the outside in.
function viewOf(data, open) {
  const chains = data.groups.map((group) => {
    const chain = [];
    for (let g = group; g; g = g.outer === null ? null : data.groups[g.outer]) chain.unshift(g.id);
    return chain;
  });
  const boxOf = new Map(), holder = new Map();
  for (const node of data.nodes) {
    const chain = chains[node.group], closed = chain.find((g) => !open.has(g));
    const key = closed === undefined ? "n" + node.id : "g" + closed;
    boxOf.set(node.id, key);
    holder.set(key, closed === undefined ? node.group : data.groups[closed].outer);
  }
  return { chains, boxOf, holder };
}

// Arrows between boxes: all uses of one value by one closed group are one arrow; several arrows to one value meet in a sum.
function arrowsOf(data, view) {
  const merged = new Map();
  for (const edge of data.edges) {
    const from = view.boxOf.get(edge.to), to = view.boxOf.get(edge.from);
    if (from === to) continue;
    const key = from + ">" + edge.from + (from[0] === "n" ? ":" + edge.position : "");
    if (!merged.has(key)) merged.set(key, { from, to, value: edge.from, uses: [] });
    merged.get(key).uses.push(edge);
  }
  const count = new Map();
  for (const arrow of merged.values()) count.set(arrow.value, (count.get(arrow.value) || 0) + 1);
  const arrows = [], sums = new Map();
  for (const arrow of merged.values()) {
    if (count.get(arrow.value) > 1) {
      const sum = "s" + arrow.value;
      if (!sums.has(sum)) { sums.set(sum, arrow.to); arrows.push({ from: sum, to: arrow.to, value: arrow.value, uses: [], total: true }); }
      arrows.push({ ...arrow, to: sum });
    } else arrows.push(arrow);
  }
  return { arrows, sums };
}

// The whole drawing: boxes and frames with absolute places, arrows with their points.
function drawingOf(data, open, sizeOf) {
  const view = viewOf(data, open), { arrows, sums } = arrowsOf(data, view);
  for (const [sum, box] of sums) view.holder.set(sum, view.holder.get(box));
  const inside = new Map(data.groups.map((g) => [g.id, []]));
  for (const key of view.holder.keys()) inside.get(view.holder.get(key)).push(key);
  const itemAt = (key, group) => { // the item of `group` that holds the box `key`
    const chain = view.chains[view.holder.get(key)], at = chain.indexOf(group);
    return at === chain.length - 1 ? key : "f" + chain[at + 1];
  };
  const common = (a, b) => {
    const first = view.chains[view.holder.get(a)], second = view.chains[view.holder.get(b)];
    let at = 0;
    while (at + 1 < first.length && at + 1 < second.length && first[at + 1] === second[at + 1]) at++;
    return first[at];
  };
  const within = new Map(data.groups.map((g) => [g.id, []]));
  for (const arrow of arrows) within.get(common(arrow.from, arrow.to)).push(arrow);
  const drawn = new Map();
  const lay = (group) => {
    const keys = [...inside.get(group)];
    for (const inner of data.groups) if (inner.outer === group && open.has(inner.id)) { lay(inner.id); keys.push("f" + inner.id); }
    const items = keys.map((key) => {
      if (key[0] !== "f") return { key, ...sizeOf(key) };
      const inner = drawn.get(+key.slice(1));
      return { key, w: Math.max(inner.w + 2 * PAD, sizeOf(key).w), h: inner.h + 2 * PAD + HEAD };
    });
    const index = new Map(keys.map((key, i) => [key, i])), mine = within.get(group);
    const result = layered(items, mine.map((arrow) => [index.get(itemAt(arrow.from, group)), index.get(itemAt(arrow.to, group))]));
    mine.forEach((arrow, i) => { arrow.group = group; arrow.bends = result.bends[i]; });
    drawn.set(group, { ...result, items });
  };
  lay(0);
  const boxes = new Map(), frames = [], origin = new Map();
  const put = (group, left, top) => {
    origin.set(group, [left, top]);
    for (const item of drawn.get(group).items) {
      const box = { key: item.key, x: left + item.x, y: top + item.y, w: item.w, h: item.h };
      if (item.key[0] === "f") {
        const inner = drawn.get(+item.key.slice(1));
        frames.push(box);
        put(+item.key.slice(1), box.x - inner.w / 2, box.y - box.h / 2 + HEAD + PAD);
      } else boxes.set(item.key, box);
    }
  };
  put(0, PAD, PAD + 34);
  const beside = new Map();
  for (const arrow of arrows) {
    const key = arrow.from + ">" + arrow.to;
    if (!beside.has(key)) beside.set(key, []);
    beside.get(key).push(arrow);
  }
  for (const arrow of arrows) {
    const a = boxes.get(arrow.from), b = boxes.get(arrow.to), [left, top] = origin.get(arrow.group);
    const twins = beside.get(arrow.from + ">" + arrow.to), aside = (arrow.aside = 34 * (twins.indexOf(arrow) - (twins.length - 1) / 2));
    arrow.points = [[a.x + aside, a.y + a.h / 2], ...arrow.bends.map(([x, y]) => [left + x + aside, top + y]), [b.x + aside / 6, b.y - b.h / 2]];
  }
  return { boxes, frames, arrows, view, w: drawn.get(0).w + 2 * PAD, h: drawn.get(0).h + 2 * PAD + 34 };
}
