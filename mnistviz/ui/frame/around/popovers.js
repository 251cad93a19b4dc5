// What a button opens above the page lies at the end of the document. By keyboard it is walked
// through as if it stood behind its button: into it when it opens, out of it at either end.
const OPENS = '[data-testid="stPopoverButton"]';

const OPENED = '[data-testid="stPopoverBody"]';

function connectPopovers(onChange) {
  let owner = null;
  let enters = false;

  const body = () => (owner?.isConnected ? document.querySelector(OPENED) : null);
  const isOpen = () => owner?.getAttribute("aria-expanded") === "true";

  // Once it was left, Streamlit has taken its controls out of the order, and marked them.
  const firstOf = (opened) => {
    const out = [...opened.querySelectorAll("[data-tabindex]")];
    return controls(opened)[0] ?? out.find((one) => !one.matches(BESIDE)) ?? out[0];
  };

  const enter = () => {
    const first = body() && firstOf(body());
    if (!first) return false;
    focus(first);
    return inFocus() === first;
  };

  // To what follows the button; closed, as it would lie over that.
  const leave = () => {
    const all = reachable(document.body).filter((element) => !closest(element, OPENED));
    const next = all[all.indexOf(owner) + 1] ?? owner;
    owner.click();
    focus(next);
    // Streamlit gives the focus back to the button of what has closed.
    requestAnimationFrame(() => requestAnimationFrame(() => inFocus() === owner && focus(next)));
  };

  const onClick = (event) => {
    const button = event.composedPath().find((node) => node.matches?.(OPENS));
    if (!button) return;
    owner = button;
    // Without a click of a pointer: by the keyboard, or by a screen reader.
    enters = event.detail === 0 && button.getAttribute("aria-expanded") !== "true";
  };

  const onKey = (event) => {
    if (event.key !== "Tab" || !isOpen() || !body()) return;
    const all = reachable(body());
    const at = event.composedPath()[0];
    let done = true;
    if (event.shiftKey && at === all[0]) focus(owner);
    else if (!event.shiftKey && at === all.at(-1)) leave();
    else if (!event.shiftKey && at === owner) enter();
    else done = false;
    if (done) event.preventDefault();
  };

  onChange(() => {
    if (enters && isOpen() && enter()) enters = false;
  });
  document.addEventListener("click", onClick, true);
  document.addEventListener("keydown", onKey, true);
}
