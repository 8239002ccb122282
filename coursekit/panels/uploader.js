const PIECE = 4 * 2 ** 20; // bytes; JupyterLab drops messages over 10 MiB
const SMALL = 2 ** 19; // bytes; not worth making smaller
const QUALITY = 0.9;
const PATIENCE = 300; // milliseconds
const TEXT = "textarea, [contenteditable], .cm-editor, " +
  "input:not([type=file], [type=checkbox], [type=radio], [type=button], [type=range])";

// What the browser draws by itself, told by a file's first bytes: never a drawing with scripts.
const STARTS = {
  "image/jpeg": /^\xff\xd8\xff/,
  "image/png": /^\x89PNG\r\n\x1a\n/,
  "image/webp": /^RIFF[^]{4}WEBP/,
  "image/avif": /^[^]{4}ftypavi[fs]/,
  "image/bmp": /^BM/,
};

async function kindOf(file) {
  const start = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...start);
  return Object.keys(STARTS).find((kind) => STARTS[kind].test(text));
}

/** The picture with no side over `most` pixels, upright, on white; what is small stays as it is. */
async function smaller(file, most) {
  const kind = most && file.size > SMALL && (await kindOf(file));
  if (!kind) return file;
  const how = { imageOrientation: "from-image", colorSpaceConversion: "none" };
  const image = await createImageBitmap(file.slice(0, file.size, kind), how).catch(() => null);
  if (!image) return file;
  const by = most / Math.max(image.width, image.height);
  const jpeg = by < 1 ? await drawn(image, by) : null;
  image.close();
  return jpeg ?? file;
}

async function drawn(image, by) {
  const side = (length) => Math.max(1, Math.round(length * by));
  const canvas = new OffscreenCanvas(side(image.width), side(image.height));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY }).catch(() => null);
}

/** Sends files one after the other; each piece waits until Python has taken the one before. */
class Outbox {
  constructor(model, show) {
    Object.assign(this, { model, show, choices: [], queue: [], running: false });
  }

  /** Takes what was chosen together; what is chosen meanwhile comes after it, counted anew. */
  async add(files) {
    this.choices.push(files);
    if (this.running) return;
    this.running = true;
    while (this.choices.length) await this.all(this.choices.shift());
    this.running = false;
  }

  async all(files) {
    const unread = [];
    Object.assign(this, { queue: [...files], index: 0, count: files.length, last: "" });
    while (this.queue.length) {
      const next = this.queue.shift();
      this.index += 1;
      await this.one(next).catch(() => unread.push(next.name));
    }
    this.model.send({ finished: this.index });
    this.show(unread.length ? `Your browser could not read ${unread.join(", ")}.` : this.last);
  }

  async one({ name, file }) {
    const id = (this.id = `${Date.now()} ${Math.random()}`);
    const { index, count } = this;
    const tell = (share) => {
      const words = this.count > 1 ? `${index} of ${this.count}: ${name}` : name;
      this.show(`Sending ${words}`, (index - 1 + share) / this.count);
    };
    tell(0);
    const data = await smaller(file, this.model.get("scale"));
    const about = { id, name, size: data.size, index, count };
    if (data.size > this.model.get("limit")) return this.ask(about, []);
    for (let at = 0; this.id === id && (at === 0 || at < data.size); at += PIECE) {
      const bytes = await data.slice(at, at + PIECE).arrayBuffer();
      if (this.id !== id || !(await this.ask({ ...about, count: this.count, at }, [bytes]))) return;
      tell((at + bytes.byteLength) / (data.size || 1));
    }
  }

  /** Whether Python has taken it. */
  ask(content, buffers) {
    return new Promise((resolve) => {
      this.answered = ({ id, taken }) => id === content.id && resolve(taken);
      this.model.send(content, undefined, buffers);
    });
  }

  /** Forgets what waits; what is half sent is dropped at the other end, too. */
  stop(last) {
    if (!this.running) return;
    Object.assign(this, { choices: [], queue: [], last });
    this.model.send({ drop: this.id });
    this.answered?.({ id: this.id, taken: false });
    this.id = null;
  }
}

const plain = (file) => ({ name: file.webkitRelativePath || file.name, file });

/** The files of what was dropped, those in folders too; must be called before any await. */
function dropped(transfer, folders) {
  const items = [...(transfer?.items ?? [])].filter((item) => item.kind === "file");
  const found = items.map((item) => [item.webkitGetAsEntry?.(), item.getAsFile()]);
  if (!folders && found.some(([entry]) => entry?.isDirectory)) return null;
  return Promise.all(
    found.map(([entry, file]) => (entry?.isDirectory ? inside(entry) : file ? [plain(file)] : [])),
  ).then((lists) => lists.flat());
}

async function inside(folder) {
  const reader = folder.createReader();
  const entries = [];
  for (let some; (some = await read(reader)).length; ) entries.push(...some); // 100 at a time
  const seen = entries.filter(({ name }) => !name.startsWith("."));
  seen.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const lists = [];
  for (const it of seen) lists.push(it.isDirectory ? await inside(it) : [await fileOf(it)]);
  return lists.flat();
}

const read = (reader) => new Promise((done, failed) => reader.readEntries(done, failed));

async function fileOf(entry) {
  const file = await new Promise((done, failed) => entry.file(done, failed));
  return { name: entry.fullPath.replace(/^\//, ""), file };
}

function element(tag, traits = {}, ...children) {
  const made = Object.assign(document.createElement(tag), traits);
  made.append(...children);
  return made;
}

/** A button that is a real file input, so that a keyboard and a screen reader know it. */
function button(words, traits, take) {
  const input = element("input", { type: "file", ...traits });
  input.addEventListener("change", () => {
    const files = [...input.files].map(plain);
    input.value = ""; // or the same file, chosen again, would fire no change
    take(files);
  });
  return element("label", { className: "ck-choose" }, element("span", { textContent: words }), input);
}

/** Whether a paste is meant for this place: something here has the focus, or nothing that takes text. */
function meant(zone) {
  const focused = document.activeElement;
  const panel = focused?.closest(".ck-panel");
  if (zone.contains(focused)) return true;
  if (focused?.closest(TEXT)) return false;
  if (!panel && focused?.closest(".jp-NotebookPanel")) return false; // Jupyter pastes cells there
  const all = [...document.querySelectorAll(".ck-uploader")];
  const here = panel?.querySelector(".ck-uploader") ? all.filter((it) => panel.contains(it)) : all;
  return here.at(-1) === zone;
}

/** The buttons: one for files, and one for a folder where those are taken. */
function buttons(model, take) {
  const files = { multiple: model.get("many"), accept: model.get("accept") };
  const made = [button(model.get("label"), files, take)];
  if (model.get("folders")) made.push(button("Choose a folder", { webkitdirectory: true }, take));
  return made;
}

/** How far the sending is: words that are read aloud, a bar, Cancel. */
function progressLine() {
  const said = element("span", { className: "ck-sent" });
  said.setAttribute("role", "status");
  const bar = element("progress", { max: 1, hidden: true, ariaLabel: "Sent so far" });
  const cancel = element("button", { type: "button", textContent: "Cancel", hidden: true });
  cancel.className = "jupyter-button";
  return { line: element("div", { className: "ck-sending" }, said, bar, cancel), said, bar, cancel };
}

/** Gives `show(words, share)`; without a share, from 0 to 1, nothing is being sent. */
function shower({ said, bar, cancel }) {
  let latest, timer;
  const draw = () => {
    clearTimeout(timer);
    timer = undefined;
    const [words, share] = latest;
    if (said.textContent !== words) said.textContent = words;
    bar.hidden = cancel.hidden = share === undefined;
    bar.value = share ?? 0;
  };
  // What is sent at once is not announced, or the page would jump for each small picture.
  return (...what) => {
    latest = what;
    if (what[1] === undefined || !bar.hidden) draw();
    else timer ??= setTimeout(draw, PATIENCE);
  };
}

/** Gives `take(files)`, which sends them, or the first where only one may be taken. */
function taker(many, outbox, show, said) {
  return (files) => {
    if (!files) return show("A folder can't be taken here. Drop the files that are in it.");
    if (!files.length) return;
    outbox.add(many ? files : files.slice(0, 1));
    if (!many && files.length > 1) said.textContent = "One at a time: the first was taken.";
  };
}

/** The line that asks for files; it says when they can be let go. */
function invitation(many, folders) {
  const idle = `or drop ${many ? "files" : "one"}${folders ? " or folders" : ""} here, or paste a picture`;
  const line = element("span", { className: "ck-invite", textContent: idle });
  const invite = (over) => (line.textContent = over ? "Let go, and it is taken" : idle);
  return { line, invite };
}

const carries = (event) => event.dataTransfer?.types.includes("Files");

function takeDrops(zone, folders, invite, take) {
  const over = (is) => {
    zone.classList.toggle("ck-over", is);
    invite(is);
  };
  zone.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over(true);
  });
  zone.addEventListener("dragleave", (event) => zone.contains(event.relatedTarget) || over(false));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    over(false);
    const files = dropped(event.dataTransfer, folders);
    take(files && (await files.catch(() => [])));
  });
}

const pasted = (file) => ({ name: file.name === "image.png" ? "Pasted picture" : file.name, file });

/** Listens until the function that it gives back is called. */
function takePastes(zone, take) {
  const paste = (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (event.defaultPrevented || !files.length || !meant(zone)) return;
    event.preventDefault();
    take(files.map(pasted));
  };
  document.addEventListener("paste", paste);
  return () => document.removeEventListener("paste", paste);
}

/** A file that misses the place would be opened instead of this page. */
function holdStrays() {
  const hold = (event) => carries(event) && event.preventDefault();
  for (const kind of ["dragover", "drop"]) addEventListener(kind, hold);
  return () => {
    for (const kind of ["dragover", "drop"]) removeEventListener(kind, hold);
  };
}

/** What Python says: that a piece was taken, or that all is to be emptied. */
function hear(model, outbox, show) {
  model.on("msg:custom", (message) => {
    if (!message.clear) return outbox.answered?.(message);
    outbox.stop("");
    show("");
  });
}

function render({ model, el }) {
  const many = model.get("many");
  const folders = model.get("folders");
  const progress = progressLine();
  const show = shower(progress);
  const outbox = new Outbox(model, show);
  const take = taker(many, outbox, show, progress.said);
  const { line, invite } = invitation(many, folders);
  const limit = element("span", { className: "ck-limit", textContent: model.get("limit_words") });
  const parts = [...buttons(model, take), line, limit, progress.line];
  const zone = element("div", { className: "ck-uploader", tabIndex: -1 }, ...parts);
  zone.dataset.lmSuppressShortcuts = "true"; // or JupyterLab would paste cells here
  progress.cancel.addEventListener("click", () => outbox.stop("Cancelled."));
  takeDrops(zone, folders, invite, take);
  hear(model, outbox, show);
  el.append(zone);
  const ends = [() => outbox.stop(""), takePastes(zone, take), holdStrays()];
  return () => ends.forEach((end) => end());
}
export default { render };
