// What all the measurements share: the tree as it is drawn, and a short name for a place in it.

const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;

const childrenOf = (element) => {
  if (element.shadowRoot) return element.shadowRoot.childNodes;
  if (element.tagName === "SLOT") {
    const given = element.assignedNodes();
    return given.length > 0 ? given : element.childNodes;
  }
  return element.childNodes;
};

const isInside = (node, outer) => {
  for (let at = node; at; at = parentOf(at)) if (at === outer) return true;
  return false;
};

const around = (element, selector) => {
  for (let at = element; at; at = parentOf(at)) if (at.matches(selector)) return at;
  return null;
};

const own = (element) => {
  const name = element.getAttribute("class")?.trim().split(/\s+/)
    .filter((one) => !/^(st-emotion|e[a-z0-9]{5,}\d$|st-.{1,2}$)/.test(one))[0];
  const mark = element.id && !/[:.]/.test(element.id) ? `#${element.id}` : name ? `.${name}` : "";
  const role = element.getAttribute("role");
  return element.tagName.toLowerCase() + mark + (role ? `[role=${role}]` : "");
};

const keyOf = (element) => [...element.classList].find((name) => name.startsWith("st-key-"));

// The nearest key that the page has given, the last named part of Streamlit's, and the element.
const placeOf = (element) => {
  let key = "";
  let part = "";
  for (let at = element; at && !key; at = parentOf(at)) {
    key = keyOf(at) ?? "";
    part ||= at.dataset?.testid ?? "";
  }
  const named = key ? `.${key}` : part ? `[data-testid=${part}]` : "";
  return `${named} ${own(element)}`.trim();
};

const rounded = (rect) =>
  [rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top].map(Math.round);

const short = (text) => text.trim().replace(/\s+/g, " ").slice(0, 40);

const isClipped = (style, element) => {
  if (style.position !== "absolute" && style.position !== "fixed") return false;
  if (/^rect\(/.test(style.clip) || /^inset\(50%|^inset\(100%/.test(style.clipPath)) return true;
  return style.overflowX === "hidden" && element.offsetWidth <= 1 && element.offsetHeight <= 1;
};

// Whether a person sees nothing of an element and of what is in it.
const isGone = (style, element) =>
  style.display === "none"
  || style.contentVisibility === "hidden"
  || Number(style.opacity) < 0.05
  || isClipped(style, element);

// All elements that are drawn, those in shadow roots too, from the outside in.
function* drawn(element) {
  const style = getComputedStyle(element);
  if (isGone(style, element)) return;
  yield [element, style];
  const closed = element.tagName === "DETAILS" && !element.open;
  for (const child of childrenOf(element)) {
    if (child.nodeType !== Node.ELEMENT_NODE || (closed && child.tagName !== "SUMMARY")) continue;
    yield* drawn(child);
  }
}

const deepFocus = () => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
};

const deepFromPoint = (x, y) => {
  let at = document.elementFromPoint(x, y);
  while (at?.shadowRoot) {
    const inner = at.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === at) break;
    at = inner;
  }
  return at;
};
