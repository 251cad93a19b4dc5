// A pointer that is seen from the last row. It follows the mouse, and goes where that rests.
const RESTS = 6000;

function connectPointer() {
  const pointer = make("div", "mnistviz-pointer");
  pointer.setAttribute("aria-hidden", "true");
  document.body.append(pointer);
  let timer;
  const hide = () => pointer.classList.remove("shown");
  const follow = (event) => {
    if (!isPresenting() || event.pointerType !== "mouse") return;
    pointer.style.translate = `${event.clientX}px ${event.clientY}px`;
    pointer.classList.add("shown");
    clearTimeout(timer);
    timer = setTimeout(hide, RESTS);
  };
  document.addEventListener("pointermove", follow, { passive: true, capture: true });
  document.documentElement.addEventListener("pointerleave", hide);
}
