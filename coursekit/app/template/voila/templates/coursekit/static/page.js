const PATIENCE = 20_000; // milliseconds
const EVERY = 5_000;

// A page opened with ?token= has no cookie to shut its kernel down with; the server culls it.
navigator.sendBeacon = () => true;

// Screen readers jump to it.
addEventListener("DOMContentLoaded", () => {
  document.getElementById("rendered_cells")?.setAttribute("role", "main");
});

// Says in words when the page's Python is gone, at its start or later; a spinner would turn for ever.
setTimeout(() => {
  const text = document.getElementById("loading_text");
  if (!text) return;
  text.setAttribute("role", "alert");
  text.textContent = "Python has not started. Reload the page; the terminal says why.";
  document.querySelector(".spinner-container")?.remove();
}, PATIENCE);

/** What is wrong with the page's Python, or nothing; asks the server, which costs Python no work. */
async function trouble(config) {
  const address = `${config.baseUrl}api/kernels/${config.kernelId}${location.search}`;
  const answer = await fetch(address).catch(() => null);
  if (!answer) return "The server of this page has ended. Start it again: coursekit app.";
  const { execution_state: state } = answer.ok ? await answer.json() : { execution_state: "dead" };
  return state === "dead" ? "Python has ended. Reload the page to begin anew." : "";
}

setInterval(async () => {
  const config = document.getElementById("jupyter-config-data");
  if (!config) return;
  const words = await trouble(JSON.parse(config.textContent));
  const line = document.getElementById("ck-trouble") ?? document.createElement("p");
  line.id = "ck-trouble";
  line.setAttribute("role", "alert");
  line.hidden = !words;
  if (line.textContent !== words) line.textContent = words;
  if (!line.isConnected) document.body.prepend(line);
}, EVERY);

// Voila lets go of the page's Python as the browser asks whether the page is left, before the answer: whoever
// stayed had a dead page. So where a banner wants that question, Voila hears of it only once the page is left. This is
// the first listener, since the script stands in the head.
const leaves = () => window.dispatchEvent(new Event("beforeunload"));
window.addEventListener("beforeunload", (event) => {
  if (!event.isTrusted || !document.querySelector('.ck-reminder[data-asks="yes"]')) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  document.dispatchEvent(new CustomEvent("ck-leaving")); // to the banners of all panels
  window.addEventListener("pagehide", leaves, { once: true });
});
