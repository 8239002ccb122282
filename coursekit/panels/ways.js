// ipywidgets' own radio buttons share no name, so that arrow keys and screen readers see no group.
function element(tag, traits, ...children) {
  const made = Object.assign(document.createElement(tag), traits);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  const name = `ck-ways-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const inputs = model.get("options").map((value) => {
    const input = element("input", { type: "radio", name, value });
    input.addEventListener("change", () => {
      model.set("value", value);
      model.save_changes();
    });
    return input;
  });
  const show = () => inputs.forEach((it) => (it.checked = it.value === model.get("value")));
  const labels = inputs.map((input) => element("label", {}, input, input.value));
  model.on("change:value", show);
  show();
  const legend = element("legend", { textContent: model.get("label") });
  el.append(element("fieldset", { className: "ck-ways" }, legend, ...labels));
}
export default { render };
