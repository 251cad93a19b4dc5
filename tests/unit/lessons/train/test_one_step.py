"""Tests of one training step taken apart: against numpy, the training itself, and paper."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from mnistviz.digits import mnist
from mnistviz.lessons.train import one_step
from mnistviz.lessons.train.figures import norms
from mnistviz.lessons.train.one_step import Replay, StepDetails
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.network.styles import build
from mnistviz.spec.fields import TRAINING_DIGITS, Activation, Data, Init, Optimizer, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.loop import train
from tests.helpers.paper import assert_adds_up

each_optimizer = pytest.mark.parametrize("optimizer", Optimizer)
both_styles = pytest.mark.parametrize("style", [Style.MODULE, Style.TENSORS])


@cache
def examples() -> mnist.Examples:
    # As many as the sample has: the length of a training follows from that.
    count = TRAINING_DIGITS[Data.SAMPLE]
    generator = torch.Generator().manual_seed(3)
    pixels = torch.randint(256, (count, 784), generator=generator, dtype=torch.uint8)
    labels = torch.randint(10, (count,), generator=generator)
    test = mnist.flatten(mnist.normalize(pixels[:9].view(-1, 28, 28)))
    return mnist.Examples(pixels, labels, test, labels[:9])


def spec_of(optimizer: Optimizer, style: Style = Style.MODULE, epochs: int = 5) -> NetworkSpec:
    training = TrainSpec(optimizer, lr=0.01, batch_size=800, epochs=epochs)
    return NetworkSpec(style, (9, 7), Activation.TANH, training=training)


def moment_at(replay: Replay, step: int) -> StepDetails:
    for _ in replay.go_to(step):
        pass
    return replay.take()


def arrays(layers: Parameters) -> list[np.ndarray]:
    return [tensor.double().numpy() for layer in layers for tensor in (layer.weight, layer.bias)]


def same(one: Parameters, other: Parameters) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(arrays(one), arrays(other), strict=True))


class TestReplay:
    @each_optimizer
    @both_styles
    def test_it_is_the_training(self, optimizer: Optimizer, style: Style) -> None:
        spec = spec_of(optimizer, style)
        assert spec.training is not None
        records = list(train(spec.untrained, spec.training, examples()))
        replay = Replay(spec, examples())
        for record, after in itertools.pairwise(records):
            moment = moment_at(replay, record.step)
            assert moment.step == record.step
            assert record.mark is not None
            assert record.mark.layers is not None
            assert same(moment.layers, record.mark.layers)
            assert [moment.loss, moment.accuracy] == [after.loss, after.accuracy]
            assert after.mark is not None
            assert after.mark.layers is not None
            assert same(moment.after, after.mark.layers)

    @each_optimizer
    @both_styles
    def test_the_state_of_the_optimizer(self, optimizer: Optimizer, style: Style) -> None:
        spec = spec_of(optimizer, style)
        replay = Replay(spec, examples())
        moments = [moment_at(replay, step) for step in range(7)]
        mean = [np.zeros_like(each) for each in arrays(moments[0].layers)]
        square = [np.zeros_like(each) for each in mean]
        for count, moment in enumerate(moments, start=1):
            grads = arrays(moment.grads)
            if optimizer is Optimizer.SGD:
                assert moment.means == moment.squares == ()
                steps = grads
            else:
                for found, wanted in zip(arrays(moment.means), mean, strict=True):
                    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-8)
            if optimizer is Optimizer.MOMENTUM:
                assert moment.squares == ()
                mean = steps = [0.9 * m + g for m, g in zip(mean, grads, strict=True)]
            if optimizer is Optimizer.ADAM:
                for found, wanted in zip(arrays(moment.squares), square, strict=True):
                    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-10)
                mean = [0.9 * m + 0.1 * g for m, g in zip(mean, grads, strict=True)]
                square = [0.999 * s + 0.001 * g**2 for s, g in zip(square, grads, strict=True)]
                steps = [
                    m / (1 - 0.9**count) / (np.sqrt(s / (1 - 0.999**count)) + 1e-8)
                    for m, s in zip(mean, square, strict=True)
                ]
            befores, afters = arrays(moment.layers), arrays(moment.after)
            for before, step, after in zip(befores, steps, afters, strict=True):
                np.testing.assert_allclose(before - 0.01 * step, after, atol=2e-6)

    def test_the_batches_are_those_of_a_loader(self) -> None:
        spec = spec_of(Optimizer.SGD)
        assert spec.training is not None
        loader = DataLoader(
            TensorDataset(torch.arange(4000)),
            batch_size=800,
            shuffle=True,
            generator=torch.Generator().manual_seed(spec.training.seed),
        )
        wanted = [batch.tolist() for _ in range(2) for (batch,) in loader]
        replay = Replay(spec, examples())
        assert [moment_at(replay, step).indices.tolist() for step in range(10)] == wanted

    def test_forward_backward_and_anew(self) -> None:
        spec = spec_of(Optimizer.ADAM)
        replay = Replay(spec, examples())
        first = moment_at(replay, 20)
        for step in (25, 25, 3, 20):
            again = moment_at(replay, step)
            assert again.step == step
        assert same(again.layers, first.layers)
        assert same(again.squares, first.squares)

    def test_left_on_the_way_it_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(one_step, "SLICE", 0.0)
        spec = spec_of(Optimizer.MOMENTUM)
        replay = Replay(spec, examples())
        way = replay.go_to(12)
        assert isinstance(way, Iterator)
        assert [next(way), next(way)] == [1, 2]
        del way
        assert list(replay.go_to(5)) == [3, 4, 5]
        assert same(replay.take().layers, moment_at(Replay(spec, examples()), 5).layers)

    def test_after_the_last_step_one_more_would_come(self) -> None:
        spec = spec_of(Optimizer.SGD, epochs=1)
        assert spec.training is not None
        moment = moment_at(Replay(spec, examples()), spec.training.steps)
        assert moment.step == 5
        assert math.isfinite(moment.loss_after)

    @pytest.mark.parametrize("step", [-1, 10**6])
    def test_no_such_step(self, step: int) -> None:
        with pytest.raises(ValueError, match="step"):
            list(Replay(spec_of(Optimizer.SGD), examples()).go_to(step))

    def test_without_training(self) -> None:
        with pytest.raises(ValueError, match="training"):
            Replay(NetworkSpec(), examples())

    @both_styles
    def test_where_the_loss_is_no_number_it_stops(self, style: Style) -> None:
        training = TrainSpec(Optimizer.SGD, lr=100.0, batch_size=256, epochs=1)
        spec = NetworkSpec(style, (8, 8, 8), Activation.NONE, Init.NORMAL, 1.0, training=training)
        *_, last = train(spec.untrained, training, examples())
        moment = moment_at(Replay(spec, examples()), training.steps)
        assert not moment.finite
        assert moment.step == last.step - 1
        assert moment.after is moment.layers
        assert one_step.weight_details(spec, moment, 1, 0, 0).lines == ()


class TestDigit:
    @pytest.mark.parametrize("label", [0, 4, 9])
    def test_forward_and_back_to_the_logits(self, label: int) -> None:
        spec = NetworkSpec(hidden=(9, 7), activation=Activation.TANH)
        layers, x = parameters(spec), examples().test_inputs[1]
        out = x.double().numpy()
        for number, layer in enumerate(layers, start=1):
            out = layer.weight.double().numpy() @ out + layer.bias.double().numpy()
            out = np.tanh(out) if number < len(layers) else out
        p = np.exp(out) / np.exp(out).sum()
        found = one_step.digit_loss(spec, layers, x, label)
        np.testing.assert_allclose(found.logits, out, atol=1e-5)
        np.testing.assert_allclose(found.probabilities, p, atol=1e-6)
        assert found.loss == pytest.approx(-math.log(p[label]), rel=1e-5)
        for gradient in (found.by_formula, found.by_autograd):
            np.testing.assert_allclose(gradient, p - np.eye(10)[label], atol=1e-6)
            assert gradient[label] < 0
            assert (np.delete(gradient, label) > 0).all()
        assert found.difference == np.abs(found.by_formula - found.by_autograd).max() < 1e-6
        assert found.finite

    def test_what_is_no_number(self) -> None:
        spec = NetworkSpec(hidden=())
        (layer,) = parameters(spec)
        layer.weight[0, 0] = math.nan
        found = one_step.digit_loss(spec, (layer,), examples().test_inputs[0], 3)
        assert not found.finite


@each_optimizer
def test_the_sizes_of_the_layers(optimizer: Optimizer) -> None:
    moment = moment_at(Replay(spec_of(optimizer), examples()), 3)
    sizes = one_step.layer_sizes(moment)
    assert [(each.name, each.shape) for each in sizes] == [
        ("fc1", (9, 784)),
        ("fc2", (7, 9)),
        ("fc3", (10, 7)),
    ]

    def norm(tensors: list[np.ndarray]) -> float:
        return math.sqrt(sum((tensor**2).sum() for tensor in tensors))

    before, grads, after = arrays(moment.layers), arrays(moment.grads), arrays(moment.after)
    for number, each in enumerate(sizes):
        part = slice(2 * number, 2 * number + 2)
        assert each.parameters == pytest.approx(norm(before[part]))
        assert each.gradient == pytest.approx(norm(grads[part]))
        change = [a - b for a, b in zip(after[part], before[part], strict=True)]
        assert each.update == pytest.approx(norm(change), rel=1e-5)
    assert one_step.whole(tuple(each.gradient for each in sizes)) == pytest.approx(norm(grads))


class TestWeight:
    @each_optimizer
    @pytest.mark.parametrize("step", [0, 1, 17])
    def test_its_numbers_are_those_of_the_training(self, optimizer: Optimizer, step: int) -> None:
        spec = spec_of(optimizer)
        replay = Replay(spec, examples())
        moment, following = moment_at(replay, step), moment_at(replay, step + 1)
        for layer, unit, place in ((1, 8, 783), (2, 3, 4), (3, 9, 0)):
            look = one_step.weight_details(spec, moment, layer, unit, place)
            update, index = look.update, layer - 1
            assert update.count == step + 1
            assert update.before == moment.layers[index].weight[unit, place]
            assert update.grad == moment.grads[index].weight[unit, place]
            assert update.after == following.layers[index].weight[unit, place]
            assert (look.weights == moment.layers[index].weight[unit].numpy()).all()
            assert (look.gradient == moment.grads[index].weight[unit].numpy()).all()
            sizes = (moment.grads[index].weight.numpy() ** 2).sum(axis=1)
            assert look.busiest == sizes.argmax()
            kept = (update.state_after.mean, update.state_after.square)
            for value, tensors in zip(kept, (following.means, following.squares), strict=True):
                assert (value is None) == (not tensors)
                if value is not None:
                    wanted = tensors[index].weight[unit, place].item()
                    assert value == pytest.approx(wanted, rel=1e-5)
            assert len(look.lines) == {"sgd": 1, "momentum": 2, "adam": 5}[optimizer.value]
            assert_adds_up(update, look.lines)

    @pytest.mark.parametrize("place", [(0, 0, 0), (4, 0, 0), (1, 9, 0), (1, 0, 784), (2, -1, 0)])
    def test_no_such_weight(self, place: tuple[int, int, int]) -> None:
        moment = moment_at(Replay(spec_of(Optimizer.SGD), examples()), 0)
        with pytest.raises(IndexError):
            one_step.weight_details(spec_of(Optimizer.SGD), moment, *place)

    @pytest.mark.parametrize("style", Style)
    @pytest.mark.parametrize("activation", [Activation.RELU, Activation.NONE])
    def test_its_name_is_code(self, style: Style, activation: Activation) -> None:
        spec = NetworkSpec(style, (9, 7), activation)
        layers = parameters(spec)
        model = build(spec, layers)
        names = {f"weights_{n}": layer.weight.t() for n, layer in enumerate(layers, start=1)}
        scope = {"model": model, **dict(getattr(model, "named_children", dict)()), **names}
        for layer in (1, 2, 3):
            value = eval(one_step.weight_name(spec, layer, 4, 6), scope)
            assert value == layers[layer - 1].weight[4, 6]


def test_the_bars_of_the_layers() -> None:
    (bars,) = norms(["Layer 1", "Layer 2"], [0.5, math.inf]).data
    assert list(bars.x) == [0.5, 0.0]
    assert list(bars.text) == ["0.5", "\N{INFINITY}"]
    assert norms(["Layer 1"], [0.0]).layout.xaxis.range == (0, 1)
