export default () => {
  let ends;
  return {
    initialize({ model }) {
      ends = ending(model);
    },
    render({ el }) {
      const { line, stop } = counting(ends);
      el.append(line);
      return stop;
    },
  };
};
