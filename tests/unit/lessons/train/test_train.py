"""What the page Train shows of a run: curves, pictures, what became of it, weights to take home."""

import io
import json
import math
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load

from mnistviz.codegen import weights
from mnistviz.digits import mnist
from mnistviz.digits.mnist import SAMPLE_ROOT
from mnistviz.figures import pictures
from mnistviz.lessons.train import playback
from mnistviz.network.files import saving
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Activation, Bias, Init, defaults
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import diagnosis
from mnistviz.training.diagnosis import Finding, Kind
from mnistviz.training.loop import train
from mnistviz.training.runs import Run
from mnistviz.ui.train.presets import CHANGES, GOOD
from mnistviz.words.quantities import duration

SPEC = NetworkSpec(hidden=(12,), training=TrainSpec(epochs=2, batch_size=400))


@pytest.fixture(scope="module")
def examples() -> mnist.Examples:
    return mnist.examples(mnist.load(SAMPLE_ROOT))


def recorded(spec: NetworkSpec, examples: mnist.Examples) -> Run:
    run = Run(spec, lambda: examples)
    assert spec.training is not None
    for record in train(spec.untrained, spec.training, examples):
        run._keep(record)
    return run


def test_a_short_run_is_drawn_step_by_step(examples: mnist.Examples) -> None:
    run = recorded(SPEC, examples)
    found = playback.curve(run)
    assert found.each == 1
    assert found.steps.tolist() == list(range(1, 21))
    assert found.losses == pytest.approx(list(run.losses))
    assert found.accuracies == pytest.approx(list(run.accuracies))


def test_a_long_run_is_thinned_out_by_means(
    examples: mnist.Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "POINTS", 7)
    run = recorded(SPEC, examples)
    found = playback.curve(run)
    assert (found.each, len(found.steps)) == (3, 7)
    for point in range(7):
        part = np.array(run.losses[3 * point : 3 * point + 3])
        assert found.losses[point] == pytest.approx(part.mean())
        first = 3 * point + 1
        assert found.steps[point] == (first + first + len(part) - 1) / 2


def test_a_point_keeps_its_place_while_the_run_grows(examples: mnist.Examples) -> None:
    run = recorded(SPEC, examples)
    whole = playback.curve(run)
    del run.losses[10:]
    del run.accuracies[10:]
    part = playback.curve(run)
    assert part.steps.tolist() == whole.steps.tolist()[:10]


def test_before_the_first_step_there_is_no_curve(examples: mnist.Examples) -> None:
    found = playback.curve(Run(SPEC, lambda: examples))
    assert len(found.steps) == len(found.losses) == len(found.accuracies) == 0


def test_the_probabilities_of_a_step_are_those_of_its_weights(examples: mnist.Examples) -> None:
    run = recorded(SPEC, examples)
    inputs = examples.test_inputs[:5]
    for step in playback.stored_steps(run):
        layers = run.marks[step].layers
        assert layers is not None
        x = inputs.double().numpy()
        for layer in layers:
            x = x @ layer.weight.double().numpy().T + layer.bias.double().numpy()
            x = x if layer is layers[-1] else x.clip(min=0)
        exps = np.exp(x - x.max(axis=1, keepdims=True))
        found = playback.probabilities(SPEC, layers, inputs)
        np.testing.assert_allclose(found, exps / exps.sum(axis=1, keepdims=True), atol=1e-6)


def test_the_film_has_one_scale_for_all_frames() -> None:
    frames = [np.full((3, 784), 0.25, np.float32), np.full((3, 784), -1.0, np.float32)]
    frames[1][0, 0] = math.nan
    frames[1][0, 1] = 2.0
    film, limit = playback.film(frames)
    assert film.shape == (2, 3, 784)
    assert film.dtype == np.int8
    assert limit == 1.0
    assert set(film[0].flat) == {32}
    assert film[1, 0, :3].tolist() == [0, 127, -127]


def test_a_film_of_zeros_is_empty() -> None:
    film, limit = playback.film([np.zeros((1, 784), np.float32)])
    assert limit == 0
    assert not film.any()


def test_the_film_shows_the_first_units() -> None:
    layers = parameters(NetworkSpec())
    assert np.array_equal(playback.weight_pictures(layers), layers[0].weight[:16].numpy())
    assert playback.weight_pictures(parameters(NetworkSpec(hidden=()))).shape == (10, 784)


def test_signed_pictures_show_sign_and_size() -> None:
    values = np.zeros(784)
    values[:5] = 1.0, -0.5, 4.0, math.nan, -math.inf
    picture = pictures.signed(values, 2.0).reshape(-1, 4)
    assert picture[:6, 3].tolist() == [128, 64, 255, 0, 255, 0]
    assert picture[0, 2] > picture[0, 0]
    assert picture[1, 0] > picture[1, 2]
    for limit in (0.0, math.nan, math.inf):
        assert not pictures.signed(values, limit)[:, :, 3].any()


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        (0, Kind.DONE),
        (1, Kind.DONE),
        (2, Kind.EXPLODED),
        (3, Kind.STUCK),
        (4, Kind.STILL),
        (5, Kind.SATURATED),
        (6, Kind.DEAD),
    ],
)
def test_every_training_to_try_comes_out_as_it_says(
    examples: mnist.Examples, place: int, kind: Kind
) -> None:
    settings = {**defaults(), **GOOD, **CHANGES[place], "weights": "trained"}
    # What goes wrong goes wrong early.
    settings["epochs"] = 3
    spec = NetworkSpec.from_settings(settings)
    found = diagnosis.diagnose(recorded(spec, examples), examples)
    assert found.kind is kind


def test_equal_units_are_found(examples: mnist.Examples) -> None:
    spec = replace(
        SPEC, init=Init.CONSTANT, constant=0.01, bias=Bias.ZEROS, activation=Activation.SIGMOID
    )
    found = diagnosis.diagnose(recorded(spec, examples), examples)
    assert found == Finding(Kind.TWINS, "fc1", 1.0)


def test_the_last_epoch_alone_is_counted(examples: mnist.Examples) -> None:
    run = recorded(SPEC, examples)
    expected = np.mean(run.accuracies[-10:])
    assert diagnosis.last_epoch_accuracy(run) == pytest.approx(expected)


def test_weights_come_back_from_their_file(examples: mnist.Examples, tmp_path: Path) -> None:
    run = recorded(SPEC, examples)
    written = saving.to_safetensors(SPEC, run.layers)
    found = load(written)
    assert sorted(found) == ["fc1.bias", "fc1.weight", "fc2.bias", "fc2.weight"]
    for layer in run.layers:
        assert torch.equal(found[f"{layer.name}.weight"], layer.weight)
        assert torch.equal(found[f"{layer.name}.bias"], layer.bias)
    file = tmp_path / saving.file_name(SPEC)
    file.write_bytes(written)
    with safe_open(file, framework="pt") as opened:
        spec = json.loads(opened.metadata()["mnistviz"])
    assert spec["hidden"] == [12]
    assert spec["training"]["epochs"] == 2
    assert spec["training"]["optimizer"] == "momentum"


@pytest.mark.parametrize("activation", [Activation.RELU, Activation.NONE])
@pytest.mark.parametrize("hidden", [(), (12, 8)])
def test_the_code_loads_the_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hidden: tuple[int, ...],
    activation: Activation,
) -> None:
    spec = NetworkSpec(hidden=hidden, activation=activation)
    layers = parameters(spec)
    (tmp_path / saving.file_name(spec)).write_bytes(saving.to_safetensors(spec, layers))
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(weights.loading_code(spec), {})
    blank = torch.full((1, 784), -1.0)
    expected = playback.probabilities(spec, layers, blank)
    lines = [line.split(": ") for line in printed.getvalue().splitlines()]
    assert [int(digit) for digit, _ in lines] == list(range(10))
    assert [float(p) for _, p in lines] == pytest.approx(expected[0].tolist(), abs=1e-6)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (0.44, "0.4 s"), (9.96, "10 s"), (99, "99 s"), (119, "2 min")],
)
def test_a_time_is_written_as_one_says_it(seconds: float, text: str) -> None:
    assert duration(seconds).replace("\N{NO-BREAK SPACE}", " ") == text
