// Takes a network out of bytes and lays it where the drawing pad finds it. The last KEPT stay, so
// that going back to one of them costs nothing.
const KEPT = 3;

export default function ({ data }) {
  const { networks } = (globalThis.mnistvizDraw ??= { networks: new Map() });
  const digest = digestOf(data);
  const network = networks.get(digest) ?? readNetwork(data);
  networks.delete(digest);
  networks.set(digest, network);
  for (const old of [...networks.keys()].slice(0, -KEPT)) networks.delete(old);
  document.dispatchEvent(new CustomEvent("mnistviz-network"));
}
