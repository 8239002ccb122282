// The box stays in the page, and only what is in it changes.
function render({ model, el }) {
  const box = Object.assign(document.createElement("div"), { className: "ck-scroll", tabIndex: 0 });
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", model.get("label"));
  const show = () => {
    box.innerHTML = model.get("shown");
    box.hidden = !box.innerHTML;
  };
  model.on("change:shown", show);
  show();
  el.append(box);
}
export default { render };
