// Asks for the place in the queue, says it, and opens the link when there is one in the house.
(() => {
  const root = document.documentElement;
  const number = document.querySelector(".number");
  const text = document.querySelector(".place");

  // What somebody has chosen in the app's menu holds here too; a browser may forbid to look.
  try {
    const theme = localStorage.getItem(`stActiveTheme-${location.pathname}-v2`) ?? "";
    if (/light/i.test(theme)) root.dataset.theme = "light";
    if (/dark/i.test(theme)) root.dataset.theme = "dark";
  } catch {}

  function say({ place, says, title }) {
    number.textContent = place.toLocaleString("en-US");
    document.title = title;
    // What has not changed is not read out again.
    if (text.innerHTML !== says) text.innerHTML = says;
  }

  async function ask() {
    try {
      const headers = { [WAITING.header]: WAITING.visitor };
      const told = await (await fetch(location.href, { headers, cache: "no-store" })).json();
      if (!told.place) return void location.reload();
      say(told);
    } catch {
      // The server is not to be reached for a moment: the next question may find it.
    }
    setTimeout(ask, WAITING.every);
  }

  setTimeout(ask, WAITING.every);
})();
