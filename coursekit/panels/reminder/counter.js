function render({ model, el }) {
  const { line, stop } = counting(model);
  el.append(line);
  return stop;
}
export default { render };
