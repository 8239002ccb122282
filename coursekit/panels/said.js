// The element with the role stays in the page and only its text changes: so it is read aloud.
function render({ model, el }) {
  const line = document.createElement("p");
  const show = () => {
    const tone = model.get("tone");
    line.className = `ck-said ck-${tone}`;
    line.setAttribute("role", tone === "error" ? "alert" : "status");
    line.textContent = model.get("text");
  };
  model.on("change", show);
  show();
  el.append(line);
}
export default { render };
