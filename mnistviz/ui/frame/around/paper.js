// What a style sheet cannot know of the page: how wide it is on the screen, for paper, and which of
// the two themes it has, for what Streamlit draws beside it: dialogs, menus, help.
const APP = '[data-testid="stApp"]';

const PRINTED = '[data-testid="stMainBlockContainer"]';

const LAID_OUT = ["HorizontalBlock", "VerticalBlock", "LayoutWrapper", "Column"]
  .map((name) => `${PRINTED} [data-testid="st${name}"]`)
  .join();

// A page as narrow as a phone's stands in two columns on the sheet, this far apart.
const PHONE = 540;

const COLUMN_GAP = 30;

// On paper the page keeps its width, as its charts do, and is made smaller as a whole. How its blocks
// are laid out is kept too: by its own rules for paper, Streamlit would stack them.
function measureForPaper() {
  const block = document.querySelector(PRINTED);
  if (!block) return;
  const { paddingLeft, paddingRight } = getComputedStyle(block);
  const width = block.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  const isNarrow = width <= PHONE;
  const { style } = document.documentElement;
  style.setProperty("--page-width", width);
  style.setProperty("--width-for-sheet", isNarrow ? 2 * width + COLUMN_GAP : width);
  style.setProperty("--sheet-columns", isNarrow ? "2" : "auto");
  style.setProperty("--sheet-gap", `${COLUMN_GAP}px`);
  style.setProperty("--page-letters", getComputedStyle(document.documentElement).fontSize);
  layStacks(isNarrow);
}

// A browser breaks a stack over columns and sheets only where it is none of boxes: those of flexible
// boxes lie over each other where one of them is too high for what is left of a sheet.
function layStacks(isNarrow) {
  const stacks = new Set();
  for (const part of document.querySelectorAll(LAID_OUT)) {
    const { display, flexDirection, rowGap } = getComputedStyle(part);
    const around = part.parentElement.closest(LAID_OUT);
    const isStack =
      display === "flex" &&
      flexDirection === "column" &&
      (isNarrow || !around || stacks.has(around));
    if (isStack) stacks.add(part);
    part.style.setProperty("--on-screen", isStack ? "flow-root" : display);
    const gap = isStack && rowGap !== "normal" ? rowGap : "0px";
    for (const child of part.children) child.style.setProperty("--on-paper-gap", gap);
  }
}

// The sheets' rules for paper, those of Streamlit and ours.
function rulesForPaper(rules) {
  return [...rules].flatMap((rule) => {
    if (rule instanceof CSSMediaRule && /\bprint\b/.test(rule.media.mediaText)) return [rule];
    return rule.cssRules ? rulesForPaper(rule.cssRules) : [];
  });
}

// A page that is shown as on paper already is measured without the rules for it.
function measureAsOnScreen() {
  if (!matchMedia("print").matches) return measureForPaper();
  const media = [...document.styleSheets]
    .filter((sheet) => !sheet.href || sheet.href.startsWith(location.origin))
    .flatMap((sheet) => rulesForPaper(sheet.cssRules))
    .map((rule) => [rule.media, rule.media.mediaText]);
  for (const [rule] of media) rule.mediaText = "not all";
  measureForPaper();
  for (const [rule, text] of media) rule.mediaText = text;
}

// A browser prints after it has said so. One that shows the page as on paper (a tool does, and a
// preview) says nothing, and prints later.
function followPaper() {
  const { style } = document.documentElement;
  let isPrinting = false;
  addEventListener("beforeprint", () => {
    isPrinting = true;
    measureAsOnScreen();
    // Made smaller only now: charts that are drawn anew would take what is seen for their size.
    style.setProperty("--sheet-width", style.getPropertyValue("--width-for-sheet"));
  });
  addEventListener("afterprint", () => {
    isPrinting = false;
    style.removeProperty("--sheet-width");
  });
  matchMedia("print").addEventListener("change", ({ matches }) => {
    if (matches && !isPrinting) measureAsOnScreen();
  });
}

function followTheme() {
  const app = document.querySelector(APP);
  if (!app) return;
  const follow = () => {
    document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme;
  };
  new MutationObserver(follow).observe(app, { attributeFilter: ["class"] });
  follow();
}

function connectPaper() {
  followPaper();
  followTheme();
}
