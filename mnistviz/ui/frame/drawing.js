// What a part of the page looks like, as one SVG that needs nothing of the page: boxes, lines of
// text, pictures, and the SVG that is in it, at the places where the browser has put them.
const SVG = "http://www.w3.org/2000/svg";

const KEPT_STYLES = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"],
  ...["stroke-linecap", "stroke-linejoin", "opacity", "visibility", "display", "paint-order"],
  ...["font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline"],
  ...["image-rendering", "transform-box", "vector-effect"],
];

const SIDES = ["top", "right", "bottom", "left"];

const measure = document.createElement("canvas").getContext("2d");

function shape(parent, tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}

// Programs other than browsers know colors as `rgb(…)` alone.
function plainColor(text) {
  return text.replace(/color\(srgb ([^)]+)\)/g, (_, inside) => {
    const [channels, alpha = "1"] = inside.split(" / ");
    const bytes = channels.split(" ").map((part) => Math.round(255 * Number(part)));
    return `rgba(${bytes.join(", ")}, ${alpha})`;
  });
}

const isClear = (color) => /^rgba\(.*, 0\)$/.test(color) || color === "transparent";

function styleOf(from, to) {
  const style = getComputedStyle(from);
  for (const name of KEPT_STYLES) to.style.setProperty(name, plainColor(style.getPropertyValue(name)));
  if (style.transform !== "none" && !from.hasAttribute("transform")) {
    to.style.transform = style.transform;
    to.style.transformOrigin = style.transformOrigin;
  }
  to.removeAttribute("class");
}

function paintSvg(svg, into, { x, y, width, height }) {
  const copy = svg.cloneNode(true);
  const all = copy.querySelectorAll("*");
  svg.querySelectorAll("*").forEach((element, n) => styleOf(element, all[n]));
  styleOf(svg, copy);
  copy.style.overflow = getComputedStyle(svg).overflow;
  for (const [name, value] of Object.entries({ x, y, width, height })) copy.setAttribute(name, value);
  into.append(copy);
}

function paintImage(href, into, { x, y, width, height }, { imageRendering }) {
  const image = shape(into, "image", { href, x, y, width, height, preserveAspectRatio: "none" });
  image.style.imageRendering = imageRendering;
}

// A frame around a box, `away` from its edge: within it if that is below 0.
function paintRing(into, { x, y, width, height }, away, size, stroke, rx = 0) {
  const by = away + size / 2;
  const around = { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
  if (around.width < 0 || around.height < 0) return;
  const round = rx ? Math.max(0, rx + by) : 0;
  shape(into, "rect", { ...around, rx: round, fill: "none", stroke, "stroke-width": size });
}

function paintSides(style, into, { x, y, width, height }, rx) {
  const sides = SIDES.map((side) => ({
    side,
    size: parseFloat(style[`border-${side}-width`]),
    stroke: plainColor(style[`border-${side}-color`]),
  }));
  const [{ size: all, stroke: color }] = sides;
  if (sides.every(({ size, stroke }) => size === all && stroke === color)) {
    if (all && !isClear(color)) paintRing(into, { x, y, width, height }, -all, all, color, rx);
    return;
  }
  const ends = { top: [0, 0, 1, 0], right: [1, 0, 1, 1], bottom: [0, 1, 1, 1], left: [0, 0, 0, 1] };
  for (const { side, size, stroke } of sides) {
    if (!size || isClear(stroke)) continue;
    const [x1, y1, x2, y2] = ends[side];
    // A line is drawn to both sides of where it runs.
    const at = (from, length, share) => from + size / 2 + share * (length - size);
    shape(into, "line", {
      ...{ x1: at(x, width, x1), y1: at(y, height, y1), x2: at(x, width, x2), y2: at(y, height, y2) },
      ...{ stroke, "stroke-width": size },
    });
  }
}

// Rings and lines: what is blurred lies under a panel alone.
function paintShadows(style, into, box, rx) {
  if (style.boxShadow === "none") return;
  // The first one lies above the others.
  for (const shadow of style.boxShadow.split(/,(?![^(]*\))/).reverse()) {
    const [across, down, blur, spread] = shadow.match(/-?[\d.]+px/g).map(parseFloat);
    const color = plainColor(shadow.replace(/-?[\d.]+px|inset/g, "").trim());
    const isInset = shadow.includes("inset");
    if (blur || isClear(color)) continue;
    if (spread) paintRing(into, box, isInset ? -spread : 0, spread, color, rx);
    else if (isInset && down < 0 && !across)
      shape(into, "rect", { ...box, y: box.y + box.height + down, height: -down, fill: color });
  }
}

const countOf = (into, tag) => (into.ownerSVGElement ?? into).querySelectorAll(tag).length;

// One gradient from left to right, as the stylesheets have it; of several layers none is drawn.
function paintGradient({ backgroundImage }, into, box) {
  const layers = backgroundImage.match(/gradient\(/g) ?? [];
  if (layers.length !== 1 || !backgroundImage.includes("linear-gradient(to right, ")) return;
  const stops = [...backgroundImage.matchAll(/((?:rgba?|color)\([^)]+\)) (?:calc\()?(-?[\d.]+)(%|px)/g)];
  const places = stops.map(([, , at, unit]) => (unit === "%" ? (at / 100) * box.width : Number(at)));
  const end = places.at(-1);
  const id = `gradient-${countOf(into, "linearGradient")}`;
  const fill = shape(into, "linearGradient", {
    ...{ id, gradientUnits: "userSpaceOnUse", x1: box.x, x2: box.x + end, y1: 0, y2: 0 },
    spreadMethod: backgroundImage.startsWith("repeating") ? "repeat" : "pad",
  });
  stops.forEach(([, color], n) => {
    const offset = end ? places[n] / end : 1;
    shape(fill, "stop", { offset, "stop-color": plainColor(color) });
  });
  shape(into, "rect", { ...box, fill: `url(#${id})` });
}

function paintBox(style, into, box) {
  const fill = plainColor(style.backgroundColor);
  const rx = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2);
  if (!isClear(fill)) shape(into, "rect", { ...box, fill, rx });
  const picture = /url\("(data:[^"]+)"\)/.exec(style.backgroundImage);
  if (picture) paintImage(picture[1], into, box, style);
  else paintGradient(style, into, box);
  paintShadows(style, into, box, rx);
  paintSides(style, into, box, rx);
  const size = parseFloat(style.outlineWidth);
  if (!size || style.outlineStyle === "none") return;
  paintRing(into, box, parseFloat(style.outlineOffset), size, plainColor(style.outlineColor), rx);
}

// The lines into which the browser has broken a text, each with its place.
function linesOf(node) {
  const range = document.createRange();
  const lines = [];
  for (const { 0: word, index } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.top - box.top) < 2) {
      last.text += word;
      last.right = box.right;
    } else lines.push({ text: word, top: box.top, left: box.left, right: box.right });
  }
  return lines;
}

const FONT = ["font-family", "font-size", "font-weight", "font-style"];

function write(into, text, style, attributes) {
  const element = shape(into, "text", { ...attributes, fill: plainColor(style.color) });
  for (const name of FONT) element.style.setProperty(name, style.getPropertyValue(name));
  element.textContent = text;
  return element;
}

// How far a text of this style reaches above its line and below.
function reachOf(style) {
  // Not `style.font`, which is empty where a text has figures of equal width.
  measure.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = measure.measureText("x");
  return { above, below };
}

// A line under a text or through it is that of an element around it.
function lineOf(element) {
  const { textDecorationLine: line, display } = getComputedStyle(element);
  if (line !== "none" || display !== "inline" || !element.parentElement) return line;
  return lineOf(element.parentElement);
}

function paintText(node, into, from) {
  const style = getComputedStyle(node.parentElement);
  const { above } = reachOf(style);
  const decoration = lineOf(node.parentElement);
  for (const { text, top, left, right } of linesOf(node)) {
    const element = write(into, text.trimEnd(), style, {
      ...{ x: left - from.left, y: top - from.top + above },
      ...{ textLength: right - left, lengthAdjust: "spacingAndGlyphs" },
    });
    if (decoration !== "none") element.style.textDecoration = decoration;
  }
}

// What stands in the middle of a box, or at its left.
function writeIn(box, into, text, style, isCentered) {
  const { above, below } = reachOf(style);
  const left = (parseFloat(style.paddingLeft) || 0) + (parseFloat(style.borderLeftWidth) || 0);
  write(into, text, style, {
    x: isCentered ? box.x + box.width / 2 : box.x + left,
    y: box.y + (box.height + above - below) / 2,
    "text-anchor": isCentered ? "middle" : "start",
  });
}

function paintKnob({ value, min, max }, style, into, box) {
  const isOurs = style.appearance === "none";
  const [width, height] = isOurs ? [10, box.height * 0.8] : [16, 16];
  const middle = box.y + box.height / 2;
  const x = box.x + ((value - min) / (max - min || 1)) * (box.width - width);
  const accent = style.getPropertyValue("--st-primary-color") || style.color;
  if (!isOurs) {
    const bar = { height: 4, y: middle - 2, rx: 2 };
    const fill = style.getPropertyValue("--st-border-color");
    shape(into, "rect", { ...bar, x: box.x, width: box.width, fill });
    shape(into, "rect", { ...bar, x: box.x, width: x - box.x + width / 2, fill: accent });
  }
  shape(into, "rect", {
    ...{ x, y: middle - height / 2, width, height, rx: isOurs ? 5 : width / 2 },
    ...(isOurs
      ? { fill: style.getPropertyValue("--st-background-color"), stroke: style.color, "stroke-width": 2 }
      : { fill: accent }),
  });
}

// What somebody has set: the browser draws it, and no element says it.
function paintControl(node, style, into, box) {
  if (node.type === "range") return paintKnob(node, style, into, box);
  if (/^(text|number|select-one)$/.test(node.type)) {
    const text = node.localName === "select" ? (node.selectedOptions[0]?.text ?? "") : node.value;
    writeIn(box, into, text || node.placeholder || "", style, style.textAlign === "center");
  }
}

// What a stylesheet adds to an element, where it lies in or over that element.
function paintAdded(node, name, into, { x, y }) {
  const style = getComputedStyle(node, name);
  if (style.content === "none" || style.position !== "absolute") return;
  if (getComputedStyle(node).position === "static") return;
  const px = (key) => parseFloat(style[key]) || 0;
  const isWhole = style.boxSizing === "border-box";
  const box = {
    x: x + node.clientLeft + px("left"),
    y: y + node.clientTop + px("top"),
    width: px("width") + (isWhole ? 0 : px("borderLeftWidth") + px("borderRightWidth")),
    height: px("height") + (isWhole ? 0 : px("borderTopWidth") + px("borderBottomWidth")),
  };
  const target = style.opacity < 1 ? shape(into, "g", { opacity: style.opacity }) : into;
  if (box.width && box.height) paintBox(style, target, box);
  const text = /^"(.+)"$/.exec(style.content)?.[1];
  if (text) writeIn(box, target, text, style, style.display === "grid");
}

// What goes beyond a box that hides it, or that is scrolled, is not seen.
function clipped(into, style, { x, y, width, height }) {
  const rx = parseFloat(style.borderTopLeftRadius) || 0;
  const id = `clip-${countOf(into, "clipPath")}`;
  shape(shape(into, "clipPath", { id }), "rect", { x, y, width, height, rx });
  return shape(into, "g", { "clip-path": `url(#${id})` });
}

const hrefOf = (element) => {
  if (element.localName === "canvas") return element.toDataURL();
  if (element.src.startsWith("data:")) return element.src;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [element.naturalWidth, element.naturalHeight];
  canvas.getContext("2d").drawImage(element, 0, 0);
  return canvas.toDataURL();
};

function paint(node, into, from) {
  if (node.nodeType === Node.TEXT_NODE) return paintText(node, into, from);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches("style, script, dialog")) return;
  const style = getComputedStyle(node);
  if (style.display === "none" || Number(style.opacity) === 0) return;
  const at = node.getBoundingClientRect();
  const box = { x: at.left - from.left, y: at.top - from.top, width: at.width, height: at.height };
  const isSeen = style.visibility === "visible" && at.width > 1 && at.height > 1;
  const target = style.opacity < 1 ? shape(into, "g", { opacity: style.opacity }) : into;
  if (node.localName === "svg") return isSeen ? paintSvg(node, target, box) : undefined;
  // A slider of the browser's own has a ground that is not painted.
  if (isSeen && !(node.type === "range" && style.appearance !== "none")) paintBox(style, target, box);
  if (isSeen && node.matches("img, canvas") && at.width && (node.naturalWidth ?? node.width))
    return paintImage(hrefOf(node), target, box, style);
  if (isSeen && node.matches("input, select")) return paintControl(node, style, target, box);
  const hides = style.overflow !== "visible" && style.display !== "inline";
  // What is for the ear alone is a point that hides what goes beyond it.
  if (hides && !isSeen) return;
  paintWithin(node, style, hides ? clipped(target, style, box) : target, from, isSeen ? box : null);
}

function paintWithin(node, style, into, from, box) {
  if (box) paintAdded(node, "::before", into, box);
  for (const child of (node.shadowRoot ?? node).childNodes)
    if (style.visibility === "visible" || child.nodeType !== Node.TEXT_NODE) paint(child, into, from);
  if (box) paintAdded(node, "::after", into, box);
}

// The page's fonts, each as it was fetched once.
const fonts = new Map();

async function dataUrl(url) {
  const blob = await (await fetch(url)).blob();
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = fail;
    reader.readAsDataURL(blob);
  });
}

function fontRules() {
  return [...document.styleSheets].flatMap((sheet) => {
    try {
      const rules = [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule);
      return rules.map(({ style }) => ({ style, base: sheet.href ?? document.baseURI }));
    } catch {
      // A stylesheet of another site is not for us to read.
      return [];
    }
  });
}

// A picture has no fonts but its own: those that it writes with go along.
async function addFonts(svg) {
  const used = new Set();
  for (const { style } of svg.querySelectorAll("text, tspan"))
    used.add(`${style.fontFamily.split(",")[0].replaceAll('"', "")} ${style.fontStyle || "normal"}`);
  const texts = fontRules().map(async ({ style, base }) => {
    const family = style.getPropertyValue("font-family").replaceAll(/["']/g, "");
    const slant = style.getPropertyValue("font-style") || "normal";
    const file = /url\("?([^")]+)"?\)/.exec(style.getPropertyValue("src"))?.[1];
    if (!used.has(`${family} ${slant}`) || !file) return "";
    const { href } = new URL(file, base);
    if (!fonts.has(href)) fonts.set(href, dataUrl(href).catch(() => fonts.delete(href) && ""));
    const data = await fonts.get(href);
    const weight = style.getPropertyValue("font-weight") || "normal";
    const named = `font-family: "${family}"; font-style: ${slant}; font-weight: ${weight}`;
    return data ? `@font-face { ${named}; src: url(${data}) }` : "";
  });
  const text = (await Promise.all(texts)).join("");
  if (text) shape(svg, "style", {}).textContent = text;
}

// Returned are the element and its size.
async function drawSvg(part) {
  const box = part.getBoundingClientRect();
  const [width, height] = [Math.ceil(box.width), Math.ceil(box.height)];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const { backgroundColor } = getComputedStyle(document.querySelector('[data-testid="stApp"]'));
  shape(svg, "rect", { x: 0, y: 0, width, height, fill: plainColor(backgroundColor) });
  paint(part, svg, box);
  await addFonts(svg);
  return { svg: new XMLSerializer().serializeToString(svg), width, height };
}

// A picture has two dots for one of the page, so that it is sharp on paper too.
const SHARP = 2;

async function drawPng({ svg, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SHARP * width, SHARP * height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
