// Words only ever become text, never markup: they are names of somebody's files.
function element(tag, traits, ...children) {
  const made = Object.assign(document.createElement(tag), traits);
  made.append(...children);
  return made;
}

function tile({ title, small, reason }, bytes, urls) {
  let picture;
  if (reason) {
    picture = element("div", { className: "ck-tile-words", textContent: reason });
  } else {
    const url = URL.createObjectURL(new Blob([bytes]));
    urls.push(url);
    picture = element("img", { src: url, alt: `${title}, ${small}` });
  }
  const words = [element("b", { textContent: title }), element("span", { textContent: small })];
  const caption = element("figcaption", { title: `${title}\n${small}` }, ...words);
  return element("li", {}, element("figure", {}, picture, caption));
}

function render({ model, el }) {
  const list = element("ul", { className: "ck-tiles" });
  list.setAttribute("role", "list"); // Safari forgets it where there are no bullets
  const name = () => list.setAttribute("aria-label", model.get("label"));
  let urls = [];
  const hear = ({ tiles }, buffers) => {
    urls.forEach((url) => URL.revokeObjectURL(url));
    urls = [];
    list.replaceChildren(...tiles.map((it, at) => tile(it, buffers[at], urls)));
  };
  name();
  model.on("change:label", name);
  model.on("msg:custom", hear);
  el.append(list);
  untilAnswered(model, { ready: true });
  return () => {
    urls.forEach((url) => URL.revokeObjectURL(url));
    model.off("msg:custom", hear);
  };
}
export default { render };
