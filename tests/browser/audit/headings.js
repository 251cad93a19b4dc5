// The headings that are there for whoever listens, in their order, and the title of the document.

function headings() {
  const found = [];
  for (const [element, style] of drawn(document.body)) {
    const level = /^H([1-6])$/.exec(element.tagName)?.[1] ?? (element.getAttribute("role") === "heading"
      ? element.getAttribute("aria-level") : null);
    if (level && style.visibility === "visible" && !around(element, "[popover], dialog, [aria-hidden=true]")) {
      found.push({ level: Number(level), text: short(element.textContent), path: placeOf(element) });
    }
  }
  return { title: document.title, found };
}
