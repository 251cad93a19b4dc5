// Elements, made and put in place.
function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

function add(parent, tag, className, text) {
  const element = make(tag, className, text);
  parent.append(element);
  return element;
}

const makeImage = (source, alt) => Object.assign(document.createElement("img"), { src: source, alt });

function makeFigure(source, alt, caption) {
  const figure = document.createElement("figure");
  const text = make("figcaption", "", caption);
  // What the picture says already is not read twice.
  if (alt === caption) text.setAttribute("aria-hidden", "true");
  figure.append(makeImage(source, alt), text);
  return figure;
}

// Lay an element over a part of what is `width` by `height`.
function placeBox({ style }, { left, top, right, bottom }, width, height) {
  style.left = `${(100 * left) / width}%`;
  style.top = `${(100 * top) / height}%`;
  style.width = `${(100 * (right - left)) / width}%`;
  style.height = `${(100 * (bottom - top)) / height}%`;
}

// Call `draw`, the one that was given last, whenever the size of an element changes.
function watchSize(element, draw) {
  element.again = draw;
  if (element.watcher) return;
  element.watcher = new ResizeObserver(() => element.again());
  element.watcher.observe(element);
}

// What is touched is told of no keys and no mouse; a keyboard that is attached works all the same.
const isTouched = () => matchMedia("(pointer: coarse)").matches;

// How much larger than usual the page's letters are. A drawing that is scaled by it grows with them.
const letterScale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
