// Which targets are too small for a finger. The hit area is what `elementFromPoint` says it is, from
// the middle outwards: that is where pseudo-elements, labels and neighbors on top all count.

const LEAST = 44;
const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button],"
  + " [role=radio], [role=checkbox], [role=switch], [role=slider], [role=tab], [role=option],"
  + " [role=menuitem], [role=spinbutton], [tabindex='0']";
const THUMB = "[data-testid=stSlider] [data-rac]:has(> div > input[type=range])";
const AREAS = "[data-testid=stMain], [data-testid=stSidebar], [data-testid=stExpandSidebarButton]";

// A link in a sentence is as high as its line; so is a name in code that one points at.
const isInText = (element) => {
  if (element instanceof SVGElement) return false;
  if (!getComputedStyle(element).display.startsWith("inline")) return false;
  if (element.matches("button, input, select, summary")) return false;
  let block = parentOf(element);
  while (block && getComputedStyle(block).display === "inline") block = parentOf(block);
  return block !== null && short(block.textContent) !== short(element.textContent);
};

// What one touches instead of a box that nobody sees: its label.
const touched = (element) => {
  if (element.tagName !== "INPUT") return element;
  if (!/^(radio|checkbox|file)$/.test(element.type)) return element;
  return around(element, "label") ?? element.labels?.[0] ?? element;
};

const reach = (target, x, y, stepX, stepY) => {
  let far = 0;
  for (let step = 1; step <= LEAST; step += 1) {
    const hit = deepFromPoint(x + step * stepX, y + step * stepY);
    if (!hit || !isInside(hit, target)) break;
    far = step;
  }
  return far;
};

const hitArea = (target) => {
  const box = target.getBoundingClientRect();
  if (box.width >= LEAST - 0.5 && box.height >= LEAST - 0.5) return [box.width, box.height];
  target.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  const at = target.getBoundingClientRect();
  const [x, y] = [at.left + at.width / 2, at.top + at.height / 2];
  const hit = deepFromPoint(x, y);
  if (!hit || !isInside(hit, target)) return [box.width, box.height];
  const wide = 1 + reach(target, x, y, -1, 0) + reach(target, x, y, 1, 0);
  const high = 1 + reach(target, x, y, 0, -1) + reach(target, x, y, 0, 1);
  return [Math.max(box.width, wide), Math.max(box.height, high)];
};

const LABEL_OF = "input[type=radio], input[type=checkbox], input[type=file]";

const targetsIn = (area) => {
  const targets = [];
  for (const [element, style] of drawn(area)) {
    // Streamlit hides the boxes of its radios and toggles: their labels stand for them.
    if (element.matches("label") && element.querySelector(LABEL_OF)) targets.push(element);
    const isPointedAt = style.cursor === "pointer" && element.getRootNode() !== document
      && getComputedStyle(parentOf(element)).cursor !== "pointer";
    if (!isPointedAt && !element.matches(TARGETS)) continue;
    if (element.tagName === "LABEL") continue;
    const target = touched(element);
    const isSeen = style.visibility === "visible" && style.pointerEvents !== "none";
    if ((isSeen || target !== element) && !isInText(element)) targets.push(target);
  }
  return [...targets, ...area.querySelectorAll(THUMB)];
};

// On a phone the open sidebar lies over the page: then only the sidebar can be touched.
const areasToTouch = () => {
  const sidebar = document.querySelector("[data-testid=stSidebar][data-collapsed=false]");
  const main = document.querySelector("[data-testid=stMain]");
  const covers = sidebar && main
    && sidebar.getBoundingClientRect().right > main.getBoundingClientRect().left + 1;
  return covers ? [sidebar] : [...document.querySelectorAll(AREAS)];
};

function touch() {
  const targets = new Set(areasToTouch().flatMap(targetsIn));
  const boxes = new Map([...targets].map((target) => [target, target.getBoundingClientRect()]));
  const main = document.querySelector("[data-testid=stMain]");
  const top = main?.scrollTop;
  const faults = [];
  for (const [target, box] of boxes) {
    if (box.width < 1 || box.height < 1) continue;
    const [width, height] = hitArea(target);
    if (width >= LEAST - 0.5 && height >= LEAST - 0.5) continue;
    const text = target.getAttribute("aria-label") ?? target.textContent;
    const size = `${Math.round(width)}x${Math.round(height)}`;
    const place = { text: short(text), path: placeOf(target) };
    faults.push({ kind: "small target", ...place, size, rect: rounded(box) });
  }
  main?.scrollTo({ top, behavior: "instant" });
  return faults;
}
