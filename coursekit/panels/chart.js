/* The chart in the page: points come from Python, plot.js draws them, pointer and keys read them. */
const SETTINGS = ["lines", "marks", "x_label", "y_label", "caption", "group", "smoothing", "log_x", "log_y"];
const TABLE_ROWS = 100;
const MOVES = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

function render({ model, el, signal }) {
  const chart = {
    model,
    el,
    ...elements(),
    id: Math.random().toString(36).slice(2), // Python answers it alone when it asks for all points
    points: new Map(), // each line's { x, y }, by the line's id
    complete: false, // whether all points have come
    cursor: null, // the x that is read
    scene: null, // what is drawn now
    frame: 0, // the frame that will draw what is new
  };
  el.classList.add("ck-chart");
  el.append(chart.legend, chart.plot, chart.readout, chart.table);
  for (const name of SETTINGS) model.on(`change:${name}`, () => drawSoon(chart));
  chart.table.addEventListener("toggle", () => fillTable(chart));
  readWithPointer(chart);
  readWithKeys(chart);
  const resized = new ResizeObserver(() => drawSoon(chart));
  resized.observe(el);
  const stopAsking = getPoints(chart);
  draw(chart);
  const end = () => {
    stopAsking();
    resized.disconnect();
  };
  signal?.addEventListener("abort", end);
  return end;
}

/** What the chart consists of, empty. */
function elements() {
  const numbers = html("div", { className: "ck-scroll", tabIndex: 0 });
  numbers.setAttribute("role", "group");
  numbers.setAttribute("aria-label", "The numbers");
  return {
    legend: html("ul", { className: "ck-legend" }),
    plot: make("svg", { class: "ck-plot", height: HEIGHT, tabindex: 0, role: "img" }),
    readout: html("p", { className: "ck-readout" }),
    table: html("details", {}, html("summary", { textContent: "The numbers as a table" }), numbers),
    numbers,
  };
}

function draw(chart) {
  const { model, plot, legend, readout } = chart;
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, model.get(name)]));
  const width = Math.max(240, chart.el.clientWidth || 600);
  const scene = sceneOf(settings, chart.points, width);
  const x = xRead(scene, chart.cursor);
  chart.frame = 0;
  chart.scene = scene;
  plot.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  plot.setAttribute("aria-label", `${scene.caption} Arrow keys read the values.`);
  plot.replaceChildren(...drawing(scene, chart.cursor));
  legend.replaceChildren(...scene.curves.map(({ line }) => html("li", {}, sample(line), line.name)));
  if (x !== null) readout.textContent = reading(scene, x);
  fillTable(chart);
}

/** Draws at the next frame, once, however much comes before it. */
function drawSoon(chart) {
  chart.frame ||= requestAnimationFrame(() => draw(chart));
}

/** The lines' numbers by x, where the table is open; of a long line every so many. */
function fillTable({ table, numbers, scene }) {
  if (!table.open) return;
  const { curves, x_label } = scene;
  const xs = [...new Set(curves.flatMap(({ x }) => x))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(xs.length / TABLE_ROWS));
  const columns = curves.map(({ x, y }) => new Map(x.map((value, i) => [value, y[i]])));
  const rows = xs.filter((_, i) => i % every === 0 || i === xs.length - 1).map((x) => tableRow(x, columns));
  const names = [x_label, ...curves.map(({ line }) => line.name)];
  const head = html("tr", {}, ...names.map((textContent) => html("th", { textContent, scope: "col" })));
  numbers.replaceChildren(html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows)));
}

function tableRow(x, columns) {
  const cells = columns.map((values) => html("td", { textContent: values.has(x) ? number(values.get(x)) : "" }));
  return html("tr", {}, html("th", { textContent: number(x), scope: "row" }), ...cells);
}

/** Takes the points that Python sends. Returns what ends the asking for them. */
function getPoints(chart) {
  const { model, id } = chart;
  let timer = 0;
  model.on("msg:custom", (message, buffers) => receive(chart, message, buffers));
  // asks until they come: a kernel at work may let a message lie until the next one
  const ask = (wait) => {
    if (chart.complete) return;
    model.send({ ask: id });
    timer = setTimeout(ask, wait, 2 * wait);
  };
  ask(150);
  return () => clearTimeout(timer);
}

/** Points of some lines: all that there are, for all pages or this one, or more of them. */
function receive(chart, { kind, to, ids }, buffers) {
  if (kind === "all") {
    if (to && to !== chart.id) return;
    chart.points.clear();
    chart.complete = true;
  } else if (!chart.complete) return;
  ids.forEach((id, k) => {
    const line = chart.points.get(id) ?? { x: [], y: [] };
    chart.points.set(id, line);
    append(line, buffers[k]);
  });
  drawSoon(chart);
}

/** Adds points to a line: numbers of 8 bytes, x and y by turns. */
function append({ x, y }, { buffer, byteOffset, byteLength }) {
  const values = new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
  for (let i = 0; i < values.length; i += 2) {
    x.push(values[i]);
    y.push(values[i + 1]);
  }
}

function readWithPointer(chart) {
  const { plot } = chart;
  plot.addEventListener("pointermove", (event) => read(chart, xUnder(chart, event)));
  plot.addEventListener("pointerleave", () => leave(chart));
  plot.addEventListener("click", (event) => {
    chart.cursor = xUnder(chart, event);
    pick(chart);
  });
}

function readWithKeys(chart) {
  const { plot, readout } = chart;
  plot.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return pick(chart);
    if (event.key === "Escape") return leave(chart);
    const xs = xValues(chart.scene);
    if (!(event.key in MOVES) || !xs.length) return;
    event.preventDefault();
    readout.setAttribute("aria-live", "polite"); // the pointer's values would be read all the time
    const now = chart.cursor === null ? -1 : nearest(xs, chart.cursor);
    read(chart, xs[Math.min(xs.length - 1, Math.max(0, now + MOVES[event.key]))]);
  });
  plot.addEventListener("blur", () => {
    readout.removeAttribute("aria-live");
    leave(chart);
  });
}

/** The x under the pointer. */
function xUnder({ plot, scene }, event) {
  const { low, high, log } = scene.across, box = plot.getBoundingClientRect();
  const share = (event.clientX - box.left - PAD.left) / (box.width - PAD.left - PAD.right);
  return log ? low * (high / low) ** share : low + share * (high - low);
}

function read(chart, x) {
  chart.cursor = x;
  drawSoon(chart);
}

function leave(chart) {
  chart.readout.textContent = "";
  read(chart, null);
}

/** Tells Python which x was chosen, where it wants to know. */
function pick({ model, cursor }) {
  if (model.get("picking") && cursor !== null) model.send({ pick: cursor });
}

/** An element of HTML. */
function html(tag, properties = {}, ...children) {
  const it = Object.assign(document.createElement(tag), properties);
  it.append(...children);
  return it;
}

export default { render };
