// The element with the role stays in the page and only its text changes: so it is read aloud.
function render({ model, el }) {
  const line = document.createElement("p");
  const bar = Object.assign(document.createElement("progress"), { max: 1, className: "ck-share" });
  bar.setAttribute("aria-label", "Done so far");
  const show = () => {
    const tone = model.get("tone"), share = model.get("share");
    line.className = `ck-said ck-${tone}`;
    if (tone !== "quiet") line.setAttribute("role", ["error", "waits"].includes(tone) ? "alert" : "status");
    line.textContent = model.get("text");
    bar.hidden = share < 0;
    bar.value = Math.max(0, share);
  };
  model.on("change", show);
  show();
  el.append(line, bar);
}
export default { render };
