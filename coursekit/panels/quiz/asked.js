const WAIT = 400; // milliseconds after the last letter before what was typed is kept

function buttonsOf(send, check) {
  const made = {};
  const all = {
    check: ["Check", check],
    next: ["Next", () => send("next")],
    hint: ["Hint", () => send("hint")],
    solve: ["Solution", () => send("solve")],
    skip: ["Skip", () => send("skip")],
    flag: ["Flag", () => send("flag")],
    back: ["Previous", () => send("move", -1)],
    hand_in: ["Hand in", () => send("hand_in")],
  };
  for (const [name, [textContent, act]] of Object.entries(all)) {
    made[name] = element("button", { type: "button", textContent, className: `ck-do-${name}` });
    made[name].addEventListener("click", act);
  }
  return made;
}

const told = ({ status, over, explanation }) => Boolean(explanation) || over || status === "answered";

function showButtons(buttons, shown) {
  const open = shown.exam && !shown.over;
  const judges = shown.kind === "free" && shown.rubric?.length && !shown.explanation;
  buttons.check.textContent = open ? "Keep answer" : judges ? "Count it" : "Check";
  buttons.check.hidden = (shown.kind === "free" && !open && !shown.rubric?.length) || (shown.over && !judges);
  buttons.hint.hidden = shown.more_hints + shown.hints.length === 0 || shown.exam;
  buttons.hint.disabled = !shown.more_hints;
  buttons.solve.hidden = shown.exam;
  buttons.solve.disabled = Boolean(shown.solution);
  buttons.skip.disabled = shown.status !== "not attempted";
  buttons.flag.setAttribute("aria-pressed", shown.flagged);
  buttons.back.disabled = shown.number === 1;
  buttons.hand_in.hidden = !open;
  buttons.next.classList.toggle("ck-primary", told(shown));
  buttons.check.classList.toggle("ck-primary", !told(shown));
}

function feedback(shown, said) {
  const parts = said ? [element("p", { className: "ck-said-verdict", textContent: said })] : [];
  parts.push(...shown.feedback.map((it) => rich("div", it)));
  if (shown.solution) parts.push(element("strong", { textContent: "Solution" }), rich("div", shown.solution));
  if (shown.explanation) parts.push(element("strong", { textContent: "Why" }), rich("div", shown.explanation));
  if (shown.explanation && shown.source) parts.push(element("p", { className: "ck-hint", textContent: `See: ${shown.source}` }));
  return parts;
}

function listOf(rows, here, send) {
  let section = null;
  return rows.flatMap((row, at) => {
    const button = element("button", { type: "button", textContent: `${at + 1}. ${row.words}` });
    const status = element("span", { className: "ck-status", textContent: row.status + (row.flagged ? ", flagged" : "") });
    button.setAttribute("aria-current", row.id === here);
    button.addEventListener("click", () => send("go", row.id));
    const item = element("li", {}, button, status);
    if (row.section === section) return [item];
    section = row.section;
    return section ? [element("li", { className: "ck-section", textContent: section }), item] : [item];
  });
}

/** Keeps H, S and Enter from JupyterLab, which would take them first; Ctrl+S and the like stay its. */
function keepKeys(root) {
  const choose = ({ ctrlKey, metaKey, altKey }) => {
    if (ctrlKey || metaKey || altKey) delete root.dataset.lmSuppressShortcuts;
    else root.dataset.lmSuppressShortcuts = "true";
  };
  window.addEventListener("keydown", choose, true); // before the document's, which is JupyterLab's
  return () => window.removeEventListener("keydown", choose, true);
}

/** Keys that do what buttons do, unless somebody types or a button has the focus. */
function keys(root, buttons) {
  const named = { h: "hint", s: "solve", k: "skip", f: "flag", n: "next", p: "back" };
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event;
    const types = target.matches("textarea, select, input[type=text]");
    const enters = key === "Enter" && !target.matches("button, textarea, select, summary");
    const choice = root.querySelectorAll(".ck-answer .ck-choice input")[Number(key) - 1];
    const button = enters ? root.querySelector(".ck-primary:not([hidden])") : !types && buttons[named[key.toLowerCase()]];
    if (button) button.click();
    else if (choice && !types) choice.click();
    else return;
    event.preventDefault();
  });
}

function render({ model, el }) {
  let answer = null, drawn = "", waits = 0;
  const send = (what, value, id = model.get("shown").id) => model.send({ do: what, value, id });
  const check = () => {
    clearTimeout(waits);
    send("answer", answer.read() ?? null);
  };
  const changed = (value) => {
    clearTimeout(waits);
    if (value === undefined) return;
    const { id } = model.get("shown"); // another may be shown when the time has come
    const soon = value?.compare || typeof value !== "string";
    waits = setTimeout(() => send("draft", value, id), soon ? 0 : WAIT);
  };
  const buttons = buttonsOf(send, check);
  const where = element("p", { className: "ck-where" });
  const text = element("div", { className: "ck-question", tabIndex: -1 });
  const area = element("div", { className: "ck-answer" });
  const hints = element("div", { className: "ck-hints" });
  const says = element("div", { className: "ck-feedback", role: "status" });
  const list = element("ul", { className: "ck-rows" });
  const { check: first, ...others } = buttons;
  const row = element("div", { className: "ck-row ck-buttons" }, first, ...Object.values(others));
  const all = element("details", { className: "ck-all" }, element("summary", { textContent: "All questions" }), list);
  const group = element("div", { role: "group", className: "ck-exercise ck-asked" }, where, text, area, row, hints, says, all);
  group.ariaLabel = "Question";

  const show = () => {
    const shown = model.get("shown");
    const moved = drawn && JSON.parse(drawn)[0] !== shown.id;
    const now = JSON.stringify([shown.id, shown.rubric, shown.over, shown.text]);
    const focused = group.contains(document.activeElement);
    where.textContent = [`Question ${shown.number} of ${shown.of}`, shown.section, shown.status, shown.flagged && "flagged"].filter(Boolean).join(" · ");
    if (now !== drawn) {
      text.innerHTML = shown.text;
      answer = KINDS[shown.kind](shown, changed);
      area.replaceChildren(answer.element);
    }
    drawn = now;
    hints.replaceChildren(...shown.hints.map((it, at) => rich("div", `<strong>Hint ${at + 1}:</strong> ${it}`)));
    says.replaceChildren(...feedback(shown, model.get("said")));
    showButtons(buttons, shown);
    if (moved && focused) (area.querySelector("input, textarea, select") ?? text).focus();
  };
  const showRows = () => list.replaceChildren(...listOf(model.get("rows"), model.get("shown").id, send));
  model.on("change:shown change:said", show);
  model.on("change:shown change:rows", showRows);
  show();
  showRows();
  keys(group, buttons);
  el.append(group);
  send("load"); // Python may have begun long before this page, and another tab may have answered
  return keepKeys(group);
}
export default { render };
