// What is said aloud: the sentence of the page once it has settled, once, and never the same twice.
// Of a page that has come, the sentence alone: its heading has the focus, and is read before.
// Where it comes from:
// - the page's sentence, and how far its training is, by their keys;
// - the reason of a question, when it is revealed by who has answered it;
// - any element with the attribute `data-said`, in a component too: it is said when it has settled.
//   What it says the page's sentence says once more, at length: that is not said besides.
const SENTENCES = ".st-key-train_status, .st-key-sentence";

const REASON = '[class*="_question"] [class*="_reason"]';

const SAID = "[data-said]";

const NOT_SAID = '[aria-hidden="true"], [data-testid="stIconMaterial"], [role="progressbar"]';

const SETTLED = 700;

const SAME_PRESS = 3000;

const BLOCK = "p, li, div, dt, dd";

function spoken(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(NOT_SAID)) return "";
  const text = [...node.childNodes].map(spoken).join("");
  return node.matches(BLOCK) ? ` ${text} ` : text;
}

const textOf = (node) => spoken(node).replace(/\s+/g, " ").trim();

const questionOf = (element) => keyOf(closest(element, '[class*="_question"]'));

// The texts by what stands for them: those of a component go by their place among all.
function textsNow() {
  const texts = new Map();
  const own = [document, ...roots()].flatMap((root) => [...root.querySelectorAll(SAID)]);
  own.forEach((element, i) => texts.set(`own ${i}`, textOf(element)));
  for (const element of document.querySelectorAll(`${SENTENCES}, ${REASON}`)) {
    texts.set(keyOf(element), textOf(element));
  }
  return texts;
}

function connectSaid(onChange) {
  const region = make("div", "mnistviz-said");
  region.setAttribute("role", "status");
  document.body.append(region);
  let said = new Map();
  let last = "";
  let timer;
  let seen = "";
  let arrives = true;
  let path = location.pathname;
  let ownAt = -SAME_PRESS;
  let asked;
  let learns = false;

  // A reason that comes or changes with another digit was not asked for.
  const isWanted = (key) => {
    const element = withKey(key);
    if (arrives) return Boolean(element?.matches(SENTENCES));
    return !element?.matches(REASON) || (!said.has(key) && questionOf(element) === asked);
  };

  // What was said of another page does not stand there any more.
  const hush = () => {
    region.textContent = last = "";
    path = location.pathname;
  };

  const settle = () => {
    const { dataset } = document.documentElement;
    if (isWorking() || "comes" in dataset || "waits" in dataset) {
      timer = setTimeout(settle, SETTLED);
      return;
    }
    const texts = textsNow();
    const fresh = [...texts].filter(
      ([key, text]) => text && said.get(key) !== text && isWanted(key),
    );
    said = texts;
    // In a page of somebody else's it speaks when it is asked.
    const isSilent = arrives && isGuest();
    arrives = false;
    if (isSilent) return;
    const own = fresh.filter(([key]) => key.startsWith("own "));
    if (own.length) ownAt = performance.now();
    const all = performance.now() - ownAt < SAME_PRESS ? own : fresh;
    const text = all.map(([, one]) => one).join(" ");
    if (text && text !== last) region.textContent = last = text;
  };

  const beginAnew = () => {
    hush();
    said = new Map();
    asked = undefined;
    arrives = true;
    seen = "";
  };

  const look = () => {
    if (location.pathname !== path) hush();
    const learned = learns;
    learns = document.querySelector(LEARNING) !== null;
    // After a training that was waited for a page comes as a new one does, whatever it says.
    if (learns && !learned) beginAnew();
    const now = JSON.stringify([...textsNow()]);
    if (now === seen) return;
    seen = now;
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLED);
  };

  // What stands there when a person does something is known, but for a sentence that has not been
  // said yet: what comes of it is new.
  const act = (event) => {
    if (event.key === "Tab") return;
    asked = questionOf(event.composedPath()[0]);
    if (!arrives || "comes" in document.documentElement.dataset) return;
    arrives = false;
    said = new Map([...textsNow()].filter(([key]) => !withKey(key)?.matches(SENTENCES)));
  };

  for (const name of ["click", "keydown", "input"]) document.addEventListener(name, act, true);
  onChange(look);
  return () => {
    beginAnew();
    look();
  };
}
