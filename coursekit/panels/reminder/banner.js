const STILL = "⏻ Still on: ";
const SOON = { stop: "⏻ Stops soon: ", run: "⏻ Acts soon: ", rehearse: "⏻ Rehearsal: " };
const MARKS = [...Object.values(SOON), STILL];
const EVERY = 1_000; // milliseconds; JupyterLab writes the title anew at each change of tabs
const READING = 15_000; // the words for leaving stay so long
const SIGNS = ["keydown", "pointerdown"];
const ANSWERED = 3_000; // in which the watchdog sees a sign of life
const PAUSE = 15 * 60_000; // between two of them
const BUTTONS = {
  still: [["here", "I am still here"], ["later", "Remind me in 30 min"], ["shut down", "I have shut it down"]],
  list: [["here", "It still runs"]],
  lost: [["here", "I have read it"], ["later", "Remind me in 30 min"]],
  sign: [["here", "I am still here"]],
  off: [["off", "Switch it off"]],
  nothing: [],
};
const NAMES = {
  still: "The machine is still on",
  lost: "The machine is not guarded any more",
  stop: "The machine is about to be stopped",
  run: "The watchdog is about to run its command",
  rehearse: "The watchdog only rehearses",
};

/** Which buttons there are: of a countdown, what helps against it. */
function offered(model) {
  const alarm = model.get("alarm");
  if (alarm === "countdown") return model.get("helps") || "nothing";
  return alarm || (model.get("stage") === "list" ? "list" : "still");
}

/** What the banner is about: of a countdown, what is about to be done. */
function about(model) {
  const alarm = model.get("alarm");
  return alarm === "countdown" ? model.get("deed") : alarm || "still";
}

/** Marks the tab's title while a banner wants that; that it stops soon comes first. */
function mark() {
  const wanted = MARKS.find((it) => document.querySelector(`.ck-reminder[data-mark="${it}"]`)) ?? "";
  const before = MARKS.find((it) => document.title.startsWith(it)) ?? "";
  if (wanted !== before) document.title = wanted + document.title.slice(before.length);
}

/** Only where the browser allows them already; panels in one page have one notice together. */
function notice(model, text) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const title = `coursekit: ${NAMES[about(model)].replace("The", "the")}`;
  new Notification(title, { body: text, tag: `coursekit-${model.get("alarm") || "reminder"}` });
}

function button(model, word, label) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: label });
  made.className = "jupyter-button";
  made.addEventListener("click", () => model.send({ pressed: word }));
  return made;
}

/** The parts of a banner. The line with the role stays, so that its new words are read aloud. */
function built(ends) {
  const box = document.createElement("div"); // no landmark: each panel has one
  const words = document.createElement("p");
  const list = document.createElement("ul");
  const buttons = document.createElement("div");
  const { line, stop } = counting(ends);
  box.className = "ck-reminder";
  box.setAttribute("role", "group");
  words.setAttribute("role", "status");
  buttons.className = "ck-reminder-buttons";
  box.append(words, line, list, buttons);
  return { box, words, list, buttons, stop };
}

/** A check list: each with a box to tick. */
function items(texts) {
  return texts.map((text) => {
    const item = document.createElement("li");
    const label = document.createElement("label");
    label.append(Object.assign(document.createElement("input"), { type: "checkbox" }), ` ${text}`);
    item.append(label);
    return item;
  });
}

/** What is most important: of the watchdog first, then of the idle time, then before leaving. */
function wording(model, leaving) {
  if (model.get("alarm")) return model.get("warning");
  if (["banner", "loud", "list"].includes(model.get("stage"))) return model.get("said");
  return leaving ? model.get("leave") : "";
}

function render({ model, el }, ends) {
  const { box, words, list, buttons, stop } = built(ends);
  let leaving = 0; // until when the words for leaving are shown
  let reminded = -Infinity;
  let told = -Infinity; // when a sign of life was sent
  let last = "";
  let still; // what may still cost; it stays, with its ticks
  let shown; // which buttons; they stay while they are the same, or the focus would be lost
  const show = () => {
    const alarm = model.get("alarm");
    const stage = alarm || model.get("stage");
    const said = wording(model, Date.now() < leaving);
    box.hidden = !said;
    box.dataset.mark = alarm === "countdown" ? SOON[model.get("deed")] : alarm || stage === "loud" ? STILL : "";
    box.dataset.asks = model.get("asks") ? "yes" : "";
    box.setAttribute("aria-label", NAMES[about(model)]);
    if (words.textContent !== said) words.textContent = said;
    list.hidden = stage !== "list";
    if (still !== model.get("still")) list.replaceChildren(...items(model.get("still")));
    still = model.get("still");
    const wanted = offered(model);
    if (shown !== wanted) buttons.replaceChildren(...BUTTONS[wanted].map((it) => button(model, ...it)));
    shown = wanted;
    buttons.hidden = !buttons.hasChildNodes();
    if (stage !== last && (alarm || stage === "loud")) notice(model, said);
    last = stage;
  };
  const leave = () => {
    leaving = Date.now() + READING;
    show();
    setTimeout(show, READING + 100);
  };
  // the pointer on its way to the tabs; not each time, or it would be in the way
  const away = ({ clientY }) => {
    if (clientY > 0 || !model.get("asks") || performance.now() - reminded < PAUSE) return;
    reminded = performance.now();
    leave();
  };
  // in the app the page asks, before Voila hears of it: see its page.js
  const ask = (event) => {
    if (!event.isTrusted || !model.get("asks")) return;
    leave();
    event.preventDefault();
  };
  // keys typed and clicks made anywhere on the page put a countdown off that a sign of life puts off
  const active = () => {
    if (offered(model) !== "sign" || performance.now() - told < ANSWERED) return;
    told = performance.now();
    model.send({ pressed: "here" });
  };
  const marking = setInterval(mark, EVERY);
  model.on("change", show);
  document.documentElement.addEventListener("mouseleave", away);
  document.addEventListener("ck-leaving", leave);
  window.addEventListener("beforeunload", ask);
  for (const it of SIGNS) document.addEventListener(it, active, { capture: true, passive: true });
  show();
  el.append(box);
  return () => {
    clearInterval(marking);
    stop();
    document.documentElement.removeEventListener("mouseleave", away);
    document.removeEventListener("ck-leaving", leave);
    window.removeEventListener("beforeunload", ask);
    for (const it of SIGNS) document.removeEventListener(it, active, { capture: true });
    box.remove();
    mark();
  };
}
export default () => {
  let ends;
  return {
    initialize({ model }) {
      ends = ending(model);
    },
    render: (shown) => render(shown, ends),
  };
};
