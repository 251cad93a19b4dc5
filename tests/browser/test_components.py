"""The JavaScript of each component, put together, is a module that a browser takes."""

from playwright.sync_api import Browser

from tests.components import files, read

IMPORT = """async (sources) => {
  const results = {};
  for (const [name, source] of Object.entries(sources)) {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    results[name] = await import(url).then((module) => typeof module.default, String);
  }
  return results;
}"""


def test_every_component_is_a_module(chromium: Browser) -> None:
    sources = {name: "\n".join(map(read, taken)) for name, taken in files().items()}
    page = chromium.new_page()
    results = page.evaluate(IMPORT, sources)
    page.close()
    assert results == dict.fromkeys(sources, "function")


MOMENTS = """async (source) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: draw } = await import(url);
  const host = document.createElement("div");
  const parentElement = host.attachShadow({ mode: "open" });
  const moments = [];
  let now = null;
  const setTriggerValue = (name, value) => {
    if (!now) {
      moments.push((now = []));
      setTimeout(() => (now = null));
    }
    now.push([name, value]);
  };
  draw({ parentElement, setTriggerValue });
  while (globalThis.mnistvizTurns.isOn) await new Promise((done) => setTimeout(done));
  return moments;
}"""
"""What Streamlit would gather into one run, of a component that tells three things at once."""


def test_each_thing_told_has_a_moment_of_its_own(chromium: Browser) -> None:
    told = [["drawn", 1], ["set", 2], ["drawn", 3]]
    source = (
        "const drawComponent = ({ setTriggerValue }) => {"
        f" for (const [name, value] of {told}) setTriggerValue(name, value); }};"
    )
    page = chromium.new_page()
    moments = page.evaluate(MOMENTS, source + read("elements/drawn"))
    page.close()
    assert moments == [[one] for one in told]
