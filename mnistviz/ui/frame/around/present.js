// The page as it is shown to a class: large, the stage alone, by keys or by a clicker. The state is
// the attribute `data-present` of the document, which the style goes by, and `present=1` in the
// link, by which `first_paint.js` sets the attribute before anything is drawn. The server has no
// part in it.
const PRESENT = "present";

const PAGE_LINKS = '.st-key-ways [data-testid="stPageLink-NavLink"]';

const NEXT_DIGIT = ":is(.st-key-digit_view, .st-key-digits_pixels)";

const isPresenting = () => PRESENT in document.documentElement.dataset;

// Streamlit leaves a key of the link that it does not know alone, but for a change of the page.
function writeLink() {
  const link = new URL(location.href);
  if (isPresenting() === (link.searchParams.get(PRESENT) === "1")) return;
  if (isPresenting()) link.searchParams.set(PRESENT, "1");
  else link.searchParams.delete(PRESENT);
  history.replaceState(history.state, "", link);
}

// The way to the page before or after: -1 or 1.
function goToPage(step) {
  const icon = step > 0 ? "arrow_forward" : "arrow_back";
  for (const link of document.querySelectorAll(PAGE_LINKS)) {
    // A lesson link hides the way itself; a page that is presented, all that it stands in.
    if (getComputedStyle(link).display === "none") continue;
    const name = link.querySelector('[data-testid="stIconMaterial"]')?.textContent;
    if (name === icon) return link.click();
  }
}

function goToDigit(step) {
  const host = document.querySelector(`${NEXT_DIGIT} ${COMPONENT}`);
  host?.shadowRoot?.querySelector(`.steps button[value="${step}"]`)?.click();
}

// A class is asked when it is time; until then, its questions are not in sight.
const ASKS = "asks";

function showQuestion(asks) {
  const { dataset } = document.documentElement;
  if (asks) dataset[ASKS] = "";
  else delete dataset[ASKS];
  const question = document.querySelector(`${MAIN} [class*="_question"]`);
  if (asks && question) question.scrollIntoView({ block: "end" });
  else document.querySelector(MAIN).scrollTop = 0;
}

const isAsking = () => ASKS in document.documentElement.dataset;

function connectPresent(onChange) {
  const { dataset } = document.documentElement;
  let before = null;

  // The focus stays where it is, if that is in sight.
  const stay = () => {
    const element = inFocus();
    if (!element || !isSeen(element) || element.matches(MAIN)) toHeading();
  };

  const enter = () => {
    const main = document.querySelector(MAIN);
    const element = inFocus();
    before = { path: location.pathname, top: main.scrollTop, at: element && placeOf(element) };
    dataset[PRESENT] = "";
    main.scrollTop = 0;
    stay();
  };

  // Back to where one was, if it is the same page.
  const leave = () => {
    delete dataset[ASKS];
    delete dataset[PRESENT];
    if (before?.path === location.pathname) {
      document.querySelector(MAIN).scrollTop = before.top;
      const { at } = before;
      const there = at && (canFocus(at.element) ? at.element : sameControl(at));
      if (there) focus(there);
    }
    stay();
    before = null;
  };

  const set = (on) => {
    if (on === isPresenting()) return;
    if (on) enter();
    else leave();
    writeLink();
  };

  if (new URLSearchParams(location.search).get(PRESENT) === "1") dataset[PRESENT] = "";
  onChange(writeLink);
  return set;
}

// The button of the bar; returned is what names it.
function connectPresentButton(button) {
  return ({ present, present_help, present_letter }) => {
    button.textContent = present;
    const tells = lettersCount() && !isTouched();
    button.title = tells ? `${present_help} ${present_letter}` : present_help;
    button.ariaKeyShortcuts = lettersCount() ? "P" : null;
  };
}
