// The photo and the weights that come from a file. The browser keeps the file itself, and gives it to
// its uploader again when the tab is loaded anew. Another tab does not get it: its link may ask for
// another network.
const UPLOADERS = { weights: "draw_weights_file", photo: "draw_photo_file" };

// `chosen` and not yet taken by the server, `fed` to it again, `taken` as it counts or names them.
const FILES = (globalThis.mnistvizFiles ??= { chosen: {}, fed: {}, taken: {} });

const PATIENCE = 10000;

const partOf = (name) => `[class*="st-key-${UPLOADERS[name]}"]`;

// In a frame of another site a browser may refuse even to remember a word.
function inTab(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

const markFile = (name, is) =>
  inTab((tab) => (is ? tab.setItem(`mnistviz.${name}`, "file") : tab.removeItem(`mnistviz.${name}`)));

function watchFiles() {
  const choose = (event, files) => {
    const name = Object.keys(UPLOADERS).find((one) => event.target.closest?.(partOf(one)));
    if (name && files?.[0]) FILES.chosen[name] = files[0];
  };
  document.addEventListener("change", (event) => choose(event, event.target.files), true);
  document.addEventListener("drop", (event) => choose(event, event.dataTransfer?.files), true);
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.(".st-key-draw_photo_put_away button")) forgetFile("photo");
  });
}

function forgetFile(name) {
  delete FILES.chosen[name];
  markFile(name, false);
  return storeKept(name);
}

// What the server has in hand now, if it comes from a file: any value that another file changes.
function keepFile(name, taken) {
  const { chosen, fed } = FILES;
  if (!taken && fed[name]) return;
  if (taken && chosen[name] && taken !== FILES.taken[name]) {
    storeKept(name, chosen[name]);
    delete chosen[name];
    fed[name]?.();
    delete fed[name];
  }
  FILES.taken[name] = taken;
  markFile(name, taken);
}

// The file is kept as it came, so what turned it is kept beside it, and told when it came again.
function keepPhoto({ file, turns }, tell) {
  const place = "mnistviz.photo.turns";
  const waited = FILES.fed.photo;
  keepFile("photo", file);
  const before = Number(inTab((tab) => tab.getItem(place)));
  if (waited && !FILES.fed.photo && before) tell(before);
  else inTab((tab) => (file ? tab.setItem(place, turns) : tab.removeItem(place)));
}

const uploaderThere = (name) =>
  new Promise((found) => {
    const look = () => {
      const input = document.querySelector(`${partOf(name)} input[type="file"]`);
      if (!input) return;
      watcher.disconnect();
      found(input);
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => {
      watcher.disconnect();
      found(null);
    }, PATIENCE);
    look();
  });

async function feedFile(name) {
  if (!inTab((tab) => tab.getItem(`mnistviz.${name}`))) return;
  const taken = new Promise((done) => {
    FILES.fed[name] = done;
    setTimeout(done, PATIENCE);
  });
  const file = await recallKept(name);
  const input = file && (await uploaderThere(name));
  if (!input) {
    delete FILES.fed[name];
    return;
  }
  const given = new DataTransfer();
  given.items.add(file);
  input.files = given.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await taken;
}

// One after the other: of two that arrive in the same moment, Streamlit answers one.
async function feedFiles() {
  FILES.taken = {};
  for (const name of Object.keys(UPLOADERS)) await feedFile(name);
}
