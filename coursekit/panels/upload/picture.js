function render({ model, el }) {
  const made = (tag, traits) => Object.assign(document.createElement(tag), traits);
  const frame = made("div", { className: "ck-picture" });
  const images = [made("img", {}), made("img", { alt: "", className: "ck-over" })];
  frame.append(...images);
  const percent = made("output", {});
  const slider = made("input", { type: "range", min: 0, max: 100, step: 1 });
  const label = made("label", { className: "ck-strength" });
  label.append(model.get("slider"), slider, percent);

  // Only the browser mixes the two, so that moving the slider asks Python for nothing.
  const mix = () => {
    slider.value = model.get("strength");
    percent.textContent = `${slider.value} %`;
    slider.setAttribute("aria-valuetext", percent.textContent);
    images[1].style.opacity = slider.value / 100;
  };
  slider.addEventListener("input", () => {
    model.set("strength", slider.valueAsNumber);
    mix();
  });
  slider.addEventListener("change", () => model.save_changes());
  model.on("change:strength", mix);

  const forget = () => images.forEach((image) => URL.revokeObjectURL(image.src));
  const show = ({ words }, parts) => {
    forget();
    images.forEach((image, at) => {
      const { byteLength } = parts[at];
      image.hidden = !byteLength;
      if (byteLength) image.src = URL.createObjectURL(new Blob([parts[at]], { type: "image/jpeg" }));
      else image.removeAttribute("src");
    });
    images[0].alt = words;
    frame.hidden = !parts[0].byteLength;
    label.hidden = !parts[1].byteLength;
  };
  model.on("msg:custom", show);
  frame.hidden = label.hidden = true;
  mix();
  el.append(frame);
  if (model.get("slider")) el.append(label);
  untilAnswered(model, "ready");
  return forget;
}
export default { render };
