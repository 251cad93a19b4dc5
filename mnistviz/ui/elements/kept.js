// What is kept in this browser alone, so that a reload brings it back. Where the browser keeps nothing
// (a private window, a frame in another site's page, a full disk), all goes on without.
const openKept = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open("mnistviz", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

async function withKept(mode, act) {
  try {
    const database = await openKept();
    try {
      return await new Promise((resolve, reject) => {
        const work = database.transaction("kept", mode);
        const asked = act(work.objectStore("kept"));
        work.oncomplete = () => resolve(asked.result);
        work.onabort = () => reject(work.error);
      });
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

const recallKept = (name) => withKept("readonly", (all) => all.get(name));

// Nothing in the place of what was there is nothing kept.
const storeKept = (name, value) =>
  withKept("readwrite", (all) =>
    value?.length || value?.size ? all.put(value, name) : all.delete(name),
  );
