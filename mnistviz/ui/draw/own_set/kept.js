// What this browser keeps: a change is kept, and a new visit gets what was kept. A tab in which nothing
// changes writes nothing, so that of two tabs the one in use counts.
const KEEPS = (globalThis.mnistvizSet ??= { session: null, digest: null });

function meet(data, send) {
  if (KEEPS.session !== data.session) {
    if (KEEPS.session === null) watchFiles();
    feedFiles();
    Object.assign(KEEPS, { session: data.session, digest: data.digest });
    if (data.fresh) recallKept("set").then((digits) => digits && send(digits));
  } else if (KEEPS.digest !== data.digest) {
    KEEPS.digest = data.digest;
    storeKept("set", data.digits);
  }
  keepFile("weights", data.weights);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const text = parentElement.querySelector("p");
  const button = parentElement.querySelector("button");
  if (!text.textContent) text.textContent = data.words.kept;
  button.textContent = data.words.forget;
  button.onclick = async () => {
    await Promise.all([
      storeKept("drawing"),
      storeKept("set"),
      ...Object.keys(UPLOADERS).map(forgetFile),
    ]);
    text.textContent = data.words.forgotten;
  };
  meet(data, (digits) => setTriggerValue("set", digits));
}
