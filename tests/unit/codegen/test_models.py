"""Tests of the code on the screen: every kind of it is run and must print what the app shows."""

from __future__ import annotations

import itertools
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mnistviz.digits import mnist
from mnistviz.lessons.classify import script
from mnistviz.spec.activations import listed
from mnistviz.spec.fields import (
    Activation,
    Bias,
    Data,
    Init,
    Split,
    Style,
    batch_length,
    defaults,
)
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from tests.helpers.networks import shown
from tests.helpers.scripts import ROOT, environment, printed, run

Case = tuple[NetworkSpec, DigitSpec]


def random_cases(count: int) -> Iterator[Case]:
    """Draw specs and digits from all over, the same ones every time."""
    chance = random.Random(11)
    for number in range(count):
        hidden = tuple(chance.choice([1, 2, 10, 100, 1024]) for _ in range(number % 5))
        network = NetworkSpec(
            style=list(Style)[number % 4],
            hidden=hidden,
            activation=tuple(chance.choices(list(Activation), k=1 + number % 3)),
            init=chance.choice(list(Init)),
            std=chance.choice([0.0001, 0.05, 0.1, 1.0]),
            constant=chance.choice([-0.001, 0.0, 1e-05, 0.01]),
            bias=chance.choice(list(Bias)),
            seed=chance.choice([0, 7, 999_999, chance.randrange(1_000_000)]),
        )
        # The loader goes through all the batches before: late ones take long, and one is enough.
        batch = chance.choice([0, 1, 2, 5, 10, 20 + number])
        image = chance.randrange(batch_length(Data.SAMPLE, batch))
        yield network, DigitSpec(Data.SAMPLE, batch, image, network.seed)


ACTIVATIONS: list[Case] = [
    (
        NetworkSpec(style, (30, 20), activation, Init.XAVIER_NORMAL, seed=3),
        DigitSpec(image=3, seed=3),
    )
    for style, activation in itertools.product(Style, Activation)
]
MIXED: list[Case] = [
    (
        NetworkSpec(style, (30, 20, 10), activation, Init.XAVIER_NORMAL, seed=3),
        DigitSpec(image=3, seed=3),
    )
    for style, activation in itertools.product(
        Style,
        [
            (Activation.RELU, Activation.TANH, Activation.RELU),
            (Activation.NONE, Activation.GELU, Activation.SIGMOID),
        ],
    )
]
INITIALIZATIONS: list[Case] = [
    (
        NetworkSpec(style, (20,), Activation.TANH, init, 0.05, -0.01, bias, 5),
        DigitSpec(batch=1, image=63, seed=5),
    )
    for (style, init), bias in zip(
        itertools.product(Style, Init), itertools.cycle(Bias), strict=False
    )
]
RANDOM: list[Case] = list(random_cases(16))
DEPTHS: list[Case] = [
    (NetworkSpec(style, hidden, seed=9), DigitSpec(batch=batch, image=31, seed=9))
    for style, (hidden, batch) in itertools.product(
        Style, [((), 2), ((1,), 2), ((40, 30, 20, 10), 2)]
    )
]
LAST: Case = (NetworkSpec(hidden=(), seed=9), DigitSpec(batch=62, image=31, seed=9))
LARGE: list[Case] = [
    # std 1 is torch.randn. A whole number may stand where a float is meant.
    (NetworkSpec(style, (16,), Activation.SIGMOID, init, 1, 1, Bias.NORMAL, 2), DigitSpec(seed=2))
    for style, init in itertools.product(Style, [Init.NORMAL, Init.CONSTANT])
]
SAMPLE: list[Case] = [*ACTIVATIONS, *MIXED, *INITIALIZATIONS, *RANDOM, *DEPTHS, LAST, *LARGE]
FULL: list[Case] = [
    (NetworkSpec(style=style, hidden=(12,)), DigitSpec(Data.FULL, batch, 5))
    for style, batch in zip(Style, [0, 3, 10, 40], strict=True)
]
FULL_AT_HOME: Case = (NetworkSpec(hidden=(12,)), DigitSpec(Data.FULL, 2, 6))
PRESET_CASES: list[Case] = [
    (NetworkSpec.from_settings({**defaults(), **preset}), DigitSpec())
    for preset in PRESETS.values()
]


def name(case: Case) -> str:
    """Name a case in the report of the tests."""
    spec, digit = case
    return "-".join(
        [
            spec.style,
            *map(str, spec.hidden),
            listed(spec.activation),
            spec.init,
            spec.bias,
            f"{digit.data}.{digit.batch}.{digit.image}",
        ]
    )


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out as the full set: the files of the sample, each picture upside down.

    Whatever reads the sample in its place gives other probabilities.
    """
    root = tmp_path_factory.mktemp("full")
    raw = root / "MNIST" / "raw"
    shutil.copytree(mnist.SAMPLE_ROOT / "MNIST" / "raw", raw)
    images = raw / "train-images-idx3-ubyte"
    content = images.read_bytes()
    images.write_bytes(content[:16] + content[:15:-1])
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, full: Path) -> dict[str, str]:
    """The environment of a person whose cache folder holds the full set."""
    folder = tmp_path_factory.mktemp("home")
    person = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / ".cache")}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MNISTVIZ_DATA", raising=False)
        for key, value in person.items():
            patch.setenv(key, value)
        cache_folder = mnist.full_root()
    assert cache_folder.is_relative_to(folder)
    shutil.copytree(full, cache_folder)
    return person


@pytest.fixture(scope="module")
def answers(full: Path, home: dict[str, str]) -> dict[Case, str]:
    """What every script printed."""
    cases = [
        *((case, {}) for case in dict.fromkeys(SAMPLE)),
        *((case, {"MNISTVIZ_DATA": str(full)}) for case in FULL),
        (FULL_AT_HOME, home),
    ]
    with pytest.MonkeyPatch.context() as patch:
        # The app's cache folder is where it is by default.
        patch.delenv("XDG_CACHE_HOME", raising=False)
        return {case: run(script.script(*case), **more) for case, more in cases}


@pytest.mark.parametrize("case", SAMPLE, ids=name)
def test_the_script_prints_what_the_app_shows(case: Case, answers: dict[Case, str]) -> None:
    found = printed(answers[case])
    assert found == pytest.approx(shown(*case), abs=1e-6)
    assert sum(found) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("case", [*FULL, FULL_AT_HOME], ids=name)
def test_the_script_reads_the_full_set_where_the_app_does(
    case: Case, answers: dict[Case, str], full: Path
) -> None:
    found = printed(answers[case])
    assert found == pytest.approx(shown(*case, full), abs=1e-6)
    assert found != pytest.approx(shown(*case), abs=1e-4)


def test_plain_python_runs_it(tmp_path: Path) -> None:
    # As a person does it: nothing imported before, nothing seeded before.
    case = NetworkSpec(hidden=(8,), seed=4), DigitSpec(batch=3, image=7, seed=4)
    path = tmp_path / script.file_name(case[0])
    path.write_text(script.script(*case), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(path)],
        cwd=ROOT,
        env=environment(OMP_NUM_THREADS="1"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert printed(done.stdout) == pytest.approx(shown(*case), abs=1e-6)


WIDE = [
    (
        NetworkSpec(style, (1000,) * 4, activation, init, 0.0123, -99.99, bias, 999_999),
        DigitSpec(Data.FULL, 937, 31, 999_999),
    )
    for style, (activation, (init, bias)) in itertools.product(
        Style, zip(itertools.cycle(Activation), itertools.product(Init, Bias), strict=False)
    )
]
"""The longest code of each kind."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a script of every kind."""
    folder = tmp_path_factory.mktemp("texts")
    for number, case in enumerate(dict.fromkeys([*SAMPLE, *FULL, *PRESET_CASES, *WIDE])):
        path = folder / f"{number:04}_{name(case)}.py"
        path.write_text(script.script(*case), encoding="utf-8")
    return folder


class TestText:
    def test_nothing_is_wrong_with_the_code(self, folder: Path) -> None:
        # Unused or missing imports, undefined names, comparisons to True, order of imports, …
        # The rules of the place it is taken to are not ours: no configuration counts.
        done = subprocess.run(
            [
                *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"),
                *("--output-format=concise", "--select=F,E4,E7,E9,W,I,B,UP", str(folder)),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout.strip() == "All checks passed!"
        assert done.returncode == 0

    def test_no_line_is_longer_than_100(self, folder: Path) -> None:
        long = {
            line
            for file in folder.iterdir()
            for line in file.read_text(encoding="utf-8").splitlines()
            if len(line) > 100
        }
        assert long == set()

    def test_the_code_stands_alone(self, folder: Path) -> None:
        for file in folder.iterdir():
            text = file.read_text(encoding="utf-8")
            compile(text, file.name, "exec")
            assert not re.search(r"\b(import|from) mnistviz\b", text)
            assert "streamlit" not in text
            assert "torch.Tensor" not in text
            assert "None" not in text
            assert text.endswith("\n")
            assert not text.endswith("\n\n")

    @pytest.mark.parametrize(
        ("style", "there", "not_there"),
        [
            (
                Style.TENSORS,
                ["torch.mm(", "def softmax(x):", "def relu(x):", "weights_3 ="],
                [r"\bnn\.", r"\bF\.", "class "],
            ),
            (
                Style.MODULE,
                ["class Network(nn.Module):", "self.relu = nn.ReLU()", "nn.Softmax(dim=1)"],
                [r"\bF\.", r"torch\.mm", "Sequential"],
            ),
            (
                Style.FUNCTIONAL,
                ["class Network(nn.Module):", "x = F.relu(x)", "F.softmax("],
                [r"nn\.ReLU", r"nn\.Softmax", r"torch\.mm", "Sequential"],
            ),
            (
                Style.SEQUENTIAL,
                ["nn.Sequential(", "nn.ReLU(),", "nn.Softmax(dim=1),"],
                [r"\bF\.", "class ", r"torch\.mm"],
            ),
        ],
    )
    def test_each_style_is_written_its_own_way(
        self, style: Style, there: list[str], not_there: list[str]
    ) -> None:
        text = re.sub("#.*", "", script.script(NetworkSpec(style=style), DigitSpec()))
        for words in there:
            assert words in text
        for pattern in not_there:
            assert not re.search(pattern, text)

    def test_the_same_screen_gives_the_same_text(self) -> None:
        spec, digit = NetworkSpec(), DigitSpec()
        assert script.script(spec, digit) == script.script(replace(spec), replace(digit))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"seed": 123}, "torch.manual_seed(123)"),
            ({"hidden": (77,)}, "nn.Linear(784, 77)"),
            ({"init": Init.XAVIER_UNIFORM}, "nn.init.xavier_uniform_(model.fc1.weight)"),
            ({"bias": Bias.ZEROS}, "nn.init.zeros_(model.fc1.bias)"),
            ({"init": Init.NORMAL, "std": 0.25}, "nn.init.normal_(model.fc1.weight, std=0.25)"),
            (
                {"init": Init.CONSTANT, "constant": -3.5},
                "nn.init.constant_(model.fc1.weight, -3.5)",
            ),
        ],
    )
    def test_a_setting_is_seen_in_the_code(self, change: dict[str, object], words: str) -> None:
        plain = script.script(NetworkSpec(), DigitSpec())
        changed = script.script(replace(NetworkSpec(), **change), DigitSpec())
        assert words in changed
        assert words not in plain

    @pytest.mark.parametrize(
        ("digit", "words"),
        [
            (DigitSpec(seed=3), "torch.Generator().manual_seed(3)"),
            (DigitSpec(batch=5), "for _ in range(5):\n    next(batches)"),
            (DigitSpec(batch=62), "(32, 1, 28, 28) becomes (32, 784)"),
            (DigitSpec(image=9), "probabilities[9]"),
            (DigitSpec(Data.FULL), "MNISTVIZ_DATA"),
            (DigitSpec(split=Split.TEST), "testset = datasets.MNIST(root, train=False, "),
        ],
    )
    def test_the_digit_is_seen_in_the_code(self, digit: DigitSpec, words: str) -> None:
        assert words in script.script(NetworkSpec(), digit)
        assert words not in script.script(NetworkSpec(), DigitSpec())

    @pytest.mark.parametrize(
        ("spec", "file"),
        [
            (NetworkSpec(), "mnist_module_784_128_64_10.py"),
            (NetworkSpec(Style.TENSORS, (256,)), "mnist_tensors_784_256_10.py"),
            (NetworkSpec(Style.SEQUENTIAL, ()), "mnist_sequential_784_10.py"),
            (NetworkSpec(Style.FUNCTIONAL, (1,) * 4), "mnist_functional_784_1_1_1_1_10.py"),
        ],
    )
    def test_the_name_of_the_file(self, spec: NetworkSpec, file: str) -> None:
        assert script.file_name(spec) == file
