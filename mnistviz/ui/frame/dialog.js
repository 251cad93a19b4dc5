// Panels that open over the page: `dialog.NAME`, and the button `.open-NAME` that opens it.

// Let `root` open a panel, with more to be done `before` it is seen and `after`. Returned is what
// opens it.
function connectDialog(root, name, before = () => {}, after = () => {}) {
  const dialog = root.querySelector(`dialog.${name}`);
  const open = () => {
    before(dialog);
    dialog.showModal();
    dialog.scrollTop = 0;
    after(dialog);
  };
  root.querySelector(`.open-${name}`).onclick = open;
  dialog.querySelector(".close").onclick = () => dialog.close();
  // A press beside the panel closes it too: there, the dialog itself is what is pressed.
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
  return open;
}
