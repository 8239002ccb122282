const COLUMNS = {
  name: "Run",
  began: "Began",
  state: "State",
  error: "Error rate",
  loss: "Validation loss",
  time: "Time",
  board: "On the board",
};

function element(tag, traits, ...children) {
  const made = Object.assign(document.createElement(tag), traits);
  made.append(...children);
  return made;
}

/** The box of a row, with the letter that the run has in the comparison. */
function box(model, it) {
  const input = element("input", { type: "checkbox", checked: Boolean(it.letter) });
  input.dataset.id = it.id;
  input.disabled = model.get("full") && !it.letter;
  input.setAttribute("aria-label", `Compare ${it.name}, begun ${it.began}`);
  input.addEventListener("change", () => model.send({ choose: it.id, yes: input.checked }));
  const label = element("label", {}, input, element("b", { textContent: it.letter }));
  return element("td", { className: "ck-tick" }, label);
}

/** A run's name, and what was noted of it below. */
function nameCell(it) {
  const cell = element("th", { scope: "row" }, element("span", { textContent: it.name }));
  if (it.about) cell.append(element("div", { className: "ck-about", textContent: it.about }));
  return cell;
}

function plainCell(key, it) {
  const cell = element("td", { textContent: it[key] });
  cell.dataset.column = COLUMNS[key];
  return cell;
}

function render({ model, el }) {
  const body = element("tbody", {});
  const heads = ["Compare", ...Object.values(COLUMNS)].map((textContent) => element("th", { textContent, scope: "col" }));
  const caption = element("caption", { className: "ck-unseen", textContent: "Runs, the latest first" });
  const table = element("table", { className: "ck-listed ck-runs" }, caption);
  table.append(element("thead", {}, element("tr", {}, ...heads)), body);
  // A list that scrolls must be reached by keys.
  const frame = element("div", { className: "ck-listed-frame", tabIndex: 0 }, table);
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", "Table of runs");

  const row = (it) => {
    const cells = Object.keys(COLUMNS).map((key) => (key === "name" ? nameCell(it) : plainCell(key, it)));
    return element("tr", { className: it.letter ? "ck-chosen" : "" }, box(model, it), ...cells);
  };
  const show = () => {
    const focused = document.activeElement?.dataset?.id;
    body.replaceChildren(...model.get("rows").map(row));
    if (focused) [...body.querySelectorAll("input")].find((it) => it.dataset.id === focused)?.focus({ preventScroll: true });
  };
  model.on("change:rows", show);
  model.on("change:full", show);
  model.on("msg:custom", (message) => message.again && show()); // a tick that was not taken goes
  show();
  el.append(frame);
}
export default { render };
