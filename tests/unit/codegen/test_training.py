"""Tests of the code that trains: it is run, and must print what the app has learned."""

from __future__ import annotations

import hashlib
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.lessons.activations import script as activations_script
from mnistviz.lessons.classify import script as classify_script
from mnistviz.lessons.softmax import script as softmax_script
from mnistviz.lessons.tensors import script as tensors_script
from mnistviz.lessons.train import script
from mnistviz.network import styles
from mnistviz.spec.fields import Activation, Augment, Bias, Data, Init, Optimizer, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.training.loop import Mark, StepRecord, train
from tests.helpers.scripts import printed
from tests.helpers.scripts import run as run_script

RATES = {Optimizer.SGD: 0.1, Optimizer.MOMENTUM: 0.05, Optimizer.ADAM: 0.003}
DIGIT = DigitSpec(batch=1, image=5, seed=3)


def trained(style: Style, optimizer: Optimizer, **more: object) -> NetworkSpec:
    """A small network of a style, trained for one epoch in a few steps."""
    how = TrainSpec(optimizer, RATES[optimizer], batch_size=512, epochs=1, seed=3)
    return NetworkSpec(style, (12,), seed=3, training=replace(how, **more))


EACH = [trained(style, optimizer) for style, optimizer in itertools.product(Style, Optimizer)]
OTHERS = [
    # Several epochs, in batches of which the last is shorter.
    *(trained(style, Optimizer.MOMENTUM, epochs=2, batch_size=300) for style in Style),
    # No hidden layer; several, with a start of their own.
    *(replace(trained(style, Optimizer.SGD), hidden=()) for style in Style),
    *(
        replace(
            trained(style, Optimizer.ADAM),
            hidden=(8, 6),
            activation=Activation.TANH,
            init=Init.XAVIER_NORMAL,
            bias=Bias.ZEROS,
        )
        for style in Style
    ),
]
ALIKE = [
    # All weights the same: a sum in another order would tell the units apart.
    replace(
        trained(Style.TENSORS, Optimizer.MOMENTUM, batch_size=100),
        hidden=(12, 8),
        activation=activation,
        init=init,
        bias=bias,
    )
    for activation, init, bias in [
        (Activation.RELU, Init.CONSTANT, Bias.NORMAL),
        (Activation.TANH, Init.CONSTANT, Bias.ZEROS),
        (Activation.SIGMOID, Init.ZEROS, Bias.NORMAL),
    ]
]
EXPLODED = [
    replace(
        trained(style, Optimizer.SGD, lr=100.0, batch_size=64, epochs=2),
        hidden=(16, 16),
        activation=Activation.LEAKY_RELU,
    )
    for style in (Style.TENSORS, Style.MODULE)
]
VARIED = [
    # Forms of digits that are drawn anew in the second epoch, in a last batch that is shorter too.
    trained(style, optimizer, epochs=2, batch_size=300, augment=Augment.LIGHT)
    for style, optimizer in ((Style.TENSORS, Optimizer.MOMENTUM), (Style.MODULE, Optimizer.ADAM))
]
ALL = [*EACH, *OTHERS, *EXPLODED, *VARIED]


def name(spec: NetworkSpec) -> str:
    """Name a case in the report of the tests."""
    how = spec.training
    assert how is not None
    return "-".join([spec.style, *map(str, spec.hidden), how.optimizer, str(how.lr), how.augment])


@cache
def bundled() -> mnist.Digits:
    return mnist.load(mnist.SAMPLE_ROOT)


@cache
def run(spec: NetworkSpec) -> tuple[StepRecord, ...]:
    """What the app records of a training."""
    assert spec.training is not None
    return tuple(train(spec.untrained, spec.training, mnist.examples(bundled())))


def last_mark(spec: NetworkSpec) -> Mark:
    mark = run(spec)[-1].mark
    assert mark is not None
    return mark


def expected(spec: NetworkSpec) -> list[float]:
    """The ten probabilities that the app shows of `DIGIT`."""
    layers = last_mark(spec).layers
    assert layers is not None
    inputs = mnist.flatten(mnist.batch(bundled(), DIGIT.batch, DIGIT.seed).images)
    rows = styles.probabilities(styles.build(spec, layers), inputs)
    return [float(value) for value in rows[DIGIT.image]]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Take sums in the order in which the server takes them, and the scripts."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("spec", ALIKE, ids=name)
def test_weights_that_start_alike_end_as_in_the_app(spec: NetworkSpec) -> None:
    found = printed(run_script(classify_script.script(spec, DIGIT)))
    assert found == pytest.approx(expected(spec), abs=1e-6)


@pytest.mark.parametrize("spec", EACH, ids=name)
def test_the_script_prints_what_the_app_shows(spec: NetworkSpec) -> None:
    found = printed(run_script(classify_script.script(spec, DIGIT)))
    assert found == pytest.approx(expected(spec), abs=1e-6)
    # It has learned something: the network with its first weights says something else.
    inputs = mnist.flatten(mnist.batch(bundled(), DIGIT.batch, DIGIT.seed).images)
    first = run(spec)[0].mark
    assert first is not None
    assert first.layers is not None
    start = styles.probabilities(styles.build(spec, first.layers), inputs)[DIGIT.image]
    assert found != pytest.approx(start.tolist(), abs=1e-2)


EPOCH = r"epoch (\d+): test loss (\S+), test accuracy (\S+)"


@pytest.mark.parametrize("spec", [*OTHERS, *VARIED], ids=name)
def test_the_training_prints_the_marks_of_the_app(spec: NetworkSpec) -> None:
    answer = run_script(script.script(spec))
    found = re.findall(EPOCH, answer)
    how, mark = spec.training, last_mark(spec)
    assert how is not None
    assert answer.splitlines() == [
        f"epoch {number}: test loss {loss}, test accuracy {share}" for number, loss, share in found
    ]
    assert [int(number) for number, _, _ in found] == list(range(1, how.epochs + 1))
    _, loss, share = found[-1]
    assert float(loss) == pytest.approx(mark.test_loss, rel=1e-6)
    assert float(share) == pytest.approx(mark.test_accuracy, abs=1e-9)


@pytest.mark.parametrize("spec", VARIED, ids=name)
def test_a_training_on_varied_digits_ends_in_the_same_bits(spec: NetworkSpec) -> None:
    tensors = "parameters" if spec.style is Style.TENSORS else "model.parameters()"
    digest = "".join(
        [
            "import hashlib\nbits = [w.detach().contiguous().numpy().tobytes() for w in ",
            f"{tensors}]\nprint(*sorted(hashlib.sha256(each).hexdigest() for each in bits))\n",
        ]
    )
    layers = last_mark(spec).layers
    assert layers is not None
    # Bare tensors have their weights turned.
    weights = [
        layer.weight.t() if spec.style is Style.TENSORS else layer.weight for layer in layers
    ]
    tensors_of_app = [*weights, *(layer.bias for layer in layers)]
    wanted = [hashlib.sha256(w.contiguous().numpy().tobytes()).hexdigest() for w in tensors_of_app]
    assert run_script(script.script(spec) + digest).splitlines()[-1].split() == sorted(wanted)


@pytest.mark.parametrize("spec", EXPLODED, ids=name)
def test_a_training_that_explodes_ends_where_the_app_ends_it(spec: NetworkSpec) -> None:
    records = run(spec)
    assert not records[-1].finite
    assert expected(spec) != expected(spec), "NaN differs from itself"
    assert run_script(classify_script.script(spec, DIGIT)).splitlines() == [
        f"{digit}: nan" for digit in range(10)
    ]
    stopped, tested = run_script(script.script(spec)).splitlines()[-2:]
    assert stopped == f"step {records[-1].step}: the loss is infinite or NaN"
    share = last_mark(spec).test_accuracy
    assert re.fullmatch(EPOCH, tested)
    assert tested.endswith(f"test loss nan, test accuracy {share:.8g}")


class TestSnippets:
    @pytest.mark.parametrize("style", [Style.TENSORS, Style.SEQUENTIAL])
    def test_softmax(self, style: Style) -> None:
        spec = trained(style, Optimizer.MOMENTUM)
        *lines, _, loss = run_script(
            softmax_script.script(spec, DIGIT, None, 1.0, 0.0)
        ).splitlines()
        wanted = expected(spec)
        assert [float(line.split()[-1]) for line in lines] == pytest.approx(wanted, abs=1e-6)
        assert loss.startswith("loss: ")

    @pytest.mark.parametrize("style", [Style.MODULE, Style.TENSORS])
    def test_activations(self, style: Style) -> None:
        spec = trained(style, Optimizer.MOMENTUM)
        lines = run_script(activations_script.script(spec, DIGIT)).splitlines()
        assert lines[0] == "greatest slope: 1"
        assert re.match(r"fc1: \d+ of 12 flat for image 5, \d+ for all 64, outputs 0 to ", lines[1])
        assert lines[2] == "folded: (784, 10)"
        assert float(lines[3].split(":")[1]) < 1e-4

    @pytest.mark.parametrize("style", [Style.TENSORS, Style.FUNCTIONAL])
    def test_tensors(self, style: Style) -> None:
        # It is written and trained by hand, whatever the style in hand is.
        text = tensors_script.script(trained(style, Optimizer.MOMENTUM), DIGIT, 2)
        values = dict(line.split(": ") for line in run_script(text).splitlines())
        assert values["hidden_1"] == "(64, 12)"
        assert float(values["total"]) == pytest.approx(float(values["torch.mm"]), abs=1e-5)
        layers = last_mark(trained(Style.TENSORS, Optimizer.MOMENTUM)).layers
        assert layers is not None
        inputs = mnist.flatten(mnist.batch(bundled(), DIGIT.batch, DIGIT.seed).images)
        hidden = (inputs @ layers[0].weight.t() + layers[0].bias).clamp(min=0)
        logits = hidden @ layers[1].weight.t() + layers[1].bias
        found = [float(value) for value in values["logits"].split()]
        assert found == pytest.approx(logits[DIGIT.image].tolist(), abs=1e-5)


LONGEST = [
    NetworkSpec(
        style,
        (1024,) * 4,
        activation,
        Init.XAVIER_UNIFORM,
        0.0123,
        -99.99,
        bias,
        999_999,
        TrainSpec(optimizer, 0.00001, 1024, 50, 999_999, Data.FULL),
    )
    for style, activation, bias, optimizer in itertools.product(Style, Activation, Bias, Optimizer)
]


def texts() -> Iterator[tuple[str, str]]:
    digit = DigitSpec(Data.FULL, 937, 31, 999_999)
    for number, spec in enumerate([*ALL, *LONGEST]):
        chosen = digit if spec in LONGEST else DIGIT
        yield f"digit_{number}", classify_script.script(spec, chosen)
        yield f"train_{number}", script.script(spec)
        if number % 10 == 0:
            yield f"softmax_{number}", softmax_script.script(spec, chosen, None, 1.0, 0.0)
            yield f"activations_{number}", activations_script.script(spec, chosen)
            yield f"tensors_{number}", tensors_script.script(spec, chosen, 0)


class TestText:
    def test_nothing_is_wrong_with_the_code(self, tmp_path: Path) -> None:
        for file, text in texts():
            (tmp_path / f"{file}.py").write_text(text, encoding="utf-8")
            assert max(map(len, text.splitlines())) <= 100
            assert not re.search(r"\b(import|from) mnistviz\b|streamlit", text)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"),
                *("--output-format=concise", "--select=F,E4,E7,E9,W,I,B,UP", str(tmp_path)),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout.strip() == "All checks passed!"

    @pytest.mark.parametrize(
        ("optimizer", "modules", "by_hand"),
        [
            (Optimizer.SGD, "torch.optim.SGD(model.parameters(), lr=0.1)", "w -= 0.1 * w.grad"),
            (
                Optimizer.MOMENTUM,
                "torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)",
                "velocity *= 0.9",
            ),
            (
                Optimizer.ADAM,
                "torch.optim.Adam(model.parameters(), lr=0.003)",
                "square += (1 - 0.999) * w.grad * w.grad",
            ),
        ],
    )
    def test_each_style_learns_its_own_way(
        self, optimizer: Optimizer, modules: str, by_hand: str
    ) -> None:
        for style in Style:
            text = re.sub("#.*", "", classify_script.script(trained(style, optimizer), DIGIT))
            tensors_only = style is Style.TENSORS
            assert (modules in text) != tensors_only
            assert (by_hand in text) == tensors_only
            assert bool(re.search(r"\bnn\.|\bF\.", text)) != tensors_only
            # A model that is trained gives logits.
            assert "nn.Softmax" not in text

    def test_the_seed_shuffles_and_draws(self) -> None:
        text = classify_script.script(trained(Style.MODULE, Optimizer.SGD), DIGIT)
        assert text.count("torch.Generator().manual_seed(3)") == 2
        assert text.count("torch.manual_seed(3)") == 1
        assert "batch_size=512" in text
        assert "batch_size=64" in text

    def test_another_set_than_the_digits_is_refused(self) -> None:
        spec = trained(Style.MODULE, Optimizer.SGD, data=Data.FULL)
        with pytest.raises(ValueError, match="trained on full, asked on sample"):
            classify_script.script(spec, DIGIT)

    def test_without_a_training_there_is_nothing_to_write(self) -> None:
        with pytest.raises(ValueError, match="without a training"):
            script.script(NetworkSpec())

    def test_the_names_of_the_files(self) -> None:
        spec = trained(Style.TENSORS, Optimizer.ADAM)
        assert classify_script.file_name(spec) == "mnist_tensors_784_12_10_trained.py"
        assert script.file_name(spec) == "train_tensors_adam_784_12_10.py"
