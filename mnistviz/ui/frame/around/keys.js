// The keys of the presentation; P begins it. None of them counts while somebody types, with a
// modifier, or where a control has answered it itself.
const TYPING = `${FIELD}, select, [contenteditable], [role="combobox"]`;

const MOVES_BY_ARROWS = ["radiogroup", "menu", "tablist", "toolbar", "listbox", "grid"]
  .map((role) => `[role="${role}"]`)
  .join(", ");

const PLAIN = `h1, a, button, summary, body, ${MAIN}`;

// What has opened above the page takes Escape first.
const ABOVE = '[role="dialog"], [role="menu"], [role="listbox"], [data-testid="stPopoverBody"]';

const usesArrows = (element) => !element.matches(PLAIN) || closest(element, MOVES_BY_ARROWS);

const isAbove = () =>
  document.querySelector(ABOVE) !== null ||
  [...roots()].some((root) => root.querySelector("dialog[open], :popover-open"));

const fillScreen = () =>
  document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen?.();

function connectKeys(set) {
  const byKey = {
    n: () => goToPage(1),
    pagedown: () => goToPage(1),
    b: () => goToPage(-1),
    pageup: () => goToPage(-1),
    q: () => showQuestion(!isAsking()),
    f: fillScreen,
    p: () => set(false),
  };

  // It is asked on the way down, while what is above the page is still there.
  const onEscape = (event) => {
    if (event.key === "Escape" && isPresenting() && !isAbove()) set(false);
  };

  const onKey = (event) => {
    const element = event.composedPath()[0];
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (modified || event.defaultPrevented || !element.matches || element.matches(TYPING)) return;
    const key = event.key.toLowerCase();
    const step = { arrowright: 1, arrowleft: -1 }[key];
    let done;
    if (!isPresenting()) done = key === "p" && (() => set(true));
    else if (step) done = !usesArrows(element) && (() => goToDigit(step));
    else done = byKey[key];
    // A page goes by a press, not by a key that is held.
    if (!done || isAbove() || (event.repeat && !step)) return;
    event.preventDefault();
    done();
  };

  document.addEventListener("keydown", onEscape, true);
  document.addEventListener("keydown", onKey);
}
