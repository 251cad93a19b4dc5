// One observer for all: whatever changes on the page or in a component, and is told at most once
// for each picture that the browser draws.
function watchPage() {
  const listeners = new Set();
  const watched = new WeakSet();
  const options = {
    childList: true,
    characterData: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["disabled", "data-test-script-state", "hidden"],
  };
  let pending = false;

  const tell = () => {
    pending = false;
    for (const root of roots()) {
      if (watched.has(root)) continue;
      watched.add(root);
      observer.observe(root, options);
    }
    for (const listener of listeners) listener();
  };

  const observer = new MutationObserver(() => {
    if (pending) return;
    pending = true;
    setTimeout(tell, 16);
  });
  observer.observe(document.body, options);
  // A page that is presented hides parts, its questions too.
  const shown = ["data-present", "data-asks"];
  observer.observe(document.documentElement, { attributeFilter: shown });
  return (listener) => listeners.add(listener);
}
