"""Tests of the scripts of all pages: as a strict reader has them, and wherever they are run."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision import datasets

from mnistviz.codegen import models
from mnistviz.digits import mnist
from mnistviz.lessons.classify import script as classify_script
from mnistviz.lessons.clinic import script as clinic_script
from mnistviz.lessons.clinic.operations import Change, Operation
from mnistviz.lessons.digits import script as digits_script
from mnistviz.lessons.train import script as train_script
from mnistviz.network import forward
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.spec.fields import Activation, Bias, Data, Init, Optimizer, Split, Style, defaults
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from tests.helpers.networks import learned, load, shown
from tests.helpers.scripts import of_all_pages, printed, run

SHORT = TrainSpec(Optimizer.MOMENTUM, 0.05, batch_size=500, epochs=1, seed=3)
"""A training of a few steps."""

LESSON = NetworkSpec.from_settings({**defaults(), **PRESETS["by_hand"]})


def networks() -> list[NetworkSpec]:
    """Spread the settings over a few networks of each style."""
    kinds = [
        NetworkSpec(),
        LESSON,
        NetworkSpec(hidden=(), init=Init.ZEROS, bias=Bias.ZEROS),
        NetworkSpec(hidden=(20,), activation=Activation.TANH, init=Init.KAIMING_UNIFORM),
        NetworkSpec(hidden=(9, 8, 7), activation=Activation.NONE, init=Init.XAVIER_UNIFORM),
        NetworkSpec(hidden=(9, 8), activation=Activation.SOFTPLUS, init=Init.CONSTANT),
        NetworkSpec(hidden=(9, 8, 7, 6), activation=Activation.GELU, init=Init.XAVIER_NORMAL),
        NetworkSpec(hidden=(30,), activation=Activation.SILU, init=Init.NORMAL, bias=Bias.NORMAL),
        NetworkSpec(hidden=(30,), activation=Activation.LEAKY_RELU, init=Init.KAIMING_NORMAL),
        NetworkSpec(hidden=(9, 8, 7), activation=(Activation.SILU, Activation.NONE)),
        NetworkSpec(hidden=(9, 8), activation=(Activation.RELU, Activation.TANH), training=SHORT),
        NetworkSpec(training=TrainSpec()),
        NetworkSpec(hidden=(12,), activation=Activation.SIGMOID, training=SHORT),
        NetworkSpec(hidden=(8,), training=replace(SHORT, optimizer=Optimizer.ADAM)),
        NetworkSpec(hidden=(), training=replace(SHORT, optimizer=Optimizer.SGD)),
        NetworkSpec(hidden=(40, 30), loaded="0123456789abcdef"),
    ]
    styles = [*Style]
    each = [replace(spec, style=styles[1 + place % 3]) for place, spec in enumerate(kinds)]
    return [*each, *(replace(spec, style=Style.TENSORS) for spec in kinds)]


def places() -> list[DigitSpec]:
    """Take digits of both parts of both sets, from first, middle and last batches."""
    return [
        DigitSpec(image=4),
        DigitSpec(batch=62, image=31, split=Split.TRAIN),
        DigitSpec(batch=3, image=9, split=Split.TEST),
        DigitSpec(Data.FULL, split=Split.TEST),
    ]


def fitting(network: NetworkSpec, digit: DigitSpec) -> NetworkSpec:
    """Return the network, trained on the digit's set if it is trained."""
    if network.training is None:
        return network
    return replace(network, training=replace(network.training, data=digit.data))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The scripts of all pages, by a name."""
    return {
        f"{number:03}_{name}": text
        for number, network in enumerate(networks())
        for place, digit in enumerate(places())
        if number % len(places()) == place or network.hidden == (128, 64)
        for name, text in of_all_pages(fitting(network, digit), digit)
    }


SMELLS = {
    "a sum that can be done": r"\[\w+ ?: ?\w+ \+ 1\]|0 \+ \d",
    "divided by one": r"/ 1(\.0)?\b(?!\.)|\* 1(\.0)?\b(?!\.)|\b1\.0 \*",
    "nothing added": r"[+-] 0\.0\b",
    "an empty slice": r"\[:0\]|\[0:0\]",
    "a loop over one": r"in range\(1\):\n +next|in layers\[:1\]",
    "an odd name": r"learnloader|\boperate\b|changed_to|its_bias|at_once|logits_of\(operate",
    "the old way": r"\.data\.(fill_|normal_|uniform_)|\.next\(\)|Variable|F\.sigmoid|F\.tanh",
    "what is not ours": r"platformdirs|islice|(import|from) mnistviz|streamlit|torch\.Tensor",
    "annotations": r"->",
    "a banner": r"# ?[-=#]{3}",
    "an assertion": r"^ *assert ",
    "old words": r"\bpaper\b|by chance|no number|\bsays\b|one's own|in hand",
}


class TestReading:
    def test_a_linter_finds_nothing(self, texts: dict[str, str], tmp_path: Path) -> None:
        for name, text in texts.items():
            (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [
                *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"),
                *("--output-format=concise", "--line-length=100"),
                "--select=F,E4,E5,E7,E9,W,I,B,C4,PLC,PLE,PLW,PIE,RET,SIM,UP,RUF059,NPY",
                # w -= 0.1 * w.grad changes the tensor in place: the name is not overwritten.
                "--ignore=PLW2901",
                str(tmp_path),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout.strip() == "All checks passed!"

    @pytest.mark.parametrize("smell", SMELLS)
    def test_it_does_not_smell_of_a_generator(self, texts: dict[str, str], smell: str) -> None:
        found = {
            (match[0], name.partition("_")[2])
            for name, text in texts.items()
            for match in re.finditer(SMELLS[smell], text, re.MULTILINE)
        }
        assert found == set()

    def test_what_is_named_is_used(self, texts: dict[str, str]) -> None:
        found = {
            (unused, name.partition("_")[2])
            for name, text in texts.items()
            for unused in unused_names(text)
        }
        assert found == set()

    def test_it_needs_torch_and_torchvision_only(self, texts: dict[str, str]) -> None:
        for name, text in texts.items():
            imported = set(re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE))
            allowed = {*sys.stdlib_module_names, "torch", "torchvision"}
            allowed |= {"safetensors"} if "load_file" in text else set()
            assert imported <= allowed, name

    def test_it_prints_and_ends_well(self, texts: dict[str, str]) -> None:
        for text in texts.values():
            assert "print(" in text
            assert text.endswith("\n")
            assert not text.endswith("\n\n")
            assert "\n\n\n\n" not in text


def unused_names(text: str) -> set[str]:
    """Return the names of a script that nothing reads: variables, functions and classes.

    Of names that are given together, as `images, labels = …`, one is enough.
    """
    tree = ast.parse(text)
    read = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    given: list[set[str]] = []
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.For):
            targets = [node.target]
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            given.append({node.name})
        for target in targets:
            together = {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
            given.append(together)
    methods = {"__init__", "forward"}
    return {", ".join(sorted(names)) for names in given if not names & {*read, *methods, "_"}}


def test_an_unused_name_is_found() -> None:
    assert unused_names("a, b = 1, 2\nc = b\ndef f():\n    d = 1\n") == {"c", "d", "f"}


@pytest.mark.parametrize("bias", Bias)
@pytest.mark.parametrize("init", Init)
def test_modules_start_with_the_same_bits(init: Init, bias: Bias) -> None:
    for style in (Style.MODULE, Style.SEQUENTIAL):
        spec = NetworkSpec(style, (6, 5), init=init, bias=bias, std=0.3, constant=-0.2, seed=11)
        space: dict[str, object] = {"torch": torch, "nn": torch.nn, "math": __import__("math")}
        with torch.random.fork_rng():
            exec("\n".join(models.made_lines(spec)), space)
        model = space["model"]
        assert isinstance(model, torch.nn.Module)
        wanted = [tensor for layer in parameters(spec) for tensor in (layer.weight, layer.bias)]
        for found, tensor in zip(model.parameters(), wanted, strict=True):
            assert torch.equal(found, tensor)


def logits(spec: NetworkSpec, digit: DigitSpec) -> tuple[Parameters, torch.Tensor, torch.Tensor]:
    """Return parameters, logits (B, 10) and labels of a digit's batch, by the core."""
    layers = parameters(spec) if spec.training is None else learned(spec)
    batch = mnist.batch(load(), digit.batch, digit.seed, digit.split)
    return layers, forward.logits(spec, layers, mnist.flatten(batch.images)), batch.labels


def after(name: str, text: str) -> list[float]:
    """Return the numbers of the last line that begins with a name."""
    *_, line = (line for line in text.splitlines() if line.startswith(name))
    return [float(number) for number in line.removeprefix(name).split()]


OF_TEST = [
    *(NetworkSpec(style, (12,), seed=3) for style in Style),
    *(NetworkSpec(style, (12,), seed=3, training=SHORT) for style in (Style.TENSORS, Style.MODULE)),
]


SAID = {
    *("classify", "softmax", "tensors", "inside_last", "inside_two", "initialization", "digits"),
    *("activations", "modules"),
}


@pytest.mark.parametrize("spec", OF_TEST, ids=lambda s: f"{s.style}-{bool(s.training)}")
def test_every_page_takes_test_digits(spec: NetworkSpec) -> None:
    digit = DigitSpec(batch=15, image=7, seed=3, split=Split.TEST)
    texts = dict(of_all_pages(spec, digit))
    said = {name: run(text) for name, text in texts.items() if name in SAID}
    layers, found, labels = logits(spec, digit)
    p, row = torch.softmax(found, dim=1), found[digit.image].tolist()
    ten = p[digit.image].tolist()
    assert printed(said["classify"]) == pytest.approx(ten, abs=1e-6)
    assert printed(said["classify"]) == pytest.approx(shown(spec, digit), abs=1e-6)
    softmax = [float(line.split()[-1]) for line in said["softmax"].splitlines()[:10]]
    assert softmax == pytest.approx(ten, abs=1e-6)
    by_hand = replace(spec, style=Style.TENSORS)
    wanted = logits(by_hand, digit)[1][digit.image].tolist()
    assert after("logits:", said["tensors"]) == pytest.approx(wanted, abs=2e-6)
    assert after("sum:", said["inside_last"]) == pytest.approx([row[3]], abs=1e-5)
    assert after("sum:", said["inside_two"]) == pytest.approx([row[3] - row[5]], abs=1e-5)
    confidence = [float(p.max(dim=1).values.mean())]
    assert after("confidence:", said["initialization"]) == pytest.approx(confidence, abs=1e-6)
    assert after("label:", said["digits"]) == [float(labels[digit.image])]
    counts = torch.bincount(load().test_labels).tolist()
    assert f"set: {counts}" in said["digits"]
    assert "(40, 1, 28, 28)" in said["digits"]
    if spec.training is None:
        assert after(f"{spec.style}:", said["modules"]) == pytest.approx(ten, abs=1e-6)
    operated = run(clinic_script.script(spec, digit, Change(Operation.INVERT)))
    before = [float(line.split()[1]) for line in operated.splitlines()[:10]]
    assert before == pytest.approx(ten, abs=2e-6)
    for name, text in texts.items():
        opens = set(re.findall(r"^(\w+set) = datasets", text, re.MULTILINE))
        assert ("testset" in opens) == (not name.startswith("draw")), name
        if spec.training is not None and name not in ("loader", "digits", "softmax_own"):
            assert "trainset" in opens, name
            assert "trainloader = " in text, name
    assert len(layers) == 2


def test_a_digit_of_either_part_has_its_loader() -> None:
    trained = NetworkSpec(hidden=(4,), training=SHORT)
    for spec, split, names in [
        (NetworkSpec(), Split.TRAIN, ["trainloader"]),
        (NetworkSpec(), Split.TEST, ["testloader"]),
        (trained, Split.TRAIN, ["loader", "trainloader"]),
        (trained, Split.TEST, ["testloader", "trainloader"]),
    ]:
        text = classify_script.script(spec, DigitSpec(split=split))
        assert re.findall(r"^(\w+) = torch.utils.data.DataLoader", text, re.MULTILINE) == names
    text = digits_script.loader_script(DigitSpec(split=Split.TEST), 100, 5, 16)
    assert "testset, batch_size=100" in text
    assert "trainset" not in text


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with another small MNIST under `data`: the sample, each picture upside down."""
    root = tmp_path_factory.mktemp("elsewhere")
    raw = root / "data" / "MNIST" / "raw"
    shutil.copytree(mnist.SAMPLE_ROOT / "MNIST" / "raw", raw)
    for part in ("train", "t10k"):
        images = raw / f"{part}-images-idx3-ubyte"
        content = np.frombuffer(images.read_bytes(), np.uint8)
        images.write_bytes(content[:16].tobytes() + content[:15:-1].tobytes())
    return root


def cases() -> Iterator[tuple[NetworkSpec, DigitSpec]]:
    """Take every style, both parts and both sets, and one that is trained first."""
    for style, split, data in zip(
        [*Style, *Style], [*Split] * 4, [Data.SAMPLE] * 4 + [Data.FULL] * 4, strict=True
    ):
        yield NetworkSpec(style, (12,), seed=3), DigitSpec(data, 2, 6, 3, split)
    yield NetworkSpec(hidden=(8,), training=SHORT), DigitSpec(Data.SAMPLE, 1, 6, 3, Split.TEST)


@pytest.mark.parametrize(("spec", "digit"), list(cases()))
def test_it_runs_in_any_folder(spec: NetworkSpec, digit: DigitSpec, small: Path) -> None:
    text = classify_script.script(spec, digit)
    found = printed(run(text, small, HOME=str(small)))
    assert found == pytest.approx(shown(spec, digit, small / "data"), abs=1e-6)
    assert found != pytest.approx(shown(spec, digit), abs=1e-4)


def test_each_page_runs_in_any_folder(small: Path) -> None:
    for name, text in of_all_pages(NetworkSpec(hidden=(5,)), DigitSpec(image=2)):
        assert run(text, small, HOME=str(small)).strip(), name


@pytest.mark.parametrize("data", Data)
def test_what_is_missing_is_downloaded(data: Data, small: Path, tmp_path: Path) -> None:
    asked = []

    def fetched(digits: datasets.MNIST) -> None:
        asked.append((Path(digits.root), digits.train))
        shutil.copytree(small / "data", digits.root)

    spec = NetworkSpec(hidden=(5,), training=replace(SHORT, data=data))
    text = train_script.script(spec)
    said = run(text, tmp_path, fetched, HOME=str(tmp_path))
    assert said.startswith("epoch 1: test loss ")
    # Once: the second part is there then.
    assert asked == [(Path("data"), True)]
    assert run(text, tmp_path, HOME=str(tmp_path)) == said
