// A question is as high with its answer as it was without: what lies below it stays where it is. In
// a window of another width it has another height. That a phone's window gets higher or lower as one
// scrolls does not count.
const HELD = "--held";

function connectHeld() {
  const hold = (event) => {
    const box = closest(closest(event.composedPath()[0], "button"), '[class*="_question"]');
    box?.style.setProperty(HELD, `${box.offsetHeight}px`);
  };

  let width = innerWidth;
  const letGo = () => {
    if (width === innerWidth) return;
    width = innerWidth;
    for (const box of document.querySelectorAll('[class*="_question"]')) {
      box.style.removeProperty(HELD);
    }
  };

  document.addEventListener("click", hold, true);
  addEventListener("resize", letGo);
}
