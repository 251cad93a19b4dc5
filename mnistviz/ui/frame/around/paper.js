// What a style sheet cannot know of the page: how wide it is on the screen, for paper, and which of
// the two themes it has, for what Streamlit draws beside it: dialogs, menus, help.
const APP = '[data-testid="stApp"]';

const PRINTED = '[data-testid="stMainBlockContainer"]';

const LAID_OUT = ["HorizontalBlock", "VerticalBlock", "LayoutWrapper", "Column"]
  .map((name) => `${PRINTED} [data-testid="st${name}"]`)
  .join();

// On paper the page keeps its width, as its charts do, and is made smaller as a whole. How its blocks
// are laid out is kept too: by its own rules for paper, Streamlit would stack them.
function measureForPaper() {
  const block = document.querySelector(PRINTED);
  if (!block) return;
  const { paddingLeft, paddingRight } = getComputedStyle(block);
  const width = block.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  const { style } = document.documentElement;
  style.setProperty("--page-width", width);
  style.setProperty("--page-letters", getComputedStyle(document.documentElement).fontSize);
  for (const part of document.querySelectorAll(LAID_OUT)) {
    part.style.setProperty("--on-screen", getComputedStyle(part).display);
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
