// The bar at the top marks the open page where it stands alone; here, the section that it is in.
const SECTION = '[data-testid="stTopNavSection"]';

function connectSection(onChange) {
  let open = "";
  const mark = () => {
    for (const button of document.querySelectorAll(SECTION)) {
      const name = button.querySelector("p")?.textContent.trim();
      if (name !== open) button.removeAttribute("aria-current");
      else if (!button.hasAttribute("aria-current")) button.setAttribute("aria-current", "true");
    }
  };
  onChange(mark);
  return (title) => {
    open = title;
    mark();
  };
}
