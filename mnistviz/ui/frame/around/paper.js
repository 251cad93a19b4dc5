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
  style.setProperty("--sheet-width", isNarrow ? 2 * width + COLUMN_GAP : width);
  style.setProperty("--sheet-columns", isNarrow ? "2" : "auto");
  style.setProperty("--sheet-gap", `${COLUMN_GAP}px`);
  style.setProperty("--page-letters", getComputedStyle(document.documentElement).fontSize);
  for (const part of document.querySelectorAll(LAID_OUT)) {
    const { display, flexDirection } = getComputedStyle(part);
    // A browser breaks a stack over columns and sheets only where it is none of boxes.
    const isStack = isNarrow && display === "flex" && flexDirection === "column";
    part.style.setProperty("--on-screen", isStack ? "flow-root" : display);
    part.style.setProperty("--on-paper-gap", isStack ? "1rem" : "0");
  }
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
  addEventListener("beforeprint", measureForPaper);
  followTheme();
}
