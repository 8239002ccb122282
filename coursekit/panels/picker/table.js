const COLUMNS = { name: "Data set", about: "What it is for", size: "Size", licence: "Licence", state: "State" };

function element(tag, traits, ...children) {
  const made = Object.assign(document.createElement(tag), traits);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  const body = element("tbody", {});
  const heads = [...Object.values(COLUMNS), "Action"].map((words) => {
    const head = element("th", { textContent: words });
    head.scope = "col";
    return head;
  });
  const table = element("table", { className: "ck-listed ck-sets" });
  table.append(element("caption", { className: "ck-unseen", textContent: "Data sets" }));
  table.append(element("thead", {}, element("tr", {}, ...heads)), body);
  // A list that scrolls must be reached by keys.
  const frame = element("div", { className: "ck-listed-frame", tabIndex: 0 }, table);
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", "Table of data sets");

  const row = (it) => {
    const cells = Object.keys(COLUMNS).map((key) => {
      const cell = element(key === "name" ? "th" : "td", { textContent: it[key] });
      if (key === "name") {
        cell.scope = "row";
        cell.replaceChildren(...it.name.split(/(?<=_)/).flatMap((part) => [part, element("wbr", {})]));
      }
      cell.dataset.column = COLUMNS[key];
      return cell;
    });
    const button = element("button", { type: "button", className: "jupyter-button", textContent: it.button });
    button.dataset.id = it.id;
    button.setAttribute("aria-label", `${it.button} ${it.name}`);
    button.disabled = Boolean(model.get("getting"));
    button.addEventListener("click", () => model.send({ get: it.id }));
    return element("tr", {}, ...cells, element("td", {}, button));
  };
  const show = () => {
    const focused = document.activeElement?.dataset?.id;
    body.replaceChildren(...model.get("rows").map(row));
    if (focused) [...body.querySelectorAll("button")].find((it) => it.dataset.id === focused)?.focus();
  };
  model.on("change:rows", show);
  model.on("change:getting", show);
  show();
  el.append(frame);
}
export default { render };
