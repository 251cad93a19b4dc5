// Streamlit gathers what is told in one moment and answers it with one run: that of a fragment, where
// one has told anything, and what lies outside of it stays as it was. A press in the same moment is
// answered so, too. So what components tell waits its turn, and each has a moment of its own.
const inTurn = (tell) => (name, value) => {
  const turn = () =>
    new Promise((done) => {
      setTimeout(() => {
        setTimeout(done);
        tell(name, value);
      });
    });
  const before = globalThis.mnistvizTurn ?? Promise.resolve();
  globalThis.mnistvizTurn = before.then(connected).then(turn);
};

// What is told to nobody would be lost: `frame/around/connection.js` says when there is somebody.
const connected = () =>
  new Promise((done) => {
    const look = () => {
      if ("offline" in document.documentElement.dataset) return;
      watcher.disconnect();
      done();
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document.documentElement, { attributeFilter: ["data-offline"] });
    look();
  });

// What Streamlit calls of a component: it draws, and its host tells that it has drawn.
export default function (given) {
  try {
    return drawComponent({ ...given, setTriggerValue: inTurn(given.setTriggerValue) });
  } finally {
    given.parentElement.getRootNode().host.dataset.drawn = "";
  }
}
