// A browser takes the focus from a control that is disabled, and the next Tab begins at the top of
// the page. Here its row gets the focus, and the control again once it is usable.
function keepFocus(panel) {
  let left = null;
  panel.addEventListener("focusin", (event) => {
    if (!event.target.dataset.ckKeeps) left = event.target;
  });
  panel.addEventListener("focusout", (event) => {
    if (!event.target.disabled && !event.target.dataset.ckKeeps) left = null; // somebody went away
  });
  const mend = () => {
    if (!left) return;
    const row = left.closest(".ck-row") ?? panel;
    const focused = document.activeElement;
    if (left.disabled && [left, document.body, null].includes(focused)) {
      row.dataset.ckKeeps = "yes";
      row.tabIndex = -1;
      row.focus({ preventScroll: true });
    } else if (!left.disabled && focused === row) {
      left.focus({ preventScroll: true });
    }
  };
  new MutationObserver(mend).observe(panel, { subtree: true, attributeFilter: ["disabled"] });
}

function render({ el }) {
  el.hidden = true;
  const begin = () => {
    if (el.isConnected) keepFocus(el.closest(".ck-panel"));
    else requestAnimationFrame(begin); // its panel is not in the page yet
  };
  begin();
}
export default { render };
