// While what an expander shows is on its way, neither that nor what follows can have the focus (see
// `first_paint.js`): Tab would leave the page. It waits, and goes into what has opened.
const OPENING = "[data-opens]";

function connectOpening() {
  let from = null;

  const onKey = (event) => {
    const at = event.composedPath()[0];
    from = event.key === "Tab" && !event.shiftKey && closest(at, OPENING) ? at : null;
    if (from) event.preventDefault();
  };

  const go = () => {
    if (!from || closest(from, OPENING)) return;
    const all = reachable(document.body);
    if (inFocus() === from) all[all.indexOf(from) + 1]?.focus();
    from = null;
  };

  document.addEventListener("keydown", onKey, true);
  document.addEventListener("mnistviz:opened", go);
}
