// The page as the keyboard walks through it: components have roots of their own, and what has the
// focus may be in one of them.
const MAIN = '[data-testid="stMain"]';

const COMPONENT = '[data-testid="stBidiComponentIsolated"]';

const FOCUSABLE =
  'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex^="-"])';

const HELP = '[data-testid="stTooltipHoverTarget"] > button:not([data-testid])';

// What one meets on the way to what one looks for: it has the focus only where nothing else may.
const BESIDE = `${HELP}, a[href^="#term-"], .numbers-first`;

const FIELD = 'textarea, input:not([type="radio"], [type="checkbox"], [type="range"])';

const parentOf = (node) => node.parentNode ?? node.host ?? null;

function* ancestors(node) {
  for (let at = node; at; at = parentOf(at)) yield at;
}

const closest = (node, selector) => {
  for (const at of ancestors(node)) if (at.matches?.(selector)) return at;
  return null;
};

function inFocus() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element && element !== document.body && element !== document.documentElement
    ? element
    : null;
}

const canFocus = (element) =>
  element.isConnected &&
  element.tabIndex >= 0 &&
  !element.matches(":disabled") &&
  !element.closest("[inert]") &&
  isSeen(element);

// All that the keyboard can reach in a node, the node with it, in the order of the document.
function reachable(node) {
  const found = [];
  const selector = `${FOCUSABLE}, ${COMPONENT}`;
  const all = [...(node.querySelectorAll?.(selector) ?? [])];
  if (node.matches?.(selector)) all.unshift(node);
  for (const element of all) {
    if (element.shadowRoot) found.push(...reachable(element.shadowRoot));
    else if (canFocus(element)) found.push(element);
  }
  return found;
}

const controls = (node) => {
  const all = reachable(node);
  const own = all.filter((element) => !element.matches(BESIDE));
  return own.length ? own : all;
};

const focus = (element) => element.focus({ preventScroll: true });

const isSeen = (element) => element.checkVisibility({ visibilityProperty: true });

// How a person works now: by keys, with a finger, or neither.
const hand = { typed: false, touched: false };

function connectHand() {
  document.addEventListener("keydown", () => (hand.typed = true), true);
  document.addEventListener(
    "pointerdown",
    ({ pointerType }) => Object.assign(hand, { typed: false, touched: pointerType === "touch" }),
    true,
  );
}

function* roots(node = document) {
  for (const host of node.querySelectorAll(COMPONENT)) if (host.shadowRoot) yield host.shadowRoot;
}

const app = () => document.querySelector('[data-testid="stApp"]');

const isWorking = () => app()?.dataset.testScriptState === "running";
