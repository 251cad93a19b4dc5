"""Training: the same as PyTorch's own loop, the same every time, recorded and bounded."""

import math
import subprocess
import sys
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from mnistviz.digits import mnist
from mnistviz.digits.mnist import SAMPLE_ROOT
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Data, Optimizer, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.loop import (
    MARKS,
    SNAPSHOT_BYTES,
    evaluate,
    mark_steps,
    snapshot_steps,
    train,
)
from tests.helpers import fingerprint
from tests.helpers.fingerprint import SHORT, SMALL, last

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def examples() -> mnist.Examples:
    return mnist.examples(mnist.load(SAMPLE_ROOT))


def loop_of_the_lesson(network: NetworkSpec, training: TrainSpec) -> list[torch.Tensor]:
    """Train with a DataLoader, autograd and torch.optim, as anybody would write it."""
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    loader = DataLoader(
        datasets.MNIST(SAMPLE_ROOT, train=True, transform=transform),
        batch_size=training.batch_size,
        shuffle=True,
        generator=torch.Generator().manual_seed(training.seed),
    )
    steps: list[nn.Module] = []
    for number, (inputs, outputs) in enumerate(network.shapes):
        steps += [nn.Linear(inputs, outputs), nn.ReLU()][: 1 + (number < len(network.hidden))]
    model = nn.Sequential(*steps)
    drawn = [t for layer in parameters(network) for t in (layer.weight, layer.bias)]
    with torch.no_grad():
        for own, first in zip(model.parameters(), drawn, strict=True):
            own.copy_(first)
    optimizer = {
        Optimizer.SGD: lambda p: torch.optim.SGD(p, lr=training.lr),
        Optimizer.MOMENTUM: lambda p: torch.optim.SGD(p, lr=training.lr, momentum=0.9),
        Optimizer.ADAM: lambda p: torch.optim.Adam(p, lr=training.lr),
    }[training.optimizer](model.parameters())
    for _ in range(training.epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(images.view(len(images), -1)), labels).backward()
            optimizer.step()
    return [parameter.detach() for parameter in model.parameters()]


@pytest.mark.parametrize("optimizer", Optimizer)
def test_it_is_the_loop_of_the_lesson_bit_for_bit(
    examples: mnist.Examples, optimizer: Optimizer
) -> None:
    spec = replace(SHORT, optimizer=optimizer, lr=0.01, batch_size=500)
    trained = last(list(train(SMALL, spec, examples)))
    for ours, theirs in zip(trained, loop_of_the_lesson(SMALL, spec), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("optimizer", Optimizer)
def test_bare_tensors_learn_the_same_but_for_rounding(
    examples: mnist.Examples, optimizer: Optimizer
) -> None:
    spec = replace(SHORT, optimizer=optimizer, lr=0.005)
    module = last(list(train(SMALL, spec, examples)))
    tensors = last(list(train(replace(SMALL, style=Style.TENSORS), spec, examples)))
    for one, other in zip(module, tensors, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=0)


@pytest.mark.parametrize("style", [Style.FUNCTIONAL, Style.SEQUENTIAL])
def test_the_styles_with_modules_learn_the_same(examples: mnist.Examples, style: Style) -> None:
    module = last(list(train(SMALL, SHORT, examples)))
    other = last(list(train(replace(SMALL, style=style), SHORT, examples)))
    assert all(map(torch.equal, module, other))


def test_two_processes_come_to_the_same_bits() -> None:
    code = "from tests.helpers.fingerprint import of; print(of('module'), of('tensors'))"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert other.stdout.split() == [fingerprint.of("module"), fingerprint.of("tensors")]


def test_another_seed_is_another_training(examples: mnist.Examples) -> None:
    one = last(list(train(SMALL, SHORT, examples)))
    other = last(list(train(SMALL, replace(SHORT, seed=8), examples)))
    assert not torch.equal(one[0], other[0])


def test_every_step_is_recorded(examples: mnist.Examples) -> None:
    records = list(train(SMALL, SHORT, examples))
    assert [record.step for record in records] == list(range(SHORT.steps + 1))
    assert math.isnan(records[0].loss)
    assert all(record.finite and record.loss > 0 for record in records[1:])
    assert all(0 <= record.accuracy <= 1 for record in records[1:])
    assert {r.step for r in records if r.mark is not None} == mark_steps(SHORT.steps)


def test_the_first_loss_is_that_of_the_first_batch(examples: mnist.Examples) -> None:
    records = list(islice(train(SMALL, SHORT, examples), 2))
    chosen = mnist.order(4000, SHORT.seed)[: SHORT.batch_size]
    inputs, labels = examples.take(chosen)
    expected = evaluate(SMALL, parameters(SMALL), inputs, labels)
    assert (records[1].loss, records[1].accuracy) == pytest.approx(expected, abs=1e-6)


def test_a_batch_is_taken_as_the_transforms_make_it(examples: mnist.Examples) -> None:
    digits = mnist.load(SAMPLE_ROOT)
    chosen = torch.tensor([0, 3999, 17])
    inputs, labels = examples.take(chosen)
    assert torch.equal(inputs, mnist.flatten(mnist.normalize(digits.train_pixels[chosen])))
    assert torch.equal(labels, digits.train_labels[chosen])
    every = torch.arange(256, dtype=torch.uint8).view(1, -1)
    made = mnist.Examples(every, labels, inputs, labels).take(torch.tensor([0]))[0]
    assert torch.equal(made, (every.float() / 255 - 0.5) / 0.5)


def test_marks_are_evenly_apart_and_at_most_41() -> None:
    for steps in (1, 2, 39, 40, 41, 630, 1890, 46_900):
        marks = sorted(mark_steps(steps))
        assert marks[0] == 0
        assert marks[-1] == steps
        assert len(marks) == min(MARKS, steps + 1)
        apart = {after - before for before, after in pairwise(marks)}
        assert max(apart) - min(apart) <= 1


@pytest.mark.parametrize("hidden", [(), (128, 64), (1024,), (1024,) * 4])
def test_snapshots_are_bounded_in_bytes(hidden: tuple[int, ...]) -> None:
    network, training = NetworkSpec(hidden=hidden), TrainSpec()
    kept = sorted(snapshot_steps(network, training))
    assert kept[0] == 0
    assert kept[-1] == training.steps
    assert set(kept) <= mark_steps(training.steps)
    assert 4 * network.parameter_count * len(kept) <= SNAPSHOT_BYTES
    assert (len(kept) == MARKS) == (41 * 4 * network.parameter_count <= SNAPSHOT_BYTES)


def test_what_it_starts_with_stays_as_it_is(examples: mnist.Examples) -> None:
    before = parameters(SMALL)
    first = next(iter(train(SMALL, SHORT, examples))).mark
    list(train(SMALL, SHORT, examples))
    assert first is not None
    assert first.layers is not None
    for drawn, kept in zip(before, first.layers, strict=True):
        assert torch.equal(drawn.weight, kept.weight)
        assert torch.equal(drawn.bias, kept.bias)


@pytest.mark.parametrize("style", [Style.MODULE, Style.TENSORS])
def test_it_stops_at_the_step_whose_loss_is_no_number(
    examples: mnist.Examples, style: Style
) -> None:
    network = NetworkSpec(style=style, hidden=(12,), activation=Activation.LEAKY_RELU)
    spec = TrainSpec(optimizer=Optimizer.SGD, lr=100.0)
    records = list(train(network, spec, examples))
    assert not math.isfinite(records[-1].loss)
    assert not records[-1].finite
    assert all(record.finite for record in records[:-1])
    assert len(records) < 20
    assert records[-1].mark is not None
    assert records[-1].mark.layers is not None


def test_closed_early_it_ends(examples: mnist.Examples) -> None:
    records = train(SMALL, SHORT, examples)
    taken = list(islice(records, 3))
    records.close()
    assert [record.step for record in taken] == [0, 1, 2]
    assert list(records) == []


def test_evaluate_counts_as_numpy_does(examples: mnist.Examples) -> None:
    layers = parameters(SMALL)
    inputs, labels = examples.test_inputs, examples.test_labels
    loss, accuracy = evaluate(SMALL, layers, inputs, labels)
    x = inputs.double().numpy()
    for layer in layers:
        x = x @ layer.weight.double().numpy().T + layer.bias.double().numpy()
        x = x if layer is layers[-1] else x.clip(min=0)
    truth = labels.numpy()
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    assert loss == pytest.approx(-log_p[np.arange(len(x)), truth].mean(), abs=1e-5)
    assert accuracy == (x.argmax(axis=1) == truth).mean()


def test_the_default_training_reads_93_of_100_test_digits(examples: mnist.Examples) -> None:
    mark = None
    for record in train(NetworkSpec(), TrainSpec(), examples):
        mark = record.mark or mark
    assert mark is not None
    assert mark.test_accuracy >= 0.93


def test_the_full_set_has_its_own_steps() -> None:
    assert TrainSpec(data=Data.FULL, epochs=2).steps == 2 * 938
    assert TrainSpec(epochs=3, batch_size=1000).steps == 12
