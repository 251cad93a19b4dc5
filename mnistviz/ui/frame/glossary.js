// Terms are links to `#term-NAME`, anywhere on the page. One listener on the document serves them
// all: Streamlit draws its texts anew as it likes.
const TERM = 'a[href^="#term-"]';

const GAP = 8;

const termAt = (event) => event.composedPath().find((node) => node.matches?.(TERM));

// Below the term, or above it where there is no room; never beyond the window's edge.
function place(box, term) {
  const at = term.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = at.bottom + GAP;
  const top = below + height > innerHeight && at.top > height + GAP ? at.top - height - GAP : below;
  box.style.top = `${top}px`;
  box.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))}px`;
}

function connectTerms(root, box) {
  let shown = null;
  let pinned = false;

  const hide = () => {
    if (!shown) return;
    shown.removeAttribute("aria-expanded");
    shown = null;
    pinned = false;
    box.hidePopover();
  };

  const show = (term) => {
    const name = root.querySelector(`#${CSS.escape(term.getAttribute("href").slice("#term-".length))}`);
    if (!name || shown === term) return;
    hide();
    const meaning = name.nextElementSibling;
    const head = make("b");
    head.innerHTML = name.innerHTML;
    const text = make("span");
    text.innerHTML = meaning.innerHTML;
    box.replaceChildren(head, text);
    // What lies in this root cannot be named from the page: the words themselves can.
    term.setAttribute("aria-description", meaning.textContent);
    term.setAttribute("aria-expanded", "true");
    box.showPopover();
    place(box, term);
    shown = term;
  };

  const over = (event) => {
    const term = termAt(event);
    if (term) show(term);
    else if (!pinned && !event.composedPath().includes(box)) hide();
  };

  const listeners = {
    pointerover: (event) => event.pointerType !== "touch" && over(event),
    focusin: over,
    focusout: (event) => termAt(event) && !pinned && hide(),
    click: (event) => {
      const term = termAt(event);
      if (!term) return event.composedPath().includes(box) || hide();
      event.preventDefault();
      if (shown === term && pinned) return hide();
      show(term);
      pinned = true;
    },
    keydown: (event) => event.key === "Escape" && hide(),
    scroll: () => shown && (shown.isConnected ? place(box, shown) : hide()),
  };
  for (const [name, listener] of Object.entries(listeners)) {
    document.addEventListener(name, listener, true);
  }
  return () => {
    hide();
    for (const [name, listener] of Object.entries(listeners)) {
      document.removeEventListener(name, listener, true);
    }
  };
}
