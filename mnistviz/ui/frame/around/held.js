// A question is as high with its answer as it was without: what lies below it stays where it is. In
// a window of another width it has another height. That a phone's window gets higher or lower as one
// scrolls does not count. So is what is fixed as high as it was broken.
const HELD = "--held";
const FIXES = '[class*="_fixes"]';

function connectHeld(onChange) {
  const hold = (event) => {
    const pressed = event.composedPath()[0];
    const question = closest(closest(pressed, "button"), '[class*="_question"]');
    const fixes = closest(pressed, '[class*="_mended"]') ? document.querySelectorAll(FIXES) : [];
    for (const box of question ? [question] : fixes) {
      box.style.setProperty(HELD, `${box.offsetHeight}px`);
    }
  };

  let width = innerWidth;
  const letGo = () => {
    if (width === innerWidth) return;
    width = innerWidth;
    for (const box of document.querySelectorAll(`[class*="_question"], ${FIXES}`)) {
      box.style.removeProperty(HELD);
    }
  };

  // After a training that a page has to wait for, the page comes as a whole: see `first_paint.js`.
  let learns = false;
  const look = () => {
    const before = learns;
    learns = document.querySelector(".st-key-learning") !== null;
    if (learns && !before) document.dispatchEvent(new Event("mnistviz:learns"));
  };

  document.addEventListener("click", hold, true);
  addEventListener("resize", letGo);
  onChange(look);
}
