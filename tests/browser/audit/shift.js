// Runs before the page: keeps every shift of the layout, with what has moved.
(() => {
  const kept = [];
  const box = (rect) => ({ left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom });
  const keep = (entry) => kept.push({
    value: entry.value,
    time: entry.startTime,
    afterInput: entry.hadRecentInput,
    moved: entry.sources.map(({ node, previousRect, currentRect }) => ({
      node: node?.nodeType === Node.ELEMENT_NODE ? node : (node?.parentElement ?? null),
      from: box(previousRect),
      to: box(currentRect),
    })),
  });
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(keep));
  observer.observe({ type: "layout-shift", buffered: true });
  window.shiftsOfLayout = () => {
    observer.takeRecords().forEach(keep);
    return kept;
  };
})();
