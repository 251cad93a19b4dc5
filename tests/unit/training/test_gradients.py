"""Tests of the backward pass and of the steps: against numpy, autograd and torch.optim."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mnistviz.digits import mnist
from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Layer, Parameters, linear, parameters
from mnistviz.network.styles.tensors import TensorNetwork
from mnistviz.spec.activations import Activations, for_layers
from mnistviz.spec.fields import Activation, Bias, Init, Optimizer, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.gradients import gradients, gradients_by_hand
from mnistviz.training.learners import ModuleLearner, TensorLearner, learner
from mnistviz.training.loop import train

Array = npt.NDArray[np.float64]

erf = np.vectorize(math.erf)

HIDDEN = [(), (12,), (11, 7), (9, 1, 8), (9, 8, 7, 6)]
"""Hidden layers, from none to four."""

MIXED = [(Activation.RELU, Activation.TANH), (Activation.NONE, Activation.GELU, Activation.SIGMOID)]
"""Functions that differ from layer to layer."""

each_function = pytest.mark.parametrize("activation", [*Activation, *MIXED], ids=str)
each_optimizer = pytest.mark.parametrize("optimizer", Optimizer)


def logistic(x: Array) -> Array:
    return np.exp(-np.logaddexp(0, -x))


def below(x: Array) -> Array:
    """The share of a bell curve below x."""
    return (1 + erf(x / math.sqrt(2))) / 2


FORMULAS: dict[Activation, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    Activation.SIGMOID: (logistic, lambda x: logistic(x) * logistic(-x)),
    Activation.TANH: (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    Activation.RELU: (lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0),
    Activation.LEAKY_RELU: (
        lambda x: np.where(x > 0, x, 0.01 * x),
        lambda x: np.where(x > 0, 1, 0.01),
    ),
    Activation.GELU: (
        lambda x: x * below(x),
        lambda x: below(x) + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi),
    ),
    Activation.SILU: (
        lambda x: x * logistic(x),
        lambda x: logistic(x) + x * logistic(x) * logistic(-x),
    ),
    Activation.SOFTPLUS: (lambda x: np.logaddexp(0, x), logistic),
    Activation.NONE: (lambda x: x, np.ones_like),
}
"""Each function and its derivative, in float64 and without torch."""


def backward(
    activation: Activations, layers: Parameters, inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[float, list[tuple[Array, Array]]]:
    """Loss, and the gradient of each weight and bias: the chain rule in float64 with numpy."""
    each = [FORMULAS[one] for one in for_layers(activation, len(layers) - 1)]
    weights = [layer.weight.double().numpy() for layer in layers]
    biases = [layer.bias.double().numpy() for layer in layers]
    sums, outs = [], [inputs.double().numpy()]
    functions = [*(function for function, _ in each), FORMULAS[Activation.NONE][0]]
    for weight, bias, function in zip(weights, biases, functions, strict=True):
        sums.append(outs[-1] @ weight.T + bias)
        outs.append(function(sums[-1]))
    logits, truth = sums[-1], labels.numpy()
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(len(truth)), truth].mean()
    grad = (np.exp(log_p) - np.eye(10)[truth]) / len(truth)
    found: list[tuple[Array, Array]] = []
    for number in reversed(range(len(layers))):
        found.insert(0, (grad.T @ outs[number], grad.sum(axis=0)))
        if number:
            grad = grad @ weights[number] * each[number - 1][1](sums[number - 1])
    return float(loss), found


def batch(size: int = 16, seed: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.rand(size, 784, generator=generator) * 2 - 1
    return inputs, torch.randint(10, (size,), generator=generator)


def by_hand(
    spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[float, torch.Tensor, Parameters]:
    """What the style `tensors` makes of a batch, each weight turned back."""
    own = tuple(Layer(layer.name, layer.weight.clone(), layer.bias.clone()) for layer in layers)
    network = TensorNetwork(spec.activation, own)
    for tensor in (*network.weights, *network.biases):
        tensor.requires_grad_()
    loss, logits = gradients_by_hand(network, inputs, labels)
    grads = []
    for layer, weight, bias in zip(own, network.weights, network.biases, strict=True):
        assert weight.grad is not None
        assert bias.grad is not None
        grads.append(Layer(layer.name, weight.grad.t(), bias.grad))
    return loss, logits, tuple(grads)


def assert_near(found: Parameters, wanted: list[tuple[Array, Array]], near: float = 1e-5) -> None:
    for layer, (weight, bias) in zip(found, wanted, strict=True):
        np.testing.assert_allclose(layer.weight.numpy(), weight, rtol=1e-4, atol=near)
        np.testing.assert_allclose(layer.bias.numpy(), bias, rtol=1e-4, atol=near)


def same(one: Parameters, other: Parameters) -> bool:
    return all(
        torch.equal(a.weight, b.weight) and torch.equal(a.bias, b.bias)
        for a, b in zip(one, other, strict=True)
    )


class TestGradients:
    @each_function
    @pytest.mark.parametrize("hidden", HIDDEN, ids=str)
    def test_both_ways_are_the_chain_rule(
        self, activation: Activations, hidden: tuple[int, ...]
    ) -> None:
        spec = NetworkSpec(hidden=hidden, activation=activation)
        layers, (inputs, labels) = parameters(spec), batch()
        loss, wanted = backward(activation, layers, inputs, labels)
        found = gradients(spec, layers, inputs, labels)
        assert found.loss == pytest.approx(loss, rel=1e-5)
        assert [layer.name for layer in found.layers] == [layer.name for layer in layers]
        assert_near(found.layers, wanted)
        hand_loss, logits, grads = by_hand(spec, layers, inputs, labels)
        assert hand_loss == pytest.approx(loss, rel=1e-5)
        torch.testing.assert_close(logits, found.logits, rtol=1e-5, atol=1e-5)
        assert_near(grads, wanted)

    @each_function
    def test_both_ways_hold_for_sums_far_from_zero(self, activation: Activations) -> None:
        # Weights of the lesson by hand: sums reach beyond 89, where exp is infinite in float32.
        spec = NetworkSpec(
            hidden=(256,), activation=activation, init=Init.NORMAL, std=1.0, bias=Bias.NORMAL
        )
        layers, (inputs, labels) = parameters(spec), batch(64)
        inputs = inputs.sign()
        assert (inputs @ layers[0].weight.t()).abs().max() > 89
        _, wanted = backward(activation, layers, inputs, labels)
        size = max(np.abs(weight).max() for weight, _ in wanted)
        assert_near(gradients(spec, layers, inputs, labels).layers, wanted, 1e-5 * size)
        assert_near(by_hand(spec, layers, inputs, labels)[2], wanted, 1e-5 * size)

    @each_function
    def test_both_ways_are_right_at_zero(self, activation: Activations) -> None:
        # A layer that starts as zeros has all its sums at exactly 0.
        spec = NetworkSpec(hidden=(6,), activation=activation)
        first, second = parameters(spec)
        zeros = Layer(first.name, torch.zeros_like(first.weight), torch.zeros_like(first.bias))
        inputs, labels = batch()
        _, wanted = backward(activation, (zeros, second), inputs, labels)
        assert_near(gradients(spec, (zeros, second), inputs, labels).layers, wanted)
        assert_near(by_hand(spec, (zeros, second), inputs, labels)[2], wanted)

    def test_they_are_written_where_one_says(self) -> None:
        spec = NetworkSpec(hidden=(5,))
        layers, (inputs, labels) = parameters(spec), batch()
        into = tuple(
            Layer(layer.name, torch.full_like(layer.weight, 9.0), torch.full_like(layer.bias, 9.0))
            for layer in layers
        )
        found = gradients(spec, layers, inputs, labels, into=into)
        assert found.layers is into
        assert same(into, gradients(spec, layers, inputs, labels).layers)

    @pytest.mark.parametrize("bad", [math.nan, math.inf, 3e38])
    def test_what_is_no_number_stays_none(self, bad: float) -> None:
        spec = NetworkSpec(hidden=(5,))
        first, second = parameters(spec)
        broken = Layer(first.name, torch.full_like(first.weight, bad), first.bias)
        inputs, labels = batch()
        assert not math.isfinite(gradients(spec, (broken, second), inputs, labels).loss)
        assert not math.isfinite(by_hand(spec, (broken, second), inputs, labels)[0])

    def test_a_label_that_is_no_digit_is_refused(self) -> None:
        spec = NetworkSpec(hidden=())
        inputs, labels = batch()
        labels[3] = 10
        with pytest.raises((IndexError, RuntimeError)):
            gradients(spec, parameters(spec), inputs, labels)


def optimizer_of(training: TrainSpec, model: nn.Module) -> torch.optim.Optimizer:
    match training.optimizer:
        case Optimizer.SGD:
            return torch.optim.SGD(model.parameters(), lr=training.lr)
        case Optimizer.MOMENTUM:
            return torch.optim.SGD(model.parameters(), lr=training.lr, momentum=0.9)
        case Optimizer.ADAM:
            return torch.optim.Adam(model.parameters(), lr=training.lr)


def model_of(spec: NetworkSpec, layers: Parameters) -> nn.Sequential:
    modules: list[nn.Module] = []
    for layer in layers:
        copy = Layer(layer.name, layer.weight.clone(), layer.bias.clone())
        modules.append(linear(copy))
        if layer is not layers[-1]:
            modules.append(FORMS[spec.activations[len(modules) // 2]].module())
    return nn.Sequential(*modules)


class TestLearners:
    @each_function
    @each_optimizer
    def test_a_learner_of_modules_is_torch_bit_for_bit(
        self, activation: Activations, optimizer: Optimizer
    ) -> None:
        spec = NetworkSpec(hidden=(24, 12), activation=activation)
        training = TrainSpec(optimizer, lr=0.001 if optimizer is Optimizer.ADAM else 0.05)
        layers = parameters(spec)
        model = model_of(spec, layers)
        steps = optimizer_of(training, model)
        pupil = ModuleLearner(spec, training, layers)
        for number in range(12):
            # The last batch of an epoch is shorter.
            inputs, labels = batch(32 if number % 4 else 7, seed=number)
            loss = F.cross_entropy(model(inputs), labels)
            steps.zero_grad()
            torch.autograd.backward(loss)
            steps.step()
            assert pupil.backward(inputs, labels)[0] == loss.item()
            pupil.step()
            states = [tensor.detach() for tensor in model.parameters()]
            own = [tensor for layer in pupil.layers for tensor in (layer.weight, layer.bias)]
            assert all(torch.equal(a, b) for a, b in zip(own, states, strict=True))
        assert same(layers, parameters(spec))

    @each_function
    @each_optimizer
    def test_a_learner_of_tensors_is_near(
        self, activation: Activations, optimizer: Optimizer
    ) -> None:
        spec = NetworkSpec(Style.TENSORS, hidden=(24, 12), activation=activation)
        training = TrainSpec(optimizer, lr=0.001 if optimizer is Optimizer.ADAM else 0.05)
        layers = parameters(spec)
        one, other = ModuleLearner(spec, training, layers), TensorLearner(spec, training, layers)
        for number in range(4):
            inputs, labels = batch(32, seed=number)
            loss = other.backward(inputs, labels)[0]
            assert one.backward(inputs, labels)[0] == pytest.approx(loss, abs=1e-5)
            one.step()
            other.step()
        # Adam divides by the size of the gradient: where that is about eps, a rounding of the
        # gradient moves the step by a good part of lr. These are a few weights of 18,000.
        allowed = 1e-3 if optimizer is Optimizer.ADAM else 0
        for mine, theirs in zip(one.layers, other.layers, strict=True):
            for a, b in ((mine.weight, theirs.weight), (mine.bias, theirs.bias)):
                off = (a - b).abs()
                assert (off > 1e-5).double().mean() <= allowed
                assert off.max() < 4 * training.lr
        assert same(layers, parameters(spec))

    def test_the_style_says_who_learns(self) -> None:
        for style in Style:
            spec = NetworkSpec(style, hidden=(3,))
            kind = TensorLearner if style is Style.TENSORS else ModuleLearner
            assert type(learner(spec, TrainSpec(), parameters(spec))) is kind


def digits(count: int = 256) -> mnist.Examples:
    """Noise of black and white pixels, so that sums lie far from 0."""
    generator = torch.Generator().manual_seed(1)
    pixels = 255 * torch.randint(2, (count, 784), generator=generator, dtype=torch.uint8)
    labels = torch.randint(10, (count,), generator=generator)
    test = mnist.flatten(mnist.normalize(pixels[:20].view(-1, 28, 28)))
    return mnist.Examples(pixels, labels, test, labels[:20])


class TestFinite:
    @pytest.mark.parametrize("style", [Style.MODULE, Style.TENSORS])
    def test_a_training_ends_where_its_loss_is_no_number(self, style: Style) -> None:
        spec = NetworkSpec(style, hidden=(8, 8), init=Init.NORMAL, std=100.0)
        training = TrainSpec(Optimizer.SGD, lr=100.0, batch_size=32, epochs=50)
        records = list(train(spec, training, digits()))
        assert all(record.finite for record in records[:-1])
        last = records[-1]
        assert not last.finite
        assert not math.isfinite(last.loss)
        assert last.step == len(records) - 1 < training.steps
        assert last.mark is not None
        assert last.mark.layers is not None

    @pytest.mark.parametrize("style", Style)
    def test_the_lesson_by_hand_learns(self, style: Style) -> None:
        # Once its sigmoid, written by hand, gave NaN as the gradient of sums below -89.
        spec = NetworkSpec(style, (256,), Activation.SIGMOID, Init.NORMAL, 1.0, bias=Bias.NORMAL)
        records = list(train(spec, TrainSpec(epochs=2, batch_size=64), digits()))
        assert all(record.finite for record in records)
        assert records[-1].loss < records[1].loss
