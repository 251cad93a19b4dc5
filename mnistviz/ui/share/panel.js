// The panel Share. All that it shows comes of the address that the browser has at that moment.
const FRAME_KEYS = ["embed", "embed_options"];

// Streamlit's own cloud shows the app in a frame below this path of the address that people know.
const CLOUD_FRAME = "/~/+/";

// The link of what is in sight, as one opens it by itself: not as the part of another page.
function currentLink() {
  const link = new URL(location.href);
  for (const key of FRAME_KEYS) link.searchParams.delete(key);
  if (link.pathname.startsWith(CLOUD_FRAME))
    link.pathname = link.pathname.slice(CLOUD_FRAME.length - 1);
  link.hash = "";
  return link.href;
}

// Where the app lies: its pages are one step below.
function appRoot(isLanding) {
  const { pathname } = location;
  return isLanding ? pathname.replace(/\/*$/, "/") : pathname.replace(/[^/]*\/*$/, "");
}

const inAttribute = (text) =>
  text.replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`).replaceAll("&#38;", "&amp;");

function snippet(link, title) {
  const framed = new URL(link);
  framed.searchParams.set("embed", "true");
  return (
    `<iframe src="${inAttribute(framed.href)}" title="${inAttribute(title)}" width="100%" ` +
    'height="800" style="border: 0" loading="lazy" allow="camera; clipboard-write; fullscreen">' +
    "</iframe>"
  );
}

// Where the clipboard is not allowed, as in a frame or without a safe connection, the older way may
// be; where neither is, the text is selected for the keys that copy.
async function copyText(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

function connectCopies(panel, words) {
  const said = panel.querySelector(".share-said");
  for (const button of panel.querySelectorAll(".copy")) {
    button.onclick = async () => {
      said.textContent = "";
      const isCopied = await copyText(panel.querySelector(`#${button.dataset.of}`));
      said.textContent = isCopied ? words.copied : words.select;
      button.after(said);
      if (isCopied) button.focus();
    };
  }
}

// The code alone, as large as the window: also where the browser has no full screen for a page.
function connectFill(dialog, words) {
  const button = dialog.querySelector(".fill");
  const fill = (on) => {
    dialog.classList.toggle("filled", on);
    button.textContent = on ? words.leave : words.fill;
    if (on) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
  };
  button.onclick = () => fill(!dialog.classList.contains("filled"));
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || fill(false));
  dialog.addEventListener("cancel", (event) => {
    if (!dialog.classList.contains("filled")) return;
    event.preventDefault();
    fill(false);
  });
  dialog.addEventListener("close", () => fill(false));
}

function connectShare(root, data) {
  const panel = root.querySelector(".sharing");
  const words = JSON.parse(panel.dataset.words);
  const [code, none] = [panel.querySelector(".qr img"), panel.querySelector(".no-qr")];
  const { title, idea, landing } = data;
  const show = () => {
    const link = currentLink();
    const course = words.course_text.replace(/\{(\w+)\}/g, (_, key) => ({ title, idea, link })[key]);
    panel.querySelector("#share-link").value = link;
    panel.querySelector("#share-course").value = course;
    panel.querySelector("#share-embed").value = snippet(link, `mnistviz: ${title}`);
    const draws = (can) => {
      for (const part of [code, panel.querySelector(".fill")]) part.hidden = !can;
      none.hidden = can;
    };
    code.onerror = () => draws(false);
    draws(link.length <= Number(panel.dataset.longest));
    if (!code.hidden) code.src = `${appRoot(landing)}_share/qr.svg?link=${encodeURIComponent(link)}`;
  };
  const open = connectDialog(root, "share", show);
  if (!panel.isConnectedOnce) {
    panel.isConnectedOnce = true;
    connectCopies(panel, words);
    connectFill(root.querySelector("dialog.share"), words);
  }
  return { open, label: data.share, help: words.help };
}
