"""What a person takes home gives the app's numbers: unpacked elsewhere, with nothing of the app."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
import torch
from nbclient import NotebookClient
from safetensors.torch import load_file

from mnistviz.codegen import models
from mnistviz.codegen.notebook import blocks, notebook
from mnistviz.digits import mnist
from mnistviz.lessons import take_home
from mnistviz.lessons.classify import script
from mnistviz.network import styles
from mnistviz.network.files import saving
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.spec.fields import Activation, Augment, Bias, Data, Init, Optimizer, Split, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from tests.helpers.networks import layers_of, learned, load
from tests.helpers.scripts import printed, run

SHORT = TrainSpec(Optimizer.MOMENTUM, 0.05, batch_size=500, epochs=1, seed=3)
LOADED = "0123456789abcdef"
DIGIT = DigitSpec(batch=3, image=9)


def random_specs(count: int) -> list[NetworkSpec]:
    """Draw networks of all kinds, the same ones each time."""
    chance = random.Random(16)
    drawn = []
    for number in range(count):
        hidden = tuple(chance.randint(1, 40) for _ in range(chance.randint(0, 4)))
        kind = number % 3
        training = replace(
            SHORT, optimizer=chance.choice([*Optimizer]), augment=chance.choice([*Augment])
        )
        spec = NetworkSpec(
            chance.choice([*Style]),
            hidden,
            tuple(chance.choice([*Activation]) for _ in hidden) or Activation.RELU,
            chance.choice([*Init]),
            bias=chance.choice([*Bias]),
            seed=chance.randint(0, 999),
            training=training if kind == 1 else None,
            loaded=LOADED if kind == 2 else "",
        )
        drawn.append(spec)
    return drawn


KINDS = [
    NetworkSpec(Style.TENSORS, (12, 9), seed=3, training=SHORT),
    NetworkSpec(Style.MODULE, (12,), seed=3, training=replace(SHORT, optimizer=Optimizer.ADAM)),
    NetworkSpec(Style.FUNCTIONAL, (12,), Activation.TANH, Init.XAVIER_NORMAL, seed=3),
    NetworkSpec(Style.SEQUENTIAL, (20, 10), Activation.GELU, loaded=LOADED),
]
"""Each style once, of each kind of weights at least one."""

SPECS = [*KINDS, *random_specs(6)]


def name_of(spec: NetworkSpec) -> str:
    return f"{spec.style}-{spec.weights}-{len(spec.hidden)}"


def layers_in(spec: NetworkSpec) -> Parameters:
    if spec.loaded:
        return layers_of(*spec.hidden, seed=5)
    return parameters(spec) if spec.training is None else learned(spec)


def rows(spec: NetworkSpec) -> torch.Tensor:
    """The probabilities of the batch, by the core."""
    images = mnist.batch(load(), DIGIT.batch, DIGIT.seed, DIGIT.split).images
    return styles.probabilities(styles.build(spec, layers_in(spec)), mnist.flatten(images))


def unpacked(spec: NetworkSpec, folder: Path, digit: DigitSpec = DIGIT) -> Path:
    """Unpack the zip of a network, and return its one folder."""
    with zipfile.ZipFile(io.BytesIO(take_home.zipped(spec, digit, layers_in(spec)))) as archive:
        archive.extractall(folder)
    return folder / take_home.folder_name(spec)


def keeping(spec: NetworkSpec) -> str:
    """Code that keeps what has been computed, for whoever looks from outside."""
    named = ", ".join(name for pair in models.parameter_names(spec) for name in pair)
    return f'\ntorch.save([probabilities, {named}], "found.pt")\n'


ALONE = """
import sys

assert not {"mnistviz", "streamlit", "plotly", "safetensors"} & set(sys.modules)
"""
"""Code that fails where more is loaded than a notebook says that it needs."""


def check(spec: NetworkSpec, found: list[torch.Tensor]) -> None:
    """Compare what was computed elsewhere with the app: weights bit for bit."""
    probabilities, *tensors = found
    torch.testing.assert_close(probabilities, rows(spec), atol=1e-6, rtol=0, equal_nan=True)
    wanted = [one for layer in layers_in(spec) for one in (layer.weight, layer.bias)]
    for one, other in zip(tensors, wanted, strict=True):
        turned = one.detach().t() if spec.style is Style.TENSORS and one.dim() == 2 else one
        assert torch.equal(turned, other)


# A kernel takes seconds; that the cells of every kind run, and give its numbers, is tested below.
@pytest.mark.parametrize("spec", [KINDS[1], KINDS[3]], ids=name_of)
def test_unpacked_elsewhere_the_notebook_runs_in_a_clean_kernel(
    spec: NetworkSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a test has for itself, a person who takes it home has not.
    for name in ("PYTHONPATH", "MPLBACKEND"):
        monkeypatch.delenv(name, raising=False)
    folder = unpacked(spec, tmp_path)
    whole = nbformat.read(folder / take_home.notebook_name(spec), as_version=4)
    nbformat.validate(whole)
    pictures = [cell for cell in whole.cells if "plt.show()" in cell.source]
    whole.cells.append(nbformat.v4.new_code_cell(keeping(spec) + ALONE))
    NotebookClient(whole, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    for cell in pictures:
        assert any("image/png" in output.get("data", {}) for output in cell.outputs)
    check(spec, torch.load(folder / "found.pt", weights_only=True))
    # Nothing was downloaded.
    assert not (folder / "data").exists()


def test_unpacked_elsewhere_the_script_runs_by_plain_python(tmp_path: Path) -> None:
    spec = KINDS[0]
    folder = unpacked(spec, tmp_path)
    file = folder / script.file_name(spec)
    file.write_text(file.read_text(encoding="utf-8") + keeping(spec), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, file.name],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    check(spec, torch.load(folder / "found.pt", weights_only=True))
    ten = rows(spec)[DIGIT.image].tolist()
    assert printed(done.stdout) == pytest.approx(ten, abs=1e-6, nan_ok=True)
    assert not (folder / "data").exists()


@pytest.mark.parametrize("spec", SPECS, ids=name_of)
def test_notebook_and_script_of_any_network_give_its_numbers(
    spec: NetworkSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    folder = unpacked(spec, tmp_path)
    text = notebook(spec, DIGIT, take_home.torch_name(spec))
    cells = [cell.source for cell in nbformat.reads(text, 4).cells if cell.cell_type == "code"]
    for code in ("\n".join(cells), script.script(spec, DIGIT)):
        run(code + keeping(spec), folder)
        check(spec, torch.load(folder / "found.pt", weights_only=True))


@pytest.mark.parametrize("spec", KINDS, ids=name_of)
def test_both_files_of_weights_hold_the_same_bits(spec: NetworkSpec, tmp_path: Path) -> None:
    folder = unpacked(spec, tmp_path)
    tensors = load_file(folder / saving.file_name(spec))
    state = torch.load(folder / take_home.torch_name(spec), weights_only=True)
    assert state.keys() == tensors.keys()
    for layer in layers_in(spec):
        assert torch.equal(state[f"{layer.name}.weight"], layer.weight)
        assert torch.equal(state[f"{layer.name}.bias"], layer.bias)
        assert torch.equal(tensors[f"{layer.name}.weight"], layer.weight)
    # A view would have been saved with all that it is a view of.
    numbers = sum(one.numel() for one in state.values())
    assert (folder / take_home.torch_name(spec)).stat().st_size < 4 * numbers + 8_000


def test_equal_specs_give_equal_files() -> None:
    spec = KINDS[2]
    first, second = (take_home.zipped(spec, DIGIT, layers_in(spec)) for _ in range(2))
    assert first == second


def test_what_is_not_there_yet_is_not_in_the_zip(tmp_path: Path) -> None:
    spec = replace(KINDS[0], training=replace(SHORT, data=Data.FULL))
    digit = DigitSpec(Data.FULL, split=Split.TEST)
    packed = take_home.zipped(spec, digit, None)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = {Path(name).name for name in archive.namelist()}
        said = archive.read(f"{take_home.folder_name(spec)}/README.md").decode()
    files = {script.file_name(spec), take_home.notebook_name(spec)}
    assert names == {"README.md", "requirements.txt", *files}
    assert ".safetensors" not in said
    assert "downloads" in said


def test_a_network_of_another_set_is_refused() -> None:
    with pytest.raises(ValueError, match="trained on"):
        notebook(KINDS[0], DigitSpec(Data.FULL))


def test_what_varies_the_digits_has_words_of_its_own() -> None:
    spec = NetworkSpec(hidden=(8,), training=replace(SHORT, augment=Augment.LIGHT))
    cells = [cell.source for cell in nbformat.reads(notebook(spec, DIGIT), 4).cells]
    after = {cell.split("(")[0]: before for before, cell in pairwise(cells)}
    assert "in other forms" in after["def augment"]
    assert after["def train"].startswith("This is the loop")


def test_code_is_split_where_functions_begin_and_end() -> None:
    lines = ["# first", "a = 1", "", "", "# why", "def f():", "    return 1", "", "", "b = f()"]
    assert [code for _, code in blocks(lines)] == [
        "# first\na = 1",
        "# why\ndef f():\n    return 1",
        "b = f()",
    ]
