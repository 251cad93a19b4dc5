// The texts of the main block's first screen that are written smaller than `least` pixels.
function letters(least) {
  const small = [];
  const size = (element) => {
    const letters = parseFloat(getComputedStyle(element).fontSize);
    const drawing = element.closest("svg");
    const drawn = drawing?.viewBox.baseVal?.width;
    return drawn ? (letters * drawing.getBoundingClientRect().width) / drawn : letters;
  };
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      const says = [...element.childNodes].some(
        ({ nodeType, textContent }) => nodeType === Node.TEXT_NODE && textContent.trim(),
      );
      const { top, width } = element.getBoundingClientRect();
      const seen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      if (!says || !seen || width < 2 || top > innerHeight) continue;
      // Streamlit's signs are letters of a font of their own; a formula's indices are small.
      if (element.closest('[data-testid="stIconMaterial"], .katex, style')) continue;
      if (size(element) < least) small.push(element.textContent.trim().slice(0, 40));
    }
  };
  look(document.querySelector('[data-testid="stMain"]'));
  return small;
}
