"""One training with the loss on the logits, and the same with a softmax too many."""

import copy
from dataclasses import dataclass

import torch
from torch import nn

from mnistviz.digits import mnist
from mnistviz.network.parameters import parameters
from mnistviz.network.styles import build
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import learners, loop

NETWORK, TRAINING = NetworkSpec(style=Style.MODULE), TrainSpec()
"""What is trained, and how: the lesson's network, with the settings that a training begins with."""


@dataclass(frozen=True, slots=True)
class Doubled:
    """The shares of test digits that are answered correctly after the last epoch, 0 to 1.

    Attributes:
        once: of the network whose loss got its logits.
        twice: of the network whose loss got its probabilities.
    """

    once: float
    twice: float


def train_both(
    examples: mnist.Examples, network: NetworkSpec = NETWORK, training: TrainSpec = TRAINING
) -> Doubled:
    """Train a network twice from the same first weights, on the same batches.

    Args:
        examples: the digits to learn from, and those to test.
        network: in the style `module`, so that it ends in a softmax.
        training: how.
    """
    *_, last = loop.train(network, training, examples)
    assert last.mark is not None
    return Doubled(
        float(last.mark.test_accuracy), _accuracy_of_mistake(examples, network, training)
    )


def _accuracy_of_mistake(
    examples: mnist.Examples, network: NetworkSpec, training: TrainSpec
) -> float:
    # The parameters are shared, so a copy of them learns.
    model = copy.deepcopy(build(network, parameters(network)))
    assert isinstance(model, nn.Module)
    criterion = nn.CrossEntropyLoss()
    step = learners.stepper(training.optimizer, training.lr, list(model.parameters()))
    digits = loop.step_digits(training, examples)
    with torch.enable_grad():
        for _, (_, inputs, labels) in zip(range(training.steps), digits, strict=False):
            model.zero_grad()
            criterion(model(inputs), labels).backward()  # the mistake: model(inputs) are softmaxed
            step()
    with torch.no_grad():
        return float(loop.accuracy(model(examples.test_inputs), examples.test_labels))
