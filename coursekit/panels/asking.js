// Asks again until answered: after a reload a front end may lose a widget's first message.
function untilAnswered(model, message, wait = 150) {
  let answered = false;
  model.on("msg:custom", () => (answered = true));
  const ask = (next) => {
    if (answered || next > 10_000) return;
    model.send(message);
    setTimeout(ask, next, 2 * next);
  };
  ask(wait);
}
