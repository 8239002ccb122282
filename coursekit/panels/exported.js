/* In an exported page: the panel's text, until its widgets are drawn, which needs another host. */
((text, model) => {
  const views = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]');
  const view = [...views].findLast((it) => it.textContent.includes(model));
  if (!view || document.getElementById("jupyter-config-data")) return; // a page that Jupyter serves
  const place = view.parentElement;
  const lines = Object.assign(document.createElement("pre"), { textContent: text });
  lines.style.cssText = "white-space: pre-wrap; overflow-wrap: anywhere; word-break: normal; font-family: monospace";
  place.append(lines);
  const drawn = new MutationObserver(() => {
    if (!place.querySelector(".ck-panel")) return;
    lines.remove();
    drawn.disconnect();
  });
  drawn.observe(place, { childList: true, subtree: true });
})
