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
