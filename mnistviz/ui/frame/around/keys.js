// The keys of the presentation; P begins it. None of them counts while somebody types, with a
// modifier, or where a control has answered it itself. Letters can be switched off: who speaks to
// the computer, or touches keys by chance, presses them without wanting to.
const TYPING = `${FIELD}, select, [contenteditable], [role="combobox"]`;

const MOVES_BY_ARROWS = ["radiogroup", "menu", "tablist", "toolbar", "listbox", "grid"]
  .map((role) => `[role="${role}"]`)
  .join(", ");

const PLAIN = `h1, h2, h3, a, button, summary, body, ${MAIN}`;

// What has opened above the page takes Escape first.
const ABOVE = '[role="dialog"], [role="menu"], [role="listbox"], [data-testid="stPopoverBody"]';

const usesArrows = (element) => !element.matches(PLAIN) || closest(element, MOVES_BY_ARROWS);

const isAbove = (inComponents = "dialog[open]") =>
  document.querySelector(ABOVE) !== null ||
  [...roots()].some((root) => root.querySelector(inComponents));

const LETTERS = "mnistviz-letters";

// A browser may forbid to store anything: then it is kept as long as the page is.
let letters = null;

function lettersCount() {
  if (letters !== null) return letters;
  try {
    letters = localStorage.getItem(LETTERS) !== "off";
  } catch {
    letters = true;
  }
  return letters;
}

function setLetters(on) {
  letters = on;
  try {
    if (on) localStorage.removeItem(LETTERS);
    else localStorage.setItem(LETTERS, "off");
  } catch {
    // It is not kept.
  }
}

const fillScreen = () =>
  document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen?.();

// The box that switches them off, and what is told of the keys; `name` names the button.
function connectLetters(root, name) {
  const box = root.querySelector(".letters input");
  const show = () => {
    root.querySelector(".keys").hidden = !lettersCount();
    root.querySelector(".keys-without").hidden = lettersCount();
    name();
  };
  box.checked = lettersCount();
  box.onchange = () => {
    setLetters(box.checked);
    show();
  };
  show();
}

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

  // It is asked on the way down, while what is above the page is still there. What a term means is
  // above it too, but it is in the way of no other key.
  const onEscape = (event) => {
    if (event.key !== "Escape" || !isPresenting()) return;
    if (!isAbove("dialog[open], :popover-open")) set(false);
  };

  const onKey = (event) => {
    const element = event.composedPath()[0];
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (modified || event.defaultPrevented || !element.matches || element.matches(TYPING)) return;
    const key = event.key.toLowerCase();
    if (key.length === 1 && !lettersCount()) return;
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
