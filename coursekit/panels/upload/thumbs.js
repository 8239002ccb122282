function render({ model, el }) {
  const made = (tag, traits) => Object.assign(document.createElement(tag), traits);
  const row = made("div", { className: "ck-thumbs", hidden: true, role: "group" });
  row.setAttribute("aria-label", model.get("label"));
  const forget = () => {
    for (const image of row.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  };

  const button = ({ words, hint }, bytes, at) => {
    const it = made("button", { type: "button", title: hint });
    const src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    it.append(made("img", { src, alt: "" }), made("span", { textContent: words }));
    it.addEventListener("click", () => model.send(at));
    return it;
  };
  model.on("msg:custom", ({ thumbs, current }, pictures) => {
    if (thumbs) {
      forget();
      const label = made("span", { className: "ck-thumbs-label", textContent: model.get("label") });
      row.replaceChildren(label, ...thumbs.map((it, at) => button(it, pictures[at], at)));
      row.hidden = !thumbs.length;
    }
    row.querySelectorAll("button").forEach((it, at) => it.setAttribute("aria-current", at === current));
  });
  el.append(row);
  untilAnswered(model, "ready");
  return forget;
}
export default { render };
