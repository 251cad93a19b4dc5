// Runs before anything of Streamlit's. It closes the sidebar where that would squeeze the page, and
// hides the page until its parts are in place, and what an expander shows.
(() => {
  const root = document.documentElement;

  // Below the key that Streamlit keeps the sidebar's state under, and what it was on a wide window.
  const KEPT = "stSidebarCollapsed-";
  const WIDE = "mnistviz-sidebar-when-wide";
  const LONGEST = 10_000;
  const FRAMES_STILL = 3;
  const STILL = 1_000;
  // Milliseconds in which Streamlit begins to run the script of another page.
  const START = 500;
  // How long after a press what it moves is expected.
  const EXPECTED = 400;
  // How long what an expander shows has been as high, once the server rests and before.
  const SHORT_REST = 30;
  const LONG_REST = 300;
  const EXPANDER = '[data-testid="stMain"] [data-testid="stExpander"]';
  const WORKS = '[data-testid="stSpinner"], [data-testid="stProgress"]';
  // Milliseconds between two questions whether the server answers, and from the start of a page that
  // was loaded anew in which that is not done again.
  const ASKS = 1_000;
  const FRESH = 30_000;
  let holding = 0;

  // Streamlit makes an entry of the history of each change of the link that its server says. One for
  // each page is what a person expects of Back. On the way to another page the link of that one comes
  // before its address: the entry of the page that is left keeps its own.
  const push = history.pushState.bind(history);
  let leaving = null;
  history.pushState = (state, title, address) => {
    const isHere = new URL(address ?? "", location.href).pathname === location.pathname;
    if (isHere) return history.replaceState(state, title, address);
    if (leaving) history.replaceState(history.state, "", leaving);
    leaving = null;
    push(state, title, address);
  };

  const narrow = matchMedia(`(max-width: ${FIRST_PAINT.sidebar - 0.02}px)`);
  const find = (id) => document.querySelector(`[data-testid="${id}"]`);

  // A browser may forbid to store anything: then the sidebar is pressed shut once it is there.
  const stored = (work) => {
    try {
      return work(localStorage);
    } catch {
      return null;
    }
  };

  const rememberWide = () =>
    stored((store) => {
      if (store.getItem(WIDE) === null) store.setItem(WIDE, store.getItem(KEPT) ?? "");
    });

  const forgetWide = () =>
    stored((store) => {
      const before = store.getItem(WIDE);
      store.removeItem(WIDE);
      return before;
    });

  const isCollapsed = () => find("stSidebar")?.dataset.collapsed === "true";

  const close = () => {
    if (find("stSidebar")?.dataset.collapsed !== "false") return;
    find("stSidebarCollapseButton")?.querySelector("button").click();
  };

  function begin() {
    if (narrow.matches) {
      rememberWide();
      stored((store) => store.setItem(KEPT, "true"));
    } else {
      const before = forgetWide();
      if (before) stored((store) => store.setItem(KEPT, before));
      else if (before === "") stored((store) => store.removeItem(KEPT));
    }
    const isOpen = !narrow.matches && stored((store) => store.getItem(KEPT)) !== "true";
    root.dataset.sidebar = isOpen ? "open" : "closed";
    if (new URLSearchParams(location.search).get("present") === "1") root.dataset.present = "";
    const theme = stored((store) => store.getItem(`stActiveTheme-${location.pathname}-v2`)) ?? "";
    if (/light/i.test(theme)) root.dataset.theme = "light";
    if (/dark/i.test(theme)) root.dataset.theme = "dark";
  }

  narrow.addEventListener("change", () => {
    if (narrow.matches) {
      rememberWide();
      close();
      return;
    }
    const before = forgetWide();
    if (before !== "true" && isCollapsed()) find("stExpandSidebarButton")?.click();
  });

  const isLearning = () => document.querySelector(".st-key-learning") !== null;

  // Charts are drawn by a script that comes late, components by one each, which says so (see
  // `elements/components.py`).
  const areDrawn = (part) => {
    const charts = [...part.querySelectorAll('[data-testid="stPlotlyChart"]')];
    const components = [...part.querySelectorAll('[data-testid="stBidiComponentIsolated"]')];
    return (
      !part.querySelector('[data-testid="stSkeleton"]') &&
      charts.every((chart) => chart.querySelector(".main-svg")) &&
      components.every((component) => "drawn" in component.dataset)
    );
  };

  const isAtRest = () => find("stApp")?.dataset.testScriptState === "notRunning";

  // The parts of a page. Where a training is waited for, the way to go without it is all that there
  // is.
  const hasParts = () => {
    const main = find("stMain");
    if (!main) return false;
    const ways = [...main.querySelectorAll(".st-key-ways, .st-key-ways_on")];
    if (!ways.every((row) => row.querySelector("a"))) return false;
    if (isLearning()) return "comes" in root.dataset && find("stSidebar") !== null;
    if (!isAtRest()) return false;
    if (!main.querySelector("h1, [data-testid=stException], [data-testid=stAlert]")) return false;
    return areDrawn(main);
  };

  function show() {
    if (narrow.matches) close();
    delete root.dataset.comes;
    document.dispatchEvent(new Event("mnistviz:shown"));
    if (isLearning()) hold();
  }

  // Call `done` once the parts are in place, or when there is no time left. Until the script runs, or
  // `start` is over, they are those of the page before.
  function onceThere(isLate, start, done) {
    let still = 0;
    let height = 0;
    const look = () => {
      const now = find("stMainBlockContainer")?.scrollHeight ?? 0;
      if (find("stApp")?.dataset.testScriptState === "running") start = 0;
      still = performance.now() >= start && hasParts() && now === height ? still + 1 : 0;
      height = now;
      if (still >= FRAMES_STILL || isLate()) done();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }

  // After a training, and after the way from another page, the page comes as a whole too.
  function hold(start = 0) {
    root.dataset.waits = "";
    holding += 1;
    const mine = holding;
    let since = 0;
    const isLate = () => {
      since = isLearning() ? 0 : since || performance.now();
      return since > 0 && performance.now() - since > LONGEST;
    };
    onceThere(isLate, start, () => {
      if (mine !== holding) return;
      delete root.dataset.waits;
      document.dispatchEvent(new Event("mnistviz:shown"));
    });
  }

  function wait() {
    let isLate = false;
    onceThere(() => isLate, 0, () => "comes" in root.dataset && show());
    // Whatever is missing: what is there is better than a sketch. Where nothing is drawn, as in a
    // tab that is not seen, no picture counts.
    setTimeout(() => {
      isLate = true;
      if ("comes" in root.dataset) show();
    }, LONGEST);
  }

  // The style of one page, and that of a page that is presented, would cost each change of another
  // (see `page_style` in `elements/components.py`): there it is off, but for the way between two.
  const turn = (sheets, isOn) => {
    for (const sheet of sheets) sheet.media = isOn(sheet) ? "" : "not all";
  };
  const sheetsOf = (kind) => document.querySelectorAll(`style[data-${kind}]`);
  const pageNow = () => location.pathname.split("/").findLast(Boolean);

  function keepOwn() {
    const sheets = [...sheetsOf("page")];
    const page = pageNow();
    const own = sheets.some((sheet) => sheet.dataset.page === page) ? page : FIRST_PAINT.landing;
    turn(sheets, (sheet) => sheet.dataset.page === own);
  }

  // From the address of another page until its script has been still for a while.
  function betweenPages() {
    let before = pageNow();
    let since = 0;
    const look = () => {
      since = isAtRest() ? since || performance.now() : 0;
      if (since && performance.now() - since > STILL) keepOwn();
      else setTimeout(look, STILL / 4);
    };
    navigation.addEventListener("currententrychange", () => {
      if (pageNow() === before) return;
      before = pageNow();
      since = 0;
      turn(sheetsOf("page"), () => true);
      look();
      hold(performance.now() + START);
    });
  }

  // Its address comes after the first parts of another page do.
  const holdOnLeaving = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.target || link.origin !== location.origin || link.download) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    // Without a connection no other page comes, for now.
    if ("offline" in root.dataset) return;
    if (link.pathname === location.pathname) return;
    leaving = location.href;
    hold(performance.now() + START);
  };

  function connectSheets() {
    const present = () => turn(sheetsOf("presenting"), () => "present" in root.dataset);
    new MutationObserver(present).observe(root, { attributeFilter: ["data-present"] });
    present();
    // A browser that does not tell of a new address keeps them all.
    if (!("navigation" in window)) return;
    keepOwn();
    betweenPages();
    document.addEventListener("click", holdOnLeaving, true);
  }

  // All that stands after a part of the page.
  function* after(part) {
    for (let at = part; at && at !== find("stMainBlockContainer"); at = at.parentElement) {
      for (let next = at.nextElementSibling; next; next = next.nextElementSibling) yield next;
    }
  }

  // What an expander shows comes from the server part by part, and its scripts come later: it is seen
  // once it is whole, so that what follows moves once. Where that is so late that nobody expects it
  // any more, what follows is not seen before it has its place.
  function holdOpening(expander, body) {
    const pressed = performance.now();
    const behind = new Set();
    let [still, height, hasRun] = [performance.now(), 0, false];
    expander.dataset.opens = "";
    const isWhole = (now) => {
      hasRun ||= !isAtRest();
      if (body.scrollHeight !== height || !areDrawn(body)) still = now;
      height = body.scrollHeight;
      if (body.querySelector(WORKS)) return true;
      if (!hasRun && !height && now - pressed < START) return false;
      return now - still > (isAtRest() ? SHORT_REST : LONG_REST) && (height > 0 || isAtRest());
    };
    const look = () => {
      const now = performance.now();
      const isOver = !expander.isConnected || !("opens" in expander.dataset);
      if (isOver || isWhole(now) || now - pressed > LONGEST) {
        delete expander.dataset.opens;
        // Only once it has its place: what comes into sight elsewhere has not moved.
        requestAnimationFrame(() => {
          behind.forEach((part) => delete part.dataset.behind);
          document.dispatchEvent(new Event("mnistviz:opened"));
        });
        return;
      }
      if (now - pressed > EXPECTED) {
        expander.dataset.opens = "late";
        for (const part of after(expander)) {
          part.dataset.behind = "";
          behind.add(part);
        }
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }

  const openWhole = (event) => {
    const expander = event.target.closest?.("summary")?.closest(EXPANDER);
    const body = expander?.querySelector('[data-testid="stExpanderDetails"]');
    if (body?.inert) holdOpening(expander, body);
    else delete expander?.dataset.opens;
  };

  // A script of Streamlit's that has not come is not asked for again: all elements that need it are
  // errors, on every page, until the page is loaded anew. That is done as soon as the server answers;
  // where it does not help, only once.
  const isFresh = () =>
    performance.getEntriesByType("navigation")[0]?.type === "reload" && performance.now() < FRESH;

  const loadAnew = () =>
    fetch(location.href, { method: "HEAD", cache: "no-store" }).then(
      ({ ok }) => (ok ? location.reload() : setTimeout(loadAnew, ASKS)),
      () => setTimeout(loadAnew, ASKS),
    );

  let isMissed = false;
  const miss = () => {
    if (isMissed || isFresh()) return;
    isMissed = true;
    loadAnew();
  };

  root.dataset.comes = "";
  begin();
  addEventListener("vite:preloadError", miss);
  document.addEventListener("click", openWhole, true);
  document.addEventListener("mnistviz:learns", () => "comes" in root.dataset || hold());
  document.addEventListener("DOMContentLoaded", connectSheets);
  wait();
})();
