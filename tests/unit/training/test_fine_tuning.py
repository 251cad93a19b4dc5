"""Training on with digits of one's own, against autograd and `torch.optim`."""

from __future__ import annotations

import io
import math
import runpy
import time
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from mnistviz.digits import mnist
from mnistviz.digits.own_set import OwnDigit, OwnSet
from mnistviz.digits.own_set_zip import to_zip
from mnistviz.lessons.draw import set_script
from mnistviz.network.files import saving
from mnistviz.network.parameters import Layer, Parameters, parameters
from mnistviz.spec.fields import Activation, Optimizer, SpecError, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.fine_tuning import Epoch, Settings, batch_size, split, train_on
from mnistviz.training.loop import train

ROOT = Path(__file__).resolve().parents[3]
SPEC = NetworkSpec(hidden=(9, 6), activation=Activation.TANH)
FORMS = {Activation.TANH: nn.Tanh, Activation.RELU: nn.ReLU}


@cache
def sample() -> mnist.Examples:
    return mnist.examples(mnist.load(mnist.SAMPLE_ROOT))


@cache
def own_digits(count: int) -> OwnSet:
    """Training digits of the sample, lying on their side."""
    digits = mnist.load(mnist.SAMPLE_ROOT)
    pairs = zip(digits.train_pixels[:count].numpy(), digits.train_labels.tolist(), strict=False)
    return OwnSet().with_digits(
        OwnDigit(np.rot90(pixels).tobytes(), label) for pixels, label in pairs
    )


def copied(layers: Parameters) -> Parameters:
    return tuple(Layer(one.name, one.weight.clone(), one.bias.clone()) for one in layers)


def model_of(spec: NetworkSpec, layers: Parameters) -> nn.Sequential:
    steps: list[nn.Module] = []
    for layer in layers:
        linear = nn.Linear(layer.weight.shape[1], layer.weight.shape[0])
        linear.load_state_dict({"weight": layer.weight, "bias": layer.bias})
        steps += [linear, FORMS[spec.activation]()]
    return nn.Sequential(*steps[:-1])


def share(model: nn.Module, inputs: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.no_grad():
        right = (model(inputs).argmax(1) == labels).sum().item()
    return right / len(labels) if len(labels) else math.nan


def by_autograd(
    spec: NetworkSpec, own: OwnSet, settings: Settings
) -> tuple[list[Epoch], nn.Module]:
    """The same training as one writes it oneself, with a real `DataLoader`."""
    model = model_of(spec, parameters(spec))
    kind = torch.optim.Adam if settings.optimizer is Optimizer.ADAM else torch.optim.SGD
    optimizer = kind(model.parameters(), lr=settings.lr)
    pixels = torch.tensor(own.pixels)
    inputs = (pixels.view(-1, 784) / 255 - 0.5) / 0.5
    labels = torch.tensor([digit.label for digit in own.digits])
    held = pixels.sum((1, 2)) % 5 == 0 if settings.held else torch.zeros(len(own), dtype=bool)
    everything = mnist.load(mnist.SAMPLE_ROOT)
    train_inputs = (everything.train_pixels.view(-1, 784) / 255 - 0.5) / 0.5
    drawn = torch.Generator().manual_seed(settings.seed)
    shuffled = torch.Generator().manual_seed(settings.seed)
    records = []
    for epoch in range(settings.epochs + 1):
        losses = []
        if epoch:
            x, y = inputs[~held], labels[~held]
            if settings.mixed:
                others = torch.randperm(4000, generator=drawn)[: len(y)]
                x = torch.cat([x, train_inputs[others]])
                y = torch.cat([y, everything.train_labels[others]])
            loader = torch.utils.data.DataLoader(
                torch.utils.data.TensorDataset(x, y),
                batch_size=min(64, int((~held).sum())),
                shuffle=True,
                generator=shuffled,
            )
            for batch, truth in loader:
                loss = nn.functional.cross_entropy(model(batch), truth)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses += [loss.item()] * len(truth)
        records.append(
            Epoch(
                epoch,
                float(np.mean(losses)) if losses else math.nan,
                share(model, inputs[~held], labels[~held]),
                share(model, inputs[held], labels[held]),
                share(model, sample().test_inputs, sample().test_labels),
                None,
            )
        )
    return records, model


@pytest.mark.parametrize(
    "settings",
    [
        Settings(3),
        Settings(2, 0.01, Optimizer.ADAM, mixed=False),
        Settings(2, 0.1, held=False, seed=11),
        Settings(1, 0.3, mixed=False, held=False),
    ],
)
def test_the_same_as_autograd(settings: Settings) -> None:
    spec, own = SPEC, own_digits(100)
    found = list(train_on(spec, parameters(spec), own, settings, sample()))
    wanted, model = by_autograd(spec, own, settings)
    assert [one.epoch for one in found] == list(range(settings.epochs + 1))
    for one, other in zip(found, wanted, strict=True):
        assert one.loss == pytest.approx(other.loss, rel=1e-5, nan_ok=True)
        assert one.learned == other.learned
        assert one.held == pytest.approx(other.held, abs=0, nan_ok=True)
        assert one.test == other.test
    assert math.isnan(found[0].held) is not settings.held
    layers = found[-1].layers
    assert layers is not None
    assert [layer.name for layer in layers] == ["fc1", "fc2", "fc3"]
    tensors = [tensor for layer in layers for tensor in (layer.weight, layer.bias)]
    for tensor, parameter in zip(tensors, model.parameters(), strict=True):
        assert torch.allclose(tensor, parameter, rtol=0, atol=1e-6)


@pytest.mark.parametrize("style", list(Style))
def test_what_goes_in_stays_as_it_is(style: Style) -> None:
    spec = NetworkSpec(style, (5,))
    layers = parameters(spec)
    before = copied(layers)
    state = torch.random.get_rng_state()
    first, second = (
        list(train_on(spec, layers, own_digits(20), Settings(2), sample())) for _ in range(2)
    )
    assert torch.equal(torch.random.get_rng_state(), state)
    for one, other in zip(layers, before, strict=True):
        assert torch.equal(one.weight, other.weight)
        assert torch.equal(one.bias, other.bias)
    # The same for the same arguments, and the style has no part in it.
    assert [(one.learned, one.test) for one in first] == [(o.learned, o.test) for o in second]
    assert first[0].layers is not None
    assert second[-1].layers is not None
    assert torch.equal(first[0].layers[0].weight, layers[0].weight)
    assert first[-1].layers is not None
    assert torch.equal(first[-1].layers[0].weight, second[-1].layers[0].weight)
    assert not torch.equal(first[-1].layers[0].weight, layers[0].weight)
    assert not first[-1].layers[0].weight.requires_grad


def test_it_learns_and_mixing_keeps_the_others() -> None:
    spec = NetworkSpec(hidden=(32,), training=TrainSpec(epochs=5))
    assert spec.training is not None
    *_, last = train(spec.untrained, spec.training, sample())
    assert last.mark is not None
    assert last.mark.layers is not None
    own = own_digits(100)
    ends = {}
    for mixed in (True, False):
        settings = Settings(20, 0.01, Optimizer.ADAM, mixed=mixed)
        *_, ends[mixed] = train_on(spec, last.mark.layers, own, settings, sample())
    first = next(iter(train_on(spec, last.mark.layers, own, Settings(), sample())))
    assert first.learned < 0.5
    for end in ends.values():
        assert end.learned > 0.8
        assert end.held > first.held
    assert ends[True].test > ends[False].test + 0.05


def test_a_hundred_digits_take_less_than_a_second() -> None:
    spec = NetworkSpec()
    layers = parameters(spec)
    began = time.process_time()
    *_, last = train_on(spec, layers, own_digits(100), Settings(10), sample())
    assert last.epoch == 10
    assert time.process_time() - began < 1


def test_numbers_that_leave_float32_end_it() -> None:
    spec = NetworkSpec(hidden=(9, 6), activation=Activation.NONE)
    records = list(train_on(spec, parameters(spec), own_digits(30), Settings(20, 100.0), sample()))
    assert len(records) < 21
    assert records[-1].layers is None
    assert not records[-1].finite
    assert all(one.finite for one in records[:-1])


def test_a_fifth_is_held_back_whatever_else_is_there() -> None:
    own = own_digits(200)
    learned, held = split(own, Settings())
    assert sorted([*learned.tolist(), *held.tolist()]) == list(range(200))
    assert 20 < len(held) < 60
    small = OwnSet(own.digits[10:60])
    assert small.held.tolist() == own.held[10:60].tolist()
    assert len(split(own, Settings(held=False))[1]) == 0
    assert (batch_size(7), batch_size(64), batch_size(65)) == (7, 64, 64)


def test_bad_values_are_refused() -> None:
    for bad in ({"epochs": 0}, {"epochs": 21}, {"optimizer": Optimizer.MOMENTUM}, {"lr": -1.0}):
        with pytest.raises(SpecError):
            Settings(**bad)
    with pytest.raises(ValueError, match="no digit"):
        next(train_on(SPEC, parameters(SPEC), OwnSet(), Settings(), sample()))
    held = OwnSet((OwnDigit(bytes([5] + [0] * 783), 1),))
    with pytest.raises(ValueError, match="no digit"):
        next(train_on(SPEC, parameters(SPEC), held, Settings(), sample()))


@pytest.mark.parametrize(
    ("spec", "settings"),
    [
        (NetworkSpec(hidden=(9, 6)), Settings(3)),
        (NetworkSpec(Style.FUNCTIONAL, (9,), Activation.GELU), Settings(2, mixed=False)),
        (NetworkSpec(Style.TENSORS, ()), Settings(2, 0.01, Optimizer.ADAM, held=False)),
        (
            NetworkSpec(Style.SEQUENTIAL, (4,), Activation.NONE),
            Settings(1, mixed=False, held=False),
        ),
    ],
)
def test_the_script_does_the_same(
    spec: NetworkSpec,
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own, layers = own_digits(70), parameters(spec)
    with zipfile.ZipFile(io.BytesIO(to_zip(own))) as opened:
        opened.extractall(tmp_path / set_script.FOLDER)
    (tmp_path / saving.file_name(spec)).write_bytes(saving.to_safetensors(spec, layers))
    (tmp_path / "mnistviz").symlink_to(ROOT / "mnistviz")
    file = tmp_path / set_script.FILE_NAME
    text = set_script.script(spec, own, settings)
    assert text.count("from safetensors.torch import load_file, save_file\n") == 1
    file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with torch.random.fork_rng():
        runpy.run_path(str(file))
    lines = capsys.readouterr().out.splitlines()
    records = list(train_on(spec, layers, own, settings, sample()))
    for line, one in zip(lines, records, strict=True):
        back = "" if math.isnan(one.held) else f"held back {one.held:.8g}, "
        wanted = f"epoch {one.epoch}: learned {one.learned:.8g}, {back}test {one.test:.8g}"
        assert line == wanted
    found, last = load_file(tmp_path / set_script.RESULT), records[-1].layers
    assert last is not None
    for layer in last:
        # Measured: the same bits. What is asked for leaves room for another order of sums.
        assert torch.allclose(found[f"{layer.name}.weight"], layer.weight, rtol=0, atol=1e-6)
        assert torch.allclose(found[f"{layer.name}.bias"], layer.bias, rtol=0, atol=1e-6)
