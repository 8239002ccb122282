/** A line that says how long it is until a model's `ends`; not read aloud each second. */
function counting(model) {
  const line = document.createElement("p");
  line.className = "ck-countdown";
  line.setAttribute("role", "timer");
  const show = () => {
    const ends = model.get("ends"); // seconds since 1970; 0 for no countdown
    const left = Math.max(0, Math.ceil(ends - Date.now() / 1000));
    const text = `Time left: ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    line.hidden = !ends;
    if (line.textContent !== text) line.textContent = text;
  };
  const ticking = setInterval(show, 250);
  model.on("change:ends", show);
  show();
  return { line, stop: () => clearInterval(ticking) };
}
