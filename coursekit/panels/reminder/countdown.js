/**
 * Notes when a model's countdown ends, on the page's own clock, as soon as the seconds that are left
 * arrive: what shows it may be made later. Returns what tells it; null for no countdown.
 */
function ending(model) {
  let at = null;
  const note = () => {
    const left = model.get("ends");
    at = left === null ? null : performance.now() + 1000 * left;
  };
  model.on("change:ends", note);
  note();
  return () => at;
}

/** A line that says how long it is until `ends()`; not read aloud each second. */
function counting(ends) {
  const line = document.createElement("p");
  line.className = "ck-countdown";
  line.setAttribute("role", "timer");
  const show = () => {
    const at = ends();
    const left = Math.max(0, Math.ceil((at - performance.now()) / 1000));
    const text = `Time left: ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    line.hidden = at === null;
    if (line.textContent !== text) line.textContent = text;
  };
  const ticking = setInterval(show, 250);
  show();
  return { line, stop: () => clearInterval(ticking) };
}
