const PIECE = 4 * 2 ** 20;

async function send(model, file) {
  const about = { name: file.name, size: file.size };
  if (file.size > model.get("limit")) {
    model.send(about);
    return;
  }
  const bytes = await file.arrayBuffer();
  for (let at = 0; at === 0 || at < bytes.byteLength; at += PIECE) {
    model.send({ ...about, at }, undefined, [bytes.slice(at, at + PIECE)]);
  }
}

function render({ model, el }) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "file", accept: "image/*" });
  label.className = "ck-chooser";
  label.append(model.get("label"), input);
  input.addEventListener("change", () => {
    if (input.files[0]) send(model, input.files[0]);
  });
  // Emptied first, or the same file, chosen again, would fire no change.
  input.addEventListener("click", () => (input.value = ""));
  model.on("msg:custom", (message) => {
    if (message.clear) input.value = "";
  });
  el.append(label);
}
export default { render };
