"""The notebook of the lesson: run from top to bottom in a kernel of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ipykernel", reason="ipykernel is not installed: requirements-dev.txt has it")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: it comes along")
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: it comes along")

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "examples" / "lesson.ipynb"
FIGURE = "application/vnd.plotly.v1+json"


def read() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def printed(cell: Any) -> str:
    return "".join(one.get("text", "") for one in cell.outputs)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook after its run, in an empty folder, by someone without settings."""
    folder = tmp_path_factory.mktemp("notebook")
    notebook = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        # The kind of output that tells Jupyter what to draw, without 5 MB of Plotly in each.
        patch.setenv("PLOTLY_RENDERER", "plotly_mimetype")
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(folder / name.lower()))
        nbclient.NotebookClient(
            notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": folder}}
        ).execute()
    return notebook


def test_it_is_valid_and_kept_without_outputs() -> None:
    notebook = read()
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


def test_it_runs_on_torch_and_the_package_alone() -> None:
    code = "\n".join(cell.source for cell in read().cells if cell.cell_type == "code")
    named = set(re.findall(r"(?m)^(?:import|from) (\w+)", code))
    assert named == {"torch", "mnistviz"}


def test_it_shows_what_its_words_say(done: Any) -> None:
    cells = [cell for cell in done.cells if cell.cell_type == "code"]
    text = "\n".join(printed(cell) for cell in cells)
    assert not [one for cell in cells for one in cell.outputs if one.get("name") == "stderr"]
    for said in (
        *("torch.Size([64, 1, 28, 28])", "torch.Size([64, 784])", "torch.Size([64, 10])"),
        "The size of tensor a (10) must match the size of tensor b (64)",
        "(fc1): Linear(in_features=784, out_features=128, bias=True)",
        "(0): Linear(in_features=784, out_features=128, bias=True)",
        *("torch.Size([128, 784]) torch.Size([128])", "True\n"),
    ):
        assert said in text
    (mean,) = re.findall(r"on average: (\d+)%", text)
    assert int(mean) > 60
    (share,) = re.findall(r"([\d.]+)% of the test digits", text)
    assert float(share) > 90


def test_its_bars_are_what_its_words_say(done: Any) -> None:
    shown = [one.data for cell in done.cells for one in cell.get("outputs", []) if "data" in one]
    drawn = [data[FIGURE] for data in shown if FIGURE in data]
    largest = [max(one["data"][0]["x"]) for one in drawn if one["data"][0]["type"] == "bar"]
    equal, by_hand, small, sequential, trained = largest
    assert equal == pytest.approx(0.1)
    # Sure without having learned, near 10 %, and sure with reason.
    assert by_hand > 0.9
    assert 0.1 < small < 0.15
    assert 0.1 < sequential < 0.2
    assert trained > 0.9
    assert len(drawn) == 8
