const KEY = "coursekit-visitor";

/** This browser's own word; where nothing may be kept, a word for this page alone. */
function visitor() {
  const fresh = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  try {
    const known = localStorage.getItem(KEY);
    if (!known) localStorage.setItem(KEY, fresh);
    return known ?? fresh;
  } catch {
    return fresh;
  }
}

function save(name, bytes) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function noticeBox(model) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  const label = document.createElement("label");
  const said = document.createElement("span");
  label.className = "ck-notice";
  label.append(box, " Tell me when it ends, if I look elsewhere ", said);
  box.checked = model.get("wanted");
  box.addEventListener("change", async () => {
    said.textContent = "";
    if (box.checked && (await Notification.requestPermission()) !== "granted") {
      box.checked = false;
      said.textContent = "Your browser does not allow notices from this page.";
    }
    model.set("wanted", box.checked);
    model.save_changes();
  });
  model.on("change:wanted", () => (box.checked = model.get("wanted")));
  return label;
}

/** Once for each panel, in however many places it is shown. */
function initialize({ model }) {
  model.on("change:ended", () => {
    const text = model.get("ended");
    if (text && model.get("wanted") && document.hidden) new Notification("coursekit", { body: text });
  });
  model.on("msg:custom", (message, buffers) => {
    if (message.save) save(message.save, buffers[0]);
  });
}

function render({ model, el }) {
  if (model.get("notices") && "Notification" in window) el.append(noticeBox(model));
  model.send({ visitor: visitor() });
}
export default { initialize, render };
