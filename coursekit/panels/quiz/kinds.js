// How each kind of question is answered. A maker gets the question and `changed`, to be called with
// what was begun; it gives the element to show and `read`, which gives the answer, or undefined.
function element(tag, traits = {}, ...children) {
  const made = Object.assign(document.createElement(tag), traits);
  made.append(...children);
  return made;
}

// The HTML comes from Python, where a sanitiser has let through what shows and nothing that acts.
const rich = (tag, html, className = "") => element(tag, { innerHTML: html, className });

function choices(type, { id, choices, written }, changed) {
  const chosen = [written ?? []].flat();
  const inputs = choices.map((_, at) =>
    element("input", { type, name: `ck-${id}`, checked: chosen.includes(at), value: at }),
  );
  const places = () => inputs.filter((it) => it.checked).map((it) => Number(it.value));
  const read = () => (type === "radio" ? places()[0] : places());
  const labels = inputs.map((input, at) => {
    input.addEventListener("change", () => changed(read()));
    return element("label", { className: "ck-choice" }, input, element("kbd", { textContent: at + 1 }), rich("span", choices[at]));
  });
  return { element: element("div", {}, ...labels), read };
}

function typed({ written, unit, kind }, changed) {
  const input = element("input", { type: "text", value: written ?? "", autocomplete: "off", spellcheck: false });
  input.ariaLabel = unit ? `Your answer, in ${unit}` : "Your answer";
  if (kind === "number") input.inputMode = "decimal";
  input.addEventListener("input", () => changed(input.value));
  return { element: element("div", { className: "ck-typed" }, input, unit ?? ""), read: () => input.value };
}

function order({ choices, written }, changed) {
  let now = Array.isArray(written) && written.length === choices.length ? [...written] : choices.map((_, at) => at);
  const list = element("ol", { className: "ck-order" });
  const move = (at, by) => {
    [now[at], now[at + by]] = [now[at + by], now[at]];
    changed(now);
    draw();
    const beside = list.children[at + by].querySelectorAll("button");
    (beside[by < 0 ? 0 : 1].disabled ? beside[by < 0 ? 1 : 0] : beside[by < 0 ? 0 : 1]).focus();
  };
  const button = (at, by, what) => {
    const it = element("button", { type: "button", textContent: what, disabled: !(at + by in now) });
    it.ariaLabel = `Move place ${at + 1} ${what.toLowerCase()}`;
    it.addEventListener("click", () => move(at, by));
    return it;
  };
  const draw = () =>
    list.replaceChildren(
      ...now.map((place, at) => element("li", {}, button(at, -1, "Up"), button(at, 1, "Down"), rich("span", choices[place]))),
    );
  draw();
  return { element: list, read: () => now };
}

function pairs({ lefts, choices, written }, changed) {
  const selects = lefts.map((left, at) => {
    const options = ["choose …", ...choices].map((text, n) => element("option", { textContent: text, value: n ? n - 1 : "" }));
    const select = element("select", {}, ...options);
    if (Array.isArray(written)) select.value = written[at];
    select.addEventListener("change", () => changed(read()));
    return select;
  });
  const read = () => {
    const given = selects.map((it) => (it.value === "" ? null : Number(it.value)));
    return given.includes(null) ? undefined : given;
  };
  const rows = selects.map((select, at) => element("label", { className: "ck-pair" }, rich("span", lefts[at]), select));
  return { element: element("div", {}, ...rows), read };
}

function free({ written, model, rubric, exam, over }, changed) {
  const box = element("textarea", { rows: 5, value: written?.text ?? "" });
  box.ariaLabel = "Your answer";
  box.addEventListener("input", () => changed({ text: box.value, compare: Boolean(model) }));
  const asks = exam && !over;
  if (asks) return { element: box, read: () => ({ text: box.value }) };
  if (!model) {
    const compare = element("button", { type: "button", textContent: "Compare with the model answer" });
    compare.addEventListener("click", () => changed({ text: box.value, compare: true }));
    return { element: element("div", {}, box, compare), read: () => undefined };
  }
  const ticks = rubric.map((_, at) => element("input", { type: "checkbox", checked: Boolean(written?.met?.[at]) }));
  const points = rubric.map((point, at) => element("label", { className: "ck-choice" }, ticks[at], rich("span", point)));
  const legend = element("legend", { textContent: "Which of these does your answer have?" });
  const judged = element("fieldset", {}, legend, ...points);
  const beside = element("div", { className: "ck-beside" }, box, rich("div", model, "ck-model"));
  return { element: element("div", {}, beside, judged), read: () => ({ text: box.value, met: ticks.map((it) => it.checked) }) };
}

function code(shown, changed) {
  const note = element("p", { className: "ck-hint", textContent: "Check looks at the variables of this notebook." });
  if (!shown.asks) return { element: note, read: () => "" };
  const input = typed(shown, changed);
  return { element: element("div", {}, input.element, note), read: input.read };
}

const KINDS = {
  one: (shown, changed) => choices("radio", shown, changed),
  several: (shown, changed) => choices("checkbox", shown, changed),
  number: typed,
  text: typed,
  order,
  pairs,
  free,
  code,
};
