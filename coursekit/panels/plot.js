/* What a chart draws: values in, SVG out. Nothing here keeps or listens to anything; chart.js does. */
const HEIGHT = 280;
const PAD = { left: 56, right: 12, top: 12, bottom: 44 };
const MOST_DOTS = 60;
const SVG = "http://www.w3.org/2000/svg";
/** The points' form of lines that have points: circle, square, triangles, diamond, cross. */
const FORMS = {
  second: "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0Z",
  run1: "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0Z",
  run2: "M-3.5,-3.5h7v7h-7Z",
  run3: "M0,-4.5L4.5,3.5H-4.5Z",
  run4: "M0,-5L5,0L0,5L-5,0Z",
  run5: "M0,4.5L4.5,-3.5H-4.5Z",
  run6: "M-1.5,-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3Z",
};

/** All that one drawing needs: `settings`, the shown lines with their points, where values lie. */
function sceneOf(settings, points, width) {
  const { lines, marks, group, smoothing, log_x, log_y } = settings;
  const curves = lines.filter((line) => !line.group || line.group === group).map((line) => {
    const { x, y } = points.get(line.id) ?? { x: [], y: [] };
    return { line, x, y, soft: line.smooth && smoothing > 0 ? smoothed(x, y, smoothing) : null };
  });
  const across = axis(curves.flatMap(({ x }) => (x.length ? [x[0], x.at(-1)] : [])), log_x, PAD.left, width - PAD.right);
  const up = axis(curves.flatMap(({ y }) => bounds(y, log_y)), log_y, HEIGHT - PAD.bottom, PAD.top, true);
  return { ...settings, width, curves, across, up, marks: marks.filter((m) => m.group === group && up.fits(m.y)) };
}

/** The whole drawing, what lies behind first; `cursor` is the x that is read, or null. */
function drawing(scene, cursor) {
  return [
    ...grid(scene),
    ...titles(scene),
    ...scene.curves.flatMap((curve) => curveParts(curve, scene)),
    ...scene.marks.flatMap((mark) => markParts(mark, scene)),
    ...cross(scene, cursor),
  ];
}

/** Lines at round values of y, and the round values of both axes. */
function grid({ across, up, width }) {
  const bottom = HEIGHT - PAD.bottom;
  const line = (y) => make("line", { x1: PAD.left, x2: width - PAD.right, y1: y, y2: y, class: "ck-grid" });
  const rows = ticks(up, 5).flatMap((v) => [
    line(up.at(v)),
    make("text", { x: PAD.left - 8, y: up.at(v) + 4, "text-anchor": "end" }, number(v)),
  ]);
  const columns = ticks(across, Math.max(2, Math.floor(width / 110))).map((v) =>
    make("text", { x: across.at(v), y: bottom + 18, "text-anchor": "middle" }, number(v)),
  );
  return [...rows, ...columns, line(bottom)];
}

/** What the two axes show. */
function titles({ width, x_label, y_label }) {
  const middle = (PAD.top + HEIGHT - PAD.bottom) / 2;
  return [
    make("text", { x: (PAD.left + width) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, x_label),
    make("text", { x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` }, y_label),
  ];
}

/** A line; where it is smoothed, with its raw values behind. */
function curveParts({ line, x, y, soft }, { across, up }) {
  const parts = soft ? [make("path", { d: path(x, y, across, up), class: `${look(line)} ck-raw` })] : [];
  const d = path(x, soft ?? y, across, up);
  parts.push(make("path", { d, class: joined(line), "data-line": line.id, "data-points": x.length }));
  if (!FORMS[line.look] || x.length > MOST_DOTS) return parts;
  for (let i = 0; i < x.length; i++) {
    if (up.fits(y[i])) parts.push(dot(line, across.at(x[i]), up.at((soft ?? y)[i])));
  }
  return parts;
}

const fading = ({ faded }) => (faded ? " ck-faded" : "");
const look = (line) => `ck-curve ck-${line.look}${fading(line)}`;
const joined = (line) => look(line) + (line.look === "second" ? " ck-joined" : "");
const dot = (line, x, y) =>
  make("path", { d: FORMS[line.look], transform: `translate(${x},${y})`, class: `ck-dot ck-${line.look}${fading(line)}` });

/** A ring around a place, and its label on the side where there is room. */
function markParts(mark, { across, up, width }) {
  const [x, y] = [across.at(mark.x), up.at(mark.y)], right = x > width - 130;
  const text = { x: right ? x - 10 : x + 10, y: Math.max(y - 10, 12), "text-anchor": right ? "end" : "start" };
  return [make("circle", { cx: x, cy: y, r: 7, class: "ck-mark" }), make("text", text, mark.text)];
}

/** The upright line at the x that is read. */
function cross(scene, cursor) {
  const x = xRead(scene, cursor);
  if (x === null) return [];
  const at = scene.across.at(x);
  return [make("line", { x1: at, x2: at, y1: PAD.top, y2: HEIGHT - PAD.bottom, class: "ck-cross" })];
}

/** The values of x that are read one by one: those of the line that has most. */
const xValues = ({ curves }) => curves.reduce((longest, { x }) => (x.length > longest.length ? x : longest), []);

/** The x nearest to the cursor; null without a cursor or points. */
function xRead(scene, cursor) {
  const xs = xValues(scene);
  return cursor === null || !xs.length ? null : xs[nearest(xs, cursor)];
}

/** The lines' values at x, in words. */
function reading({ x_label, curves }, x) {
  const there = curves.filter((c) => c.x.length && x >= c.x[0] - 1 && x <= c.x.at(-1) + 1);
  const values = there.map(({ line, x: xs, y, soft }) => {
    const i = nearest(xs, x);
    return `${line.name} ${number(y[i])}${soft ? ` (smoothed ${number(soft[i])})` : ""}`;
  });
  return `${x_label} ${number(x)}: ${values.join(", ")}`;
}

/** A line as the legend shows it. */
function sample(line) {
  const box = make("svg", { viewBox: "0 0 24 12", "aria-hidden": "true" });
  box.append(make("path", { d: "M0,6L24,6", class: joined(line) }));
  if (FORMS[line.look]) box.append(dot(line, 12, 6));
  return box;
}

/** An axis around all `values`: `at` gives a value's pixel, between `from` and `to`. */
function axis(values, log, from, to, fromZero = false) {
  const fits = (v) => Number.isFinite(v) && (!log || v > 0);
  const [low, high] = widened(values.filter(fits), log, fromZero);
  const f = log ? Math.log10 : (v) => v;
  const at = (v) => from + ((f(v) - f(low)) / (f(high) - f(low))) * (to - from);
  return { at, low, high, log, fits };
}

/** From where to where an axis goes; 0 is on it where it is wanted and not far. */
function widened(values, log, fromZero) {
  if (!values.length) return log ? [0.1, 1] : [0, 1];
  let low = Math.min(...values);
  const high = Math.max(...values);
  if (fromZero && !log && low > 0 && low < 0.5 * high) low = 0;
  if (low < high) return [low, high];
  return log ? [low / 2, high * 2] : [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
}

/** The lowest and the highest value that can be drawn; of no value none. */
function bounds(y, log) {
  let low = Infinity, high = -Infinity;
  for (const v of y) {
    if (!Number.isFinite(v) || (log && v <= 0)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return high === -Infinity ? [] : [low, high];
}

/** Round values of an axis, about n of them; on a logarithmic one powers of ten, if it has two. */
function ticks({ low, high, log }, n) {
  const powers = log ? powersOfTen(low, high, n) : [];
  if (powers.length > 1) return powers;
  const rough = (high - low) / n, unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5].find((m) => m * unit >= rough) ?? 10);
  const values = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-6; v += step) values.push(+v.toPrecision(12));
  return log ? values.filter((v) => v > 0) : values;
}

function powersOfTen(low, high, n) {
  const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / n));
  const powers = [];
  for (let e = first; e <= last; e += step) powers.push(10 ** e);
  return powers;
}

/** A moving average in which the past has the share `weight`, corrected for its empty beginning. */
function smoothed(x, y, weight) {
  let mean = 0, share = 0;
  return y.map((value, i) => {
    const keep = weight ** Math.max(1, i ? x[i] - x[i - 1] : 1);
    if (!Number.isFinite(value)) return share ? mean / share : value;
    mean = keep * mean + (1 - keep) * value;
    share = keep * share + (1 - keep);
    return mean / share;
  });
}

/** A path through the points, of which each column of pixels keeps first, lowest, highest, last. */
function path(x, y, across, up) {
  const points = [];
  let column = [];
  for (let i = 0; i < x.length; i++) {
    if (!across.fits(x[i]) || !up.fits(y[i])) continue;
    const point = { x: across.at(x[i]), y: up.at(y[i]), i };
    if (column.length && Math.round(point.x) !== Math.round(column[0].x)) {
      points.push(...inOrder(column));
      column = [];
    }
    column = column.length ? extremes(column, point) : [point];
  }
  points.push(...inOrder(column));
  return points.map((p, n) => `${n ? "L" : "M"}${p.x.toFixed(1)},${p.y.toFixed(1)}`).join("");
}

/** Of a column's points and one more those that show: the first, the lowest, the highest, the last. */
function extremes(column, point) {
  const all = [...column, point];
  const lowest = all.reduce((a, b) => (b.y > a.y ? b : a)), highest = all.reduce((a, b) => (b.y < a.y ? b : a));
  return [column[0], lowest, highest, point];
}

/** A column's points from left to right, each once. */
const inOrder = (column) => [...new Set(column)].sort((a, b) => a.i - b.i);

/** Where in the rising `xs` the value nearest to x is. */
function nearest(xs, x) {
  let low = 0, high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle;
    else high = middle;
  }
  return Math.abs(xs[low] - x) <= Math.abs(xs[high] - x) ? low : high;
}

const number = (v) => (Math.abs(v) >= 1e4 || (v && Math.abs(v) < 1e-3) ? v.toExponential(1) : String(+v.toPrecision(4)));

/** An element of SVG. */
function make(tag, attributes = {}, ...children) {
  const it = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) it.setAttribute(name, value);
  it.append(...children);
  return it;
}
