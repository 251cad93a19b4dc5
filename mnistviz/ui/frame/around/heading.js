// Where the keyboard begins: at the heading of the page, so that the page's own controls come next
// and what is around them, by Shift+Tab, before. It is a place, not a control: it draws its ring for
// who has come to it by keys.
const HEADING = '[data-testid="stMain"] h1';

// Embedded in a page of somebody else's, it must not take the focus away from there.
const isGuest = () => window.self !== window.top && !document.hasFocus();

function connectHeading(onChange) {
  let wanted = null;
  let told = null;
  let wayAt = 0;
  let movedAt = 0;

  const takeWay = () => {
    wayAt = performance.now();
    // A page that is left before it has come has told nothing: back on the one before it, nothing new
    // is told either.
    if ("waits" in document.documentElement.dataset) wanted = told;
  };
  const isWay = (event) => event.composedPath().some((node) => node.matches?.("a[href]"));
  document.addEventListener("click", (event) => isWay(event) && takeWay(), true);
  addEventListener("popstate", takeWay);
  const move = () => (movedAt = performance.now());
  document.addEventListener("pointerdown", move, true);
  document.addEventListener("keydown", (event) => event.key === "Tab" && move(), true);

  const look = () => {
    // What is hidden takes no focus; see `first_paint.js`.
    const { dataset } = document.documentElement;
    if (!wanted || "comes" in dataset || "waits" in dataset) return;
    const heading = document.querySelector(HEADING);
    if (heading?.textContent.trim() !== wanted.title) return;
    const { first } = wanted;
    wanted = null;
    const holds = first ? inFocus() : inFocus() && movedAt > wayAt;
    if (holds || (first && isGuest())) return;
    focusHeading(heading);
  };

  onChange(look);
  document.addEventListener("mnistviz:shown", look);
  return (title, first) => {
    told = { title, first: false };
    wanted = { title, first };
    look();
  };
}

// What opens can have it anyway, and shows it by itself.
function focusHeading(heading) {
  if (!heading.matches("summary")) heading.tabIndex = -1;
  heading.toggleAttribute("data-ring", hand.typed);
  focus(heading);
}

const toHeading = () => {
  const heading = document.querySelector(HEADING);
  if (heading) focusHeading(heading);
};
