// What has the focus: which kind of thing it is, and how wide the line is that shows it.

const HELP = "[data-testid=stTooltipIcon], [data-testid=stTooltipHoverTarget]";

const UNSEEN = /rgba\([^)]*, 0\)|transparent/;

const lineOf = (style) => {
  const drawn = style.outlineStyle !== "none" && !UNSEEN.test(style.outlineColor);
  const outline = drawn ? parseFloat(style.outlineWidth) : 0;
  // Each shadow: its color, two offsets, the blur and the spread; only what has no blur is a line.
  const spreads = style.boxShadow.split(/,(?![^(]*\))/).filter((shadow) => !UNSEEN.test(shadow))
    .map((shadow) => shadow.match(/-?[\d.]+px/g) ?? [])
    .filter((sizes) => sizes.length === 4 && parseFloat(sizes[2]) === 0)
    .map((sizes) => parseFloat(sizes[3]));
  return Math.max(outline, 0, ...spreads);
};

// The line may be drawn around the element, around what holds it, or in its label.
const focusLine = (element) => {
  const near = [element];
  for (let at = parentOf(element); at && near.length < 5; at = parentOf(at)) near.push(at);
  const label = around(element, "label");
  if (label) near.push(...label.querySelectorAll("*"));
  near.push(...(element.parentElement?.children ?? []), ...element.querySelectorAll("*"));
  return Math.max(...near.slice(0, 60).flatMap((one) =>
    [null, "::before", "::after"].map((part) => lineOf(getComputedStyle(one, part)))));
};

function focused() {
  const element = deepFocus();
  if (!element || element === document.body) return null;
  const role = element.getAttribute("role") ?? "";
  const box = element.getBoundingClientRect();
  return {
    path: placeOf(element),
    text: short(element.getAttribute("aria-label") ?? element.textContent),
    isLink: element.tagName === "A" || role === "link",
    isHelp: around(element, HELP) !== null,
    isScroller: !role && !/^(A|BUTTON|INPUT|SELECT|TEXTAREA|SUMMARY)$/.test(element.tagName)
      && element.getRootNode() === document,
    inMain: around(element, "[data-testid=stMainBlockContainer]") !== null,
    line: focusLine(element),
    rect: rounded(box),
  };
}
