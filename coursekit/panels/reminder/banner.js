const MARK = "⏻ Still on: ";
const EVERY = 1_000; // milliseconds; JupyterLab writes the title anew at each change of tabs
const READING = 15_000; // the words for leaving stay so long
const PAUSE = 15 * 60_000; // between two of them
const BUTTONS = [
  ["here", "I am still here"],
  ["later", "Remind me in 30 min"],
  ["shut down", "I have shut it down"],
];

function title(loud) {
  const plain = document.title.startsWith(MARK) ? document.title.slice(MARK.length) : document.title;
  const wanted = loud ? MARK + plain : plain;
  if (document.title !== wanted) document.title = wanted;
}

/** Only where the browser allows them already; panels in one page have one notice together. */
function notice(text) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  new Notification("coursekit: the machine is still on", { body: text, tag: "coursekit-reminder" });
}

function button(model, word, label) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: label });
  made.className = "jupyter-button";
  made.addEventListener("click", () => model.send({ pressed: word }));
  return made;
}

/** The parts of a banner. The line with the role stays, so that its new words are read aloud. */
function built(model) {
  const box = document.createElement("div"); // no landmark: each panel has one
  const words = document.createElement("p");
  const list = document.createElement("ul");
  const buttons = document.createElement("div");
  box.className = "ck-reminder";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "The machine is still on");
  words.setAttribute("role", "status");
  buttons.className = "ck-reminder-buttons";
  buttons.append(...BUTTONS.map(([word, label]) => button(model, word, label)));
  box.append(words, list, buttons);
  return { box, words, list, buttons };
}

function items(texts) {
  return texts.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
}

function render({ model, el }) {
  const { box, words, list, buttons } = built(model);
  let leaving = 0; // until when the words for leaving are shown
  let offered = -Infinity;
  let last = "";
  const show = () => {
    const stage = model.get("stage");
    const due = ["banner", "loud", "list"].includes(stage);
    const said = due ? model.get("said") : Date.now() < leaving ? model.get("leave") : "";
    box.hidden = !said;
    box.toggleAttribute("data-loud", stage === "loud");
    if (words.textContent !== said) words.textContent = said;
    list.hidden = stage !== "list";
    list.replaceChildren(...items(model.get("still")));
    buttons.hidden = stage === "list";
    if (stage === "loud" && last !== "loud") notice(said);
    last = stage;
  };
  const leave = () => {
    leaving = Date.now() + READING;
    show();
    setTimeout(show, READING + 100);
  };
  // the pointer on its way to the tabs; not each time, or it would be in the way
  const away = ({ clientY }) => {
    if (clientY > 0 || !model.get("asks") || performance.now() - offered < PAUSE) return;
    offered = performance.now();
    leave();
  };
  const ask = (event) => {
    if (!model.get("asks")) return;
    leave();
    event.preventDefault();
  };
  const mark = () => title(Boolean(document.querySelector(".ck-reminder[data-loud]")));
  const marking = setInterval(mark, EVERY);
  model.on("change", show);
  document.documentElement.addEventListener("mouseleave", away);
  window.addEventListener("beforeunload", ask);
  show();
  el.append(box);
  return () => {
    clearInterval(marking);
    document.documentElement.removeEventListener("mouseleave", away);
    window.removeEventListener("beforeunload", ask);
    box.remove();
    mark();
  };
}
export default { render };
