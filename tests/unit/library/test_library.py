"""The library: the digits, the networks and the numbers of the app, in one's own code."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import mnistviz
from mnistviz import (
    DigitSpec,
    NetworkSpec,
    SampleDigits,
    TrainSpec,
    build,
    plot_confusion,
    plot_curves,
    plot_weights,
    probabilities,
    sample_loader,
    script,
    train,
)
from mnistviz.digits import mnist
from mnistviz.lessons.classify import script as classify
from mnistviz.network import styles
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Style
from mnistviz.training import keeping

ROOT = Path(__file__).resolve().parents[3]
SMALL = NetworkSpec(hidden=(16,))
ONE = TrainSpec(epochs=1)


@pytest.fixture(scope="module")
def record() -> mnistviz.Training:
    return train(SMALL, ONE)


def loaded_after(code: str) -> set[str]:
    told = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_the_import_is_light() -> None:
    heavy = {"torch", "plotly", "numpy", "PIL", "streamlit"}
    assert not heavy & loaded_after("import mnistviz; dir(mnistviz); mnistviz.NetworkSpec()")
    all_names = loaded_after("from mnistviz import *; view_classify")
    assert {"torch", "plotly"} <= all_names
    assert not {"streamlit", "torchvision"} & all_names


def test_what_is_public_is_said() -> None:
    assert mnistviz.__all__ == sorted(mnistviz.__all__)
    assert set(mnistviz.__all__) <= set(dir(mnistviz))
    assert all(f"`{name}`" in str(mnistviz.__doc__) for name in mnistviz.__all__)
    with pytest.raises(AttributeError, match="no attribute 'helper'"):
        _ = mnistviz.helper


@pytest.mark.parametrize("name", [name for name in mnistviz.__all__ if name.islower()])
def test_every_argument_is_said(name: str) -> None:
    one = getattr(mnistviz, name)
    for argument in inspect.signature(one).parameters:
        assert f"        {argument}: " in inspect.cleandoc(one.__doc__).replace("    ", " " * 8)


def test_a_seed_gives_the_batches_of_the_app() -> None:
    digits = mnist.load(mnist.SAMPLE_ROOT)
    for number, (images, labels) in zip(range(2), sample_loader(seed=7), strict=False):
        batch = mnist.batch(digits, number, 7)
        assert torch.equal(images, batch.images)
        assert torch.equal(labels, batch.labels)
    _, tested = next(iter(sample_loader(train=False, shuffle=False)))
    assert torch.equal(tested, digits.test_labels[:64])


def test_without_a_seed_each_epoch_has_an_order_of_its_own() -> None:
    loader = sample_loader(batch_size=1000)
    first, second = next(iter(loader))[1], next(iter(loader))[1]
    assert not torch.equal(first, second)
    assert len(loader) == 4


@pytest.mark.parametrize("style", Style)
def test_the_probabilities_are_those_of_the_app(style: Style) -> None:
    spec = NetworkSpec(style=style, hidden=(32, 16), activation="tanh", seed=11)
    images, _ = next(iter(sample_loader(seed=11)))
    app = styles.probabilities(styles.build(spec, parameters(spec)), mnist.flatten(images))
    assert torch.equal(probabilities(spec, images), app)
    assert torch.equal(probabilities(build(spec), images), app)
    for one in (images[0], images[0, 0], images[0].view(784), images[0].numpy()):
        torch.testing.assert_close(probabilities(spec, one), app[:1], atol=1e-6, rtol=0)


def test_stored_digits_are_normalized() -> None:
    pixels = mnist.load(mnist.SAMPLE_ROOT).train_pixels[:5]
    expected = probabilities(SMALL, mnist.normalize(pixels))
    assert torch.equal(probabilities(SMALL, pixels), expected)


def test_rows_and_columns_may_be_exchanged_in_memory() -> None:
    image = SampleDigits().images[0, 0]
    turned = image.t().contiguous().t()
    assert torch.equal(probabilities(SMALL, turned), probabilities(SMALL, image))


def test_weights_of_any_kind_are_drawn() -> None:
    weights = torch.randn(3, 784)
    drawn = plot_weights(weights).data[0].z
    for same in (weights.numpy(), weights.tolist()):
        np.testing.assert_array_equal(plot_weights(same).data[0].z, drawn)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda odd: probabilities(odd, SampleDigits().images[0]), "`network` is of the type str"),
        (lambda odd: plot_curves(odd), "`record` is of the type str"),
        (lambda odd: build(odd), "`spec` is of the type str"),
        (lambda odd: train(odd), "`spec` is of the type str"),
        (lambda odd: script(odd), "`spec` is of the type str"),
        (lambda _: build(NetworkSpec(loaded="0123456789abcdef")), "came from a file"),
    ],
)
def test_what_is_something_else_gets_a_sentence(asked: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        asked("network")


def test_a_network_of_ones_own_may_answer() -> None:
    model = nn.Sequential(nn.Linear(784, 10), nn.Softmax(dim=1))
    images = SampleDigits().images[:3]
    assert torch.equal(probabilities(model, images), model(images.view(3, -1)).detach())
    with pytest.raises(ValueError, match=r"If they are logits, use `torch\.softmax"):
        probabilities(model[0], images)
    with pytest.raises(ValueError, match=r"For 3 digits, the network returns the shape \(3, 5\)"):
        probabilities(nn.Linear(784, 5), images)
    with pytest.raises(ValueError, match=r"`images` has the shape \(3, 783\)"):
        probabilities(model, torch.zeros(3, 783))


def test_a_training_is_that_of_the_app(record: mnistviz.Training) -> None:
    before = torch.get_num_threads()
    trained = NetworkSpec(hidden=(16,), training=ONE)
    assert record.spec == trained
    for layer, other in zip(record.layers, keeping.learned(trained), strict=True):
        assert torch.equal(layer.weight, other.weight)
        assert torch.equal(layer.bias, other.bias)
    images = SampleDigits(train=False).images
    assert torch.equal(probabilities(record, images), probabilities(trained, images))
    assert torch.get_num_threads() == before


def test_a_record_says_what_happened(record: mnistviz.Training) -> None:
    assert len(record.losses) == len(record.accuracies) == ONE.steps
    assert record.test_steps[0] == 0
    assert record.test_steps[-1] == ONE.steps
    assert all(one < other for one, other in pairwise(record.test_steps))
    asked = SampleDigits(train=False)
    right = probabilities(record, asked.images).argmax(1) == asked.labels
    assert record.test_accuracies[-1] == pytest.approx(right.float().mean().item())


def test_a_training_that_explodes_ends_early() -> None:
    exploded = train(SMALL, TrainSpec(optimizer="sgd", lr=100, epochs=1))
    assert len(exploded.losses) <= ONE.steps
    with pytest.raises(ValueError, match=r"Use `spec\.untrained`"):
        train(NetworkSpec(loaded="0" * 16))


def test_the_script_is_that_of_the_page() -> None:
    assert script(SMALL) == classify.script(SMALL, DigitSpec())
    spec = NetworkSpec(seed=3, training=TrainSpec(seed=3, data="full", epochs=1))
    assert script(spec) == classify.script(spec, DigitSpec(data="full", seed=3))
    chosen = DigitSpec(batch=2, image=5)
    assert script(SMALL, chosen) == classify.script(SMALL, chosen)


def test_the_curves_are_the_record(record: mnistviz.Training) -> None:
    lines = plot_curves(record).data
    np.testing.assert_array_equal(lines[0].y, record.losses)
    np.testing.assert_array_equal(lines[1].x, record.test_steps)
    np.testing.assert_array_equal(lines[2].y, record.accuracies)
    np.testing.assert_array_equal(lines[3].y, record.test_accuracies)


def test_the_weights_are_in_their_places(record: mnistviz.Training) -> None:
    weight = record.layers[0].weight.numpy()
    own = nn.Sequential(nn.Flatten(), nn.Linear(784, 16))
    own[1].weight.data.copy_(record.layers[0].weight)
    tensors = train(NetworkSpec(style="tensors", hidden=(16,)), ONE).network
    for network in (record, record.network, own, record.layers[0].weight, tensors):
        picture = plot_weights(network, [5, 2]).data[0]
        drawn = np.array(picture.z)
        np.testing.assert_allclose(drawn[1:29, 1:29], weight[5].reshape(28, 28), atol=1e-5)
        np.testing.assert_allclose(drawn[1:29, 31:59], weight[2].reshape(28, 28), atol=1e-5)
        assert list(np.array(picture.customdata)[1, 31]) == [2, 0, 0]
    assert np.array(plot_weights(record).data[0].z).shape == (60, 240)


@pytest.mark.parametrize(
    ("network", "units", "said"),
    [
        (SMALL, [16], "`units` asks for unit 16, .* 0 to 15"),
        (SMALL, [-1], "`units` asks for unit -1"),
        (SMALL, [], "`units` is empty"),
        (SMALL, [1.5], "`units` holds something other than whole numbers"),
        (SMALL, 5, "`units` holds something other than whole numbers"),
        (np.zeros((784, 5)), None, "no weights of the shape"),
        (nn.Linear(10, 10), None, r"no weights of the shape \(units, 784\)"),
        ("network", None, "no weights of the shape"),
    ],
)
def test_weights_that_are_not_there_get_a_sentence(network: object, units: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        plot_weights(network, units)


def test_the_confusion_matrix_counts_every_answer(record: mnistviz.Training) -> None:
    cells = plot_confusion(record).data[0]
    counts = np.array(cells.customdata)
    asked = SampleDigits(train=False)
    says = probabilities(record, asked.images).argmax(1)
    assert counts[4, 9] == int(((asked.labels == 4) & (says == 9)).sum())
    assert counts.sum() == 1000
    # All ten equal: no answer, none counted.
    equal = NetworkSpec(hidden=(), init="zeros", bias="zeros")
    assert np.array(plot_confusion(equal, SampleDigits()).data[0].customdata).sum() == 0
