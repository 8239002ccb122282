// Takes whoever opens a panel there: the page scrolls to it, and keys and screen readers go on there.
function render({ model, el }) {
  const place = document.createElement("p");
  place.className = "ck-unseen";
  place.tabIndex = -1;
  el.append(place);
  const show = () => (place.textContent = model.get("where"));
  const go = () => {
    if (!model.get("where")) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    // the panel below comes with a message of its own; without it the page may end here
    setTimeout(() => {
      el.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
      place.focus({ preventScroll: true });
    }, 150);
  };
  model.on("change:where", show);
  model.on("change:times", go);
  show();
}
export default { render };
