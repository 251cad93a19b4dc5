// Buttons for the page as a whole, in the row of the ways to other pages, which Streamlit draws anew
// as it likes.
function connectBar(onChange) {
  const bar = make("div", "mnistviz-bar");
  const place = () => {
    const row = document.querySelector(".st-key-ways");
    if (row && bar.parentNode !== row) row.append(bar);
  };
  onChange(place);
  place();
  return (name, onPress) => {
    const button = add(bar, "button", `mnistviz-${name}`, "");
    button.type = "button";
    button.onclick = onPress;
    return button;
  };
}
