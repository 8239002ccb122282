// Words only ever become text, never markup. What travels here is the photo that is shown, no other.
const TICK = 500; // milliseconds

function element(tag, traits = {}, ...children) {
  const made = Object.assign(document.createElement(tag), traits);
  made.append(...children);
  return made;
}

const button = (textContent, act, traits = {}) => {
  const made = element("button", { type: "button", textContent, ...traits });
  made.addEventListener("click", act);
  return made;
};

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

const plain = (text) => text.toLowerCase().replaceAll(/[_\s-]+/g, " ").trim();

/** The places of the labels that what was typed can mean: a number, or part of a name. */
function meant(typed, labels) {
  const text = plain(typed);
  const places = labels.map((_, at) => at);
  if (/^\d+$/.test(text)) return places.filter((at) => at === Number(text) - 1);
  const exact = places.filter((at) => plain(labels[at]) === text);
  if (exact.length) return exact;
  const begin = places.filter((at) => plain(labels[at]).startsWith(text));
  return text && begin.length === 1 ? begin : places.filter((at) => plain(labels[at]).includes(text));
}

/** A label that may be broken after each `_`. */
const breakable = (label) => element("span", {}, ...label.split(/(?<=_)/).flatMap((part, at) => (at ? [element("wbr"), part] : [part])));

/** The labels as buttons, and a field to find one in where they are many. */
function choicesOf(shown, take) {
  const labels = shown.choices.map((it) => it.label);
  const buttons = shown.choices.map(({ key, label }, at) => {
    const made = button("", () => take(at), { className: "ck-label" });
    made.append(element("kbd", { textContent: key || at + 1 }), breakable(label));
    return made;
  });
  const list = element("div", { role: "group", className: "ck-labels-of-all", ariaLabel: "Labels" }, ...buttons);
  if (!shown.typed) return { buttons, parts: [list] };
  const found = element("span", { className: "ck-found", role: "status" });
  const field = element("input", { type: "text", autocomplete: "off", spellcheck: false, ariaLabel: "Number or name of the label, then Enter" });
  field.placeholder = "number or name, then Enter";
  const look = () => {
    const places = new Set(meant(field.value, labels));
    buttons.forEach((it, at) => (it.hidden = !places.has(at)));
    found.textContent = field.value ? `${places.size === 1 ? "1 label" : `${places.size} labels`} found` : "";
    return [...places];
  };
  field.addEventListener("input", look);
  const enter = () => {
    const places = look();
    if (places.length === 1) take(places[0]);
  };
  const clear = () => {
    field.value = "";
    look();
  };
  return { buttons, field, enter, clear, parts: [element("div", { className: "ck-find" }, field, found), list] };
}

/** Keys that do what buttons do. */
function keys(group, now) {
  group.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const { shown, choices, undo, pause } = now();
    const types = target.matches("input");
    const choice = !types && shown.choices.findIndex((it) => it.key === key);
    if (key === "Escape" || (!types && key.toLowerCase() === "p")) pause.click();
    else if (key === "Backspace" && !(types && target.value)) undo.click();
    else if (types && key === "Enter") choices.enter();
    else if (choices && !types && choice >= 0) choices.buttons[choice].click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function render({ model, el }) {
  let choices = null, drawn = "", url = "", before = "", number = 0, seen = 0, came = performance.now();
  const send = (what, value) => model.send({ do: what, value, number: model.get("shown").number });
  const undo = button("Undo", () => send("undo"));
  const pause = button("Pause", () => send("turn"));
  const where = element("span"), time = element("span", { className: "ck-clock" });
  const note = element("p", { className: "ck-hint" });
  const photo = element("div", { className: "ck-photo" });
  const area = element("div", { className: "ck-choices-of-photo" });
  const says = element("p", { className: "ck-unseen", role: "status" });
  const row = element("div", { className: "ck-row" }, pause, undo, element("span", { className: "ck-hint ck-keys" }));
  const play = element("div", {}, element("p", { className: "ck-where" }, where, " · ", time), note, photo, element("p", { className: "ck-asks", textContent: "What does it show?" }), area, row);
  const end = element("div", { className: "ck-end", tabIndex: -1 });
  const group = element("div", { role: "group", className: "ck-exercise ck-played", tabIndex: -1 }, play, end, says);
  group.ariaLabel = "Game";
  group.dataset.lmSuppressShortcuts = "true"; // or digits and P would be JupyterLab's

  const see = (bytes) => {
    URL.revokeObjectURL(url);
    url = bytes ? URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" })) : "";
    if (!url) return;
    const image = element("img", { src: url, alt: `Photo ${seen} of ${model.get("shown").of}` });
    image.addEventListener("load", () => image.classList.toggle("ck-tiny", Math.max(image.naturalWidth, image.naturalHeight) < 100));
    photo.replaceChildren(image);
  };
  const tick = () => {
    const { stage, seconds } = model.get("shown");
    time.textContent = clock(seconds + (stage === "playing" ? (performance.now() - came) / 1000 : 0));
  };
  const showChoices = (shown) => {
    const now = JSON.stringify(shown.choices);
    if (now !== drawn) {
      // not before the photo is there: a key that is hit twice would label one unseen
      choices = choicesOf(shown, (at) => seen === number && send("answer", at));
      area.replaceChildren(...choices.parts);
      row.lastChild.textContent = shown.typed ? "Esc pauses, Backspace undoes." : "Keys: P pauses, Backspace undoes.";
    }
    drawn = now;
    const still = shown.stage !== "playing";
    choices.buttons.forEach((it) => (it.disabled = still));
    if (choices.field) choices.field.disabled = still;
  };
  /** Where somebody works by keys goes on, also when what they were at is gone. */
  const focus = (shown, had) => {
    const begins = shown.stage === "playing" && before !== "playing";
    const panel = group.closest(".ck-panel");
    const here = had || [document.body, null].includes(document.activeElement) || panel?.contains(document.activeElement);
    if (shown.stage === "over" && before === "playing" && here) end.focus();
    else if ((begins && here) || (had && !group.contains(document.activeElement))) (choices?.field && !choices.field.disabled ? choices.field : group).focus();
  };
  const show = () => {
    const shown = model.get("shown"), had = group.contains(document.activeElement);
    const playing = ["playing", "paused"].includes(shown.stage);
    came = performance.now();
    group.hidden = !playing && shown.stage !== "over";
    play.hidden = !playing;
    where.textContent = `Photo ${shown.number} of ${shown.of}`;
    note.textContent = shown.note;
    end.replaceChildren(...shown.lines.map((textContent) => element("p", { textContent })));
    if (playing) showChoices(shown);
    if (shown.number !== number) choices?.clear?.();
    number = shown.number;
    undo.disabled = !shown.undo || shown.stage !== "playing";
    pause.textContent = shown.stage === "paused" ? "Go on" : "Pause";
    if (shown.stage === "paused") photo.replaceChildren(element("p", { textContent: "Paused: the photo is hidden and the clock stands." }));
    says.textContent = shown.said;
    tick();
    focus(shown, had);
    before = shown.stage;
  };
  const hear = (message, buffers) => {
    seen = message.photo;
    see(seen ? buffers[0] : null);
  };
  keys(group, () => ({ shown: model.get("shown"), choices, undo, pause }));
  model.on("change:shown", show);
  model.on("msg:custom", hear);
  const ticking = setInterval(tick, TICK);
  show();
  el.append(group);
  untilAnswered(model, { ready: true });
  return () => {
    clearInterval(ticking);
    URL.revokeObjectURL(url);
    model.off("change:shown", show);
    model.off("msg:custom", hear);
  };
}
export default { render };
