// What a style sheet cannot know of the page: how wide it is on the screen, for paper, and which of
// the two themes it has, for what Streamlit draws beside it: dialogs, menus, help.
const APP = '[data-testid="stApp"]';

const PRINTED = '[data-testid="stMainBlockContainer"]';

// On paper the page keeps its width, as its charts do, and is made smaller as a whole.
function measureForPaper() {
  const block = document.querySelector(PRINTED);
  if (!block) return;
  const { paddingLeft, paddingRight } = getComputedStyle(block);
  const width = block.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  const { style } = document.documentElement;
  style.setProperty("--page-width", width);
  style.setProperty("--page-letters", getComputedStyle(document.documentElement).fontSize);
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
