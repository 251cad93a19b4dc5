// Runs axe-core, and says where on the page each of its violations is.

async function rules(only) {
  const options = { resultTypes: ["violations"], elementRef: true, rules: {} };
  if (only) options.runOnly = { type: "rule", values: only };
  else options.rules["target-size"] = { enabled: true };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => ({
    id,
    target: node.target.flat().join(" >> "),
    html: node.html.slice(0, 240),
    why: [...node.any, ...node.all, ...node.none].map(({ message }) => message)[0] ?? help,
    path: node.element ? placeOf(node.element) : "",
    text: short(node.element?.textContent ?? ""),
  })));
}
