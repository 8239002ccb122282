const HEIGHT = 280;
const PAD = { left: 56, right: 12, top: 12, bottom: 44 };
const TABLE_ROWS = 100;
const SVG = "http://www.w3.org/2000/svg";

const number = (v) => (Math.abs(v) >= 1e4 || (v && Math.abs(v) < 1e-3) ? v.toExponential(1) : String(+v.toPrecision(4)));

function make(tag, attributes = {}, ...children) {
  const it = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) it.setAttribute(name, value);
  it.append(...children);
  return it;
}

function html(tag, properties = {}, ...children) {
  const it = Object.assign(document.createElement(tag), properties);
  it.append(...children);
  return it;
}

/** Round values from low to high, about n of them; on a logarithmic axis powers of ten. */
function ticks(low, high, n, log) {
  if (log) {
    const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
    const step = Math.max(1, Math.ceil((last - first + 1) / n));
    const powers = [];
    for (let e = first; e <= last; e += step) powers.push(10 ** e);
    if (powers.length > 1) return powers;
    return ticks(low, high, n, false).filter((v) => v > 0);
  }
  const rough = (high - low) / n, unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5].find((m) => m * unit >= rough) ?? 10);
  const values = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-6; v += step) values.push(+v.toPrecision(12));
  return values;
}

/** A moving average in which the past has the share `weight`, corrected for its empty beginning. */
function smoothed({ x, y }, weight) {
  let mean = 0, share = 0;
  return y.map((value, i) => {
    const keep = weight ** Math.max(1, i ? x[i] - x[i - 1] : 1);
    if (!Number.isFinite(value)) return share ? mean / share : value;
    mean = keep * mean + (1 - keep) * value;
    share = keep * share + (1 - keep);
    return mean / share;
  });
}

/** An axis: from values to pixels. */
function axis(values, log, from, to, floor) {
  const usable = values.filter((v) => Number.isFinite(v) && (!log || v > 0));
  let low = Math.min(...usable), high = Math.max(...usable);
  if (!usable.length) [low, high] = log ? [0.1, 1] : [0, 1];
  if (floor && !log && low > 0 && low < 0.5 * high) low = 0;
  if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  const f = log ? Math.log10 : (v) => v;
  const at = (v) => from + ((f(v) - f(low)) / (f(high) - f(low))) * (to - from);
  return { at, low, high, log, fits: (v) => Number.isFinite(v) && (!log || v > 0) };
}

/** A path through the points, of which each column of pixels keeps its lowest and highest. */
function path(x, y, across, up) {
  const parts = [];
  let column = null, kept = [];
  const flush = () => {
    const all = [...new Map(kept.map((p) => [p[2], p])).values()].sort((a, b) => a[2] - b[2]);
    for (const [px, py] of all) parts.push(`${parts.length ? "L" : "M"}${px.toFixed(1)},${py.toFixed(1)}`);
  };
  for (let i = 0; i < x.length; i++) {
    if (!across.fits(x[i]) || !up.fits(y[i])) continue;
    const point = [across.at(x[i]), up.at(y[i]), i];
    if (Math.round(point[0]) !== column) {
      flush();
      column = Math.round(point[0]);
      kept = [point];
    } else {
      const lowest = kept.reduce((a, b) => (b[1] > a[1] ? b : a)), highest = kept.reduce((a, b) => (b[1] < a[1] ? b : a));
      kept = [kept[0], point[1] > lowest[1] ? point : lowest, point[1] < highest[1] ? point : highest, point];
    }
  }
  flush();
  return parts.join("");
}

function sample(line) {
  const box = make("svg", { viewBox: "0 0 24 12", "aria-hidden": "true" });
  const dashes = line.look === "second" ? " ck-joined" : "";
  box.append(make("path", { d: "M0,6L24,6", class: `ck-curve ck-${line.look}${dashes}${line.faded ? " ck-faded" : ""}` }));
  if (line.look === "second") box.append(make("circle", { cx: 12, cy: 6, r: 3.5, class: `ck-second${line.faded ? " ck-faded" : ""}` }));
  return box;
}

function nearest(x, value) {
  let low = 0, high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] < value) low = middle;
    else high = middle;
  }
  return Math.abs(x[low] - value) <= Math.abs(x[high] - value) ? low : high;
}

function render({ model, el, signal }) {
  const data = new Map();
  const me = Math.random().toString(36).slice(2);
  let complete = false, waiting = 0, cursor = null;

  const plot = make("svg", { class: "ck-plot", height: HEIGHT, tabindex: 0, role: "img" });
  const legend = html("ul", { className: "ck-legend" });
  const readout = html("p", { className: "ck-readout" });
  const body = html("div", { className: "ck-scroll", tabIndex: 0 });
  body.setAttribute("role", "group");
  body.setAttribute("aria-label", "The numbers");
  const table = html("details", {}, html("summary", { textContent: "The numbers as a table" }), body);
  el.classList.add("ck-chart");
  el.append(legend, plot, readout, table);

  const get = (name) => model.get(name);
  const shown = () => get("lines").filter((line) => !line.group || line.group === get("group"));
  const of = (line) => data.get(line.id) ?? { x: [], y: [] };

  function draw() {
    waiting = 0;
    const width = Math.max(240, el.clientWidth || 600);
    const lines = shown(), weight = get("smoothing");
    const curves = lines.map((line) => {
      const points = of(line);
      return { line, ...points, soft: line.smooth && weight > 0 ? smoothed(points, weight) : null };
    });
    const across = axis(curves.flatMap((c) => [c.x[0], c.x.at(-1)]).filter((v) => v !== undefined), get("log_x"), PAD.left, width - PAD.right);
    const up = axis(curves.flatMap((c) => bounds(c.y, get("log_y"))), get("log_y"), HEIGHT - PAD.bottom, PAD.top, true);
    plot.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    plot.setAttribute("aria-label", `${get("caption")} Arrow keys read the values.`);
    plot.replaceChildren(...frame(across, up, width), ...curves.flatMap((c) => curve(c, across, up)), ...marks(across, up, width), ...cross(curves, across, up));
    legend.replaceChildren(...lines.map((line) => html("li", {}, sample(line), line.name)));
    if (table.open) fill(lines);
  }

  function bounds(y, log) {
    let low = Infinity, high = -Infinity;
    for (const v of y) {
      if (!Number.isFinite(v) || (log && v <= 0)) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    return high === -Infinity ? [] : [low, high];
  }

  function frame(across, up, width) {
    const parts = [], bottom = HEIGHT - PAD.bottom;
    for (const v of ticks(up.low, up.high, 5, up.log)) {
      const y = up.at(v);
      parts.push(make("line", { x1: PAD.left, x2: width - PAD.right, y1: y, y2: y, class: "ck-grid" }));
      parts.push(make("text", { x: PAD.left - 8, y: y + 4, "text-anchor": "end" }, number(v)));
    }
    for (const v of ticks(across.low, across.high, Math.max(2, Math.floor(width / 110)), across.log)) {
      parts.push(make("text", { x: across.at(v), y: bottom + 18, "text-anchor": "middle" }, number(v)));
    }
    parts.push(make("line", { x1: PAD.left, x2: width - PAD.right, y1: bottom, y2: bottom, class: "ck-grid" }));
    parts.push(make("text", { x: (PAD.left + width) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, get("x_label")));
    const middle = (PAD.top + bottom) / 2;
    parts.push(make("text", { x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` }, get("y_label")));
    return parts;
  }

  function curve({ line, x, y, soft }, across, up) {
    const faded = line.faded ? " ck-faded" : "", look = `ck-curve ck-${line.look}${faded}`;
    const parts = [];
    if (soft) parts.push(make("path", { d: path(x, y, across, up), class: `${look} ck-raw` }));
    const dashes = line.look === "second" ? " ck-joined" : "";
    parts.push(make("path", { d: path(x, soft ?? y, across, up), class: look + dashes, "data-line": line.id, "data-points": x.length }));
    if (line.look === "second" && x.length <= 60) {
      for (let i = 0; i < x.length; i++) {
        if (up.fits(y[i])) parts.push(make("circle", { cx: across.at(x[i]), cy: up.at(y[i]), r: 3.5, class: `ck-second${faded}` }));
      }
    }
    return parts;
  }

  function marks(across, up, width) {
    return get("marks").filter((m) => m.group === get("group") && up.fits(m.y)).flatMap((m) => {
      const [x, y] = [across.at(m.x), up.at(m.y)], end = x > width - 130;
      return [
        make("circle", { cx: x, cy: y, r: 7, class: "ck-mark" }),
        make("text", { x: end ? x - 10 : x + 10, y: Math.max(y - 10, 12), "text-anchor": end ? "end" : "start" }, m.text),
      ];
    });
  }

  function cross(curves, across, up) {
    const longest = curves.reduce((a, c) => (c.x.length > (a?.x.length ?? 0) ? c : a), null);
    if (cursor === null || !longest) return [];
    const x = longest.x[nearest(longest.x, cursor)];
    const values = curves.filter((c) => c.x.length && x >= c.x[0] - 1 && x <= c.x.at(-1) + 1).map((c) => {
      const i = nearest(c.x, x);
      const soft = c.soft ? ` (smoothed ${number(c.soft[i])})` : "";
      return `${c.line.name} ${number(c.y[i])}${soft}`;
    });
    readout.textContent = `${get("x_label")} ${number(x)}: ${values.join(", ")}`;
    return [make("line", { x1: across.at(x), x2: across.at(x), y1: PAD.top, y2: HEIGHT - PAD.bottom, class: "ck-cross" })];
  }

  /** The lines' numbers by x; of a long line every so many. */
  function fill(lines) {
    const xs = [...new Set(lines.flatMap((line) => of(line).x))].sort((a, b) => a - b);
    const every = Math.max(1, Math.ceil(xs.length / TABLE_ROWS));
    const rows = xs.filter((_, i) => i % every === 0 || i === xs.length - 1);
    const head = html("tr", {}, ...[get("x_label"), ...lines.map((line) => line.name)].map((text) => html("th", { textContent: text, scope: "col" })));
    const maps = lines.map((line) => new Map(of(line).x.map((x, i) => [x, of(line).y[i]])));
    const cells = rows.map((x) => html("tr", {}, html("th", { textContent: number(x), scope: "row" }), ...maps.map((m) => html("td", { textContent: m.has(x) ? number(m.get(x)) : "" }))));
    body.replaceChildren(html("table", {}, html("thead", {}, head), html("tbody", {}, ...cells)));
  }

  const soon = () => (waiting ||= requestAnimationFrame(draw));

  model.on("msg:custom", (message, buffers) => {
    if (message.kind === "all") {
      if (message.to && message.to !== me) return;
      data.clear();
      complete = true;
    } else if (!complete) return;
    message.ids.forEach((id, k) => {
      const view = buffers[k], values = new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
      const points = data.get(id) ?? { x: [], y: [] };
      for (let i = 0; i < values.length; i += 2) {
        points.x.push(values[i]);
        points.y.push(values[i + 1]);
      }
      data.set(id, points);
    });
    soon();
  });
  for (const name of ["lines", "marks", "x_label", "y_label", "caption", "group", "smoothing", "log_x", "log_y"]) model.on(`change:${name}`, soon);

  const place = (event) => {
    const box = plot.getBoundingClientRect();
    const lines = shown().map(of).filter((p) => p.x.length);
    const across = axis(lines.flatMap((p) => [p.x[0], p.x.at(-1)]), get("log_x"), PAD.left, box.width - PAD.right);
    const share = (event.clientX - box.left - PAD.left) / (box.width - PAD.left - PAD.right);
    return across.log ? across.low * (across.high / across.low) ** share : across.low + share * (across.high - across.low);
  };
  const leave = () => {
    cursor = null;
    readout.textContent = "";
    soon();
  };
  const pick = () => get("picking") && cursor !== null && model.send({ pick: cursor });
  plot.addEventListener("pointermove", (event) => {
    cursor = place(event);
    soon();
  });
  plot.addEventListener("pointerleave", leave);
  plot.addEventListener("blur", () => {
    readout.removeAttribute("aria-live");
    leave();
  });
  plot.addEventListener("click", (event) => {
    cursor = place(event);
    pick();
  });
  plot.addEventListener("keydown", (event) => {
    const xs = shown().map((line) => of(line).x).reduce((a, x) => (x.length > a.length ? x : a), []);
    if (event.key === "Enter") return pick();
    if (event.key === "Escape") return leave();
    const moves = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    if (!(event.key in moves) || !xs.length) return;
    event.preventDefault();
    readout.setAttribute("aria-live", "polite"); // the pointer's values would be read all the time
    const now = cursor === null ? -1 : nearest(xs, cursor);
    cursor = xs[Math.min(xs.length - 1, Math.max(0, now + moves[event.key]))];
    soon();
  });
  table.addEventListener("toggle", () => table.open && fill(shown()));
  const watch = new ResizeObserver(soon);
  watch.observe(el);
  let asking = 0;
  /** Asks for all points until they come: a kernel at work may let a message lie until the next one. */
  const ask = (wait) => {
    if (complete) return;
    model.send({ ask: me });
    asking = setTimeout(ask, wait, 2 * wait);
  };
  const end = () => {
    clearTimeout(asking);
    watch.disconnect();
  };
  signal?.addEventListener("abort", end);
  ask(150);
  draw();
  return end;
}

export default { render };
