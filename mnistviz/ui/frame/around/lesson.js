// A lesson link: what it hides is not shown, and its keys stay in the address from page to page, where
// Streamlit leaves out what it does not know.
function connectLesson(onChange) {
  const sheet = document.head.appendChild(make("style"));
  let kept = {};
  const write = () => {
    const link = new URL(location.href);
    const lost = Object.entries(kept).filter(([key]) => !link.searchParams.has(key));
    for (const [key, text] of lost) link.searchParams.set(key, text);
    if (lost.length) history.replaceState(history.state, "", link);
  };
  onChange(write);
  return ({ hidden, keys }) => {
    // The server knows what there is to hide: nothing of a link comes here.
    const rule = hidden ? `:is(${hidden}) { display: none !important; }` : "";
    if (sheet.textContent !== rule) sheet.textContent = rule;
    kept = keys;
    write();
  };
}
