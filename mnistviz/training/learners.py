"""The learners: each computes gradients and updates the parameters of a network."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import torch

from mnistviz.network.parameters import Layer, Parameters
from mnistviz.network.styles.tensors import TensorNetwork
from mnistviz.spec.fields import Optimizer, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.gradients import gradients, gradients_by_hand

MOMENTUM = 0.9
"""What momentum keeps of its last step."""

BETAS = (0.9, 0.999)
"""What Adam keeps of its two running means; the defaults of `torch.optim.Adam`."""

EPS = 1e-8
"""What keeps Adam from a division by 0; the default of `torch.optim.Adam`."""


class Learner(Protocol):
    """A network that learns."""

    @property
    def layers(self) -> Parameters:
        """Its parameters as they are now; they change with every step."""

    @property
    def grads(self) -> Parameters:
        """The gradients of the last batch, of the same shapes; before the first, meaningless."""

    @property
    def means(self) -> Parameters:
        """The velocity of momentum, or Adam's running mean of the gradients; empty for SGD."""

    @property
    def squares(self) -> Parameters:
        """Adam's running mean of the squared gradients; empty for the others."""

    def backward(self, inputs: torch.Tensor, labels: torch.Tensor) -> tuple[float, torch.Tensor]:
        """Compute loss and logits (B, 10) of a batch, and keep its gradients."""

    def step(self) -> None:
        """Change the parameters by the gradients of the last batch."""


def learner(network: NetworkSpec, training: TrainSpec, layers: Parameters) -> Learner:
    """Return the learner of a network's style.

    Args:
        network: the network.
        training: the optimizer and its learning rate.
        layers: the parameters to begin with; they stay as they are.
    """
    kind = TensorLearner if network.style is Style.TENSORS else ModuleLearner
    return kind(network, training, layers)


class ModuleLearner:
    """Learns what `torch.optim` would make of a network of modules, bit for bit.

    All parameters lie in one stretch of memory, so that an update is a few operations for all
    layers together.
    """

    def __init__(self, network: NetworkSpec, training: TrainSpec, layers: Parameters) -> None:
        """Copy the parameters."""
        self.network = network
        self.flat, self.layers = _in_one(layers)
        self.grad, self.grads = _in_one(layers)
        self.grad.zero_()
        states, update = _UPDATES[training.optimizer]
        collected = [_in_one(layers) for _ in range(states)]
        for flat, _ in collected:
            flat.zero_()
        self.means, self.squares = (*(parts for _, parts in collected), (), ())[:2]
        self.update = update(training.lr, *(flat for flat, _ in collected))

    def backward(self, inputs: torch.Tensor, labels: torch.Tensor) -> tuple[float, torch.Tensor]:
        """Compute loss and logits of a batch, and keep its gradients."""
        result = gradients(self.network, self.layers, inputs, labels, into=self.grads)
        return result.loss, result.logits

    def step(self) -> None:
        """Change the parameters by the gradients of the last batch."""
        self.update(self.flat, self.grad)


def _in_one(layers: Parameters) -> tuple[torch.Tensor, Parameters]:
    """Copy all parameters into one vector, and return it with the layers that are parts of it."""
    tensors = [tensor for layer in layers for tensor in (layer.weight, layer.bias)]
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    ends = itertools.accumulate(tensor.numel() for tensor in tensors)
    parts = [
        flat[end - tensor.numel() : end].view(tensor.shape)
        for end, tensor in zip(ends, tensors, strict=True)
    ]
    return flat, tuple(
        Layer(layer.name, parts[2 * number], parts[2 * number + 1])
        for number, layer in enumerate(layers)
    )


_Update = Callable[[torch.Tensor, torch.Tensor], None]


def _sgd(lr: float) -> _Update:
    def update(weights: torch.Tensor, grad: torch.Tensor) -> None:
        weights.add_(grad, alpha=-lr)

    return update


def _momentum(lr: float, velocity: torch.Tensor) -> _Update:
    # It begins with 0, so that the first step is the gradient itself, as in torch.optim.SGD.
    def update(weights: torch.Tensor, grad: torch.Tensor) -> None:
        velocity.mul_(MOMENTUM).add_(grad)
        weights.add_(velocity, alpha=-lr)

    return update


def _adam(lr: float, mean: torch.Tensor, square: torch.Tensor) -> _Update:
    count = 0

    def update(weights: torch.Tensor, grad: torch.Tensor) -> None:
        nonlocal count
        count += 1
        mean.lerp_(grad, 1 - BETAS[0])
        square.mul_(BETAS[1]).addcmul_(grad, grad, value=1 - BETAS[1])
        size = lr / (1 - BETAS[0] ** count)
        spread = square.sqrt().div_(math.sqrt(1 - BETAS[1] ** count)).add_(EPS)
        weights.addcdiv_(mean, spread, value=-size)

    return update


_UPDATES: Mapping[Optimizer, tuple[int, Callable[..., _Update]]] = MappingProxyType(
    {
        Optimizer.SGD: (0, _sgd),
        Optimizer.MOMENTUM: (1, _momentum),
        Optimizer.ADAM: (2, _adam),
    }
)
"""For each optimizer, how many numbers it keeps of every parameter, and what makes its updates: of
the learning rate and the tensors in which it keeps them, which hold zeros at first."""


def stepper(optimizer: Optimizer, lr: float, tensors: Sequence[torch.Tensor]) -> Callable[[], None]:
    """Return what changes tensors by their gradients as `torch.optim` would, bit for bit.

    The first optimizer of `torch.optim` imports the compiler of PyTorch: 160 MB that nothing here
    needs.

    Args:
        optimizer: what it does.
        lr: its learning rate.
        tensors: they have a gradient whenever the result is called.
    """
    states, make = _UPDATES[optimizer]
    updates = [make(lr, *(torch.zeros_like(one) for _ in range(states))) for one in tensors]

    def step() -> None:
        with torch.no_grad():
            for one, update in zip(tensors, updates, strict=True):
                assert one.grad is not None
                update(one, one.grad)

    return step


class TensorLearner:
    """Learns with bare tensors: `requires_grad`, `backward()`, and the update written out."""

    def __init__(self, network: NetworkSpec, training: TrainSpec, layers: Parameters) -> None:
        """Copy the parameters, each weight turned to (inputs, outputs)."""
        own = tuple(Layer(layer.name, layer.weight.clone(), layer.bias.clone()) for layer in layers)
        self.model = TensorNetwork(network.activation, own)
        self.tensors = [
            tensor
            for pair in zip(self.model.weights, self.model.biases, strict=True)
            for tensor in pair
        ]
        for tensor in self.tensors:
            tensor.requires_grad_()
        self.names = [layer.name for layer in own]
        self.training = training
        self.count = 0
        states, _ = _UPDATES[training.optimizer]
        self.v = [torch.zeros_like(tensor) for tensor in self.tensors if states > 0]
        self.s = [torch.zeros_like(tensor) for tensor in self.tensors if states > 1]

    @property
    def layers(self) -> Parameters:
        """The parameters as they are now."""
        return self._turned([tensor.detach() for tensor in self.tensors])

    @property
    def grads(self) -> Parameters:
        """The gradients of the last batch."""
        return self._turned([tensor.grad for tensor in self.tensors if tensor.grad is not None])

    @property
    def means(self) -> Parameters:
        """The velocity of momentum, or Adam's running mean of the gradients."""
        return self._turned(self.v)

    @property
    def squares(self) -> Parameters:
        """Adam's running mean of the squared gradients."""
        return self._turned(self.s)

    def _turned(self, tensors: Sequence[torch.Tensor]) -> Parameters:
        """Put weights and biases together, each weight turned back to (outputs, inputs)."""
        pairs = zip(tensors[::2], tensors[1::2], strict=True)
        return tuple(
            Layer(name, weight.t(), bias)
            for name, (weight, bias) in zip(self.names, pairs, strict=False)
        )

    def backward(self, inputs: torch.Tensor, labels: torch.Tensor) -> tuple[float, torch.Tensor]:
        """Compute loss and logits of a batch, and keep its gradients."""
        for tensor in self.tensors:
            tensor.grad = None
        return gradients_by_hand(self.model, inputs, labels)

    def step(self) -> None:
        """Change the parameters by the gradients of the last batch."""
        self.count += 1
        with torch.no_grad():
            for number, w in enumerate(self.tensors):
                assert w.grad is not None
                w -= self.training.lr * self._direction(number, w.grad)

    def _direction(self, number: int, grad: torch.Tensor) -> torch.Tensor:
        """Return what is multiplied by the learning rate, as the script writes it."""
        match self.training.optimizer:
            case Optimizer.SGD:
                return grad
            case Optimizer.MOMENTUM:
                self.v[number] = MOMENTUM * self.v[number] + grad
                return self.v[number]
            case Optimizer.ADAM:
                first, second = BETAS
                self.v[number] = first * self.v[number] + (1 - first) * grad
                self.s[number] = second * self.s[number] + (1 - second) * grad * grad
                mean = self.v[number] / (1 - first**self.count)
                square = self.s[number] / (1 - second**self.count)
                return mean / (torch.sqrt(square) + EPS)
