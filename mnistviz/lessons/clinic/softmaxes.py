"""What a second softmax in front of the loss does to learning, measured on the network itself."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from mnistviz.digits import mnist
from mnistviz.network import forward
from mnistviz.network.parameters import Layer, Parameters, parameters
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import loop
from mnistviz.training.learners import stepper

STEPS = 500
"""Steps that are made at most."""

WORK = 500_000_000
"""Parameters times digits that a comparison may cost at most: some tenths of a second."""

FEW = 20
"""With fewer steps than this there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A short training.

    Attributes:
        gradient: the length of the first gradient, over all parameters.
        accuracy: share of the test digits that are answered correctly after the last step.
    """

    gradient: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same training with one softmax, that of the loss, and with one more in front of it.

    Attributes:
        steps: how many steps both have made.
        once: with one softmax.
        twice: with two.
    """

    steps: int
    once: Learned
    twice: Learned


def compare(network: NetworkSpec, examples: mnist.Examples) -> Comparison | None:
    """Train a network for a few steps with one softmax and with two.

    Args:
        network: what is trained, with its training; its style does not matter here.
        examples: the digits of the training.

    Returns:
        Both; None where so few steps are affordable that there is nothing to compare.
    """
    training = network.training
    assert training is not None
    cost = network.parameter_count * training.batch_size
    steps = min(STEPS, training.steps, WORK // cost)
    if steps < FEW:
        return None
    once, twice = (
        learn(network.untrained, training, examples, steps, again) for again in (False, True)
    )
    return Comparison(steps, once, twice)


def learn(
    network: NetworkSpec, training: TrainSpec, examples: mnist.Examples, steps: int, twice: bool
) -> Learned:
    """Train a network for a few steps, on the batches that its training begins with.

    Args:
        network: it, with the weights it starts with.
        training: the optimizer, its learning rate and the batches.
        examples: the digits.
        steps: how many steps.
        twice: whether the loss gets probabilities for logits, and takes their softmax again.
    """
    layers = tuple(
        Layer(layer.name, layer.weight.clone(), layer.bias.clone()) for layer in parameters(network)
    )
    tensors = [tensor for layer in layers for tensor in (layer.weight, layer.bias)]
    for tensor in tensors:
        tensor.requires_grad_()
    make_step = stepper(training.optimizer, training.lr, tensors)
    first = 0.0
    digits = loop.step_digits(training, examples)
    for step, (_, inputs, labels) in zip(range(steps), digits, strict=False):
        for tensor in tensors:
            tensor.grad = None
        torch.autograd.backward(_loss(network, layers, inputs, labels, twice))
        if step == 0:
            first = float(torch.cat([_slope(tensor) for tensor in tensors]).norm())
        make_step()
    with torch.no_grad():
        logits = forward.logits(network, layers, examples.test_inputs)
    return Learned(first, loop.accuracy(logits, examples.test_labels))


def _loss(
    network: NetworkSpec,
    layers: Parameters,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    twice: bool,
) -> torch.Tensor:
    *_, last = forward.layer_by_layer(network.activation, layers, inputs)
    outputs = F.softmax(last.outputs, dim=1) if twice else last.outputs
    return F.cross_entropy(outputs, labels)


def _slope(tensor: torch.Tensor) -> torch.Tensor:
    assert tensor.grad is not None
    return tensor.grad.reshape(-1)
