"""Activations and softmax written by hand, with nothing but tensor arithmetic.

Each stands here as the lesson states it. Where float32 cannot bear that formula for every number
(exp overflows above 88.7), there is a second, `stable_…`, that is right everywhere, and so is its
gradient: autograd goes back through every operation, and an infinity on the way would come out as
NaN. The style `tensors` computes with the stable ones. The code on the screen shows the source as
it stands here, and of the two the formula wherever it gives the same numbers; see
`mnistviz.codegen.functions`.
"""

import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Squeeze every number into the range from 0 to 1."""
    return 1 / (1 + torch.exp(-x))


def stable_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Squeeze every number into the range from 0 to 1."""
    # Below -88, exp(-x) is too large for float32 and the gradient would be NaN, so stop at -80.
    x = torch.clamp(x, min=-80)
    return 1 / (1 + torch.exp(-x))


def tanh(x: torch.Tensor) -> torch.Tensor:
    """Squeeze every number into the range from -1 to 1."""
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


def stable_tanh(x: torch.Tensor) -> torch.Tensor:
    """Squeeze every number into the range from -1 to 1."""
    # (exp(x) - exp(-x)) / (exp(x) + exp(-x)), times exp(x) above and below. expm1(x) is exp(x) - 1
    # without rounding near 0. Beyond 20, float32 cannot tell tanh from 1, and exp could overflow.
    t = torch.expm1(2 * torch.clamp(x, -20, 20))
    return t / (t + 2)


def relu(x: torch.Tensor) -> torch.Tensor:
    """Keep what is positive, turn the rest into 0."""
    return torch.clamp(x, min=0)  # max(x, 0), number by number


def leaky_relu(x: torch.Tensor) -> torch.Tensor:
    """Keep what is positive, let a hundredth of the rest through."""
    return torch.maximum(0.01 * x, x)  # max(x / 100, x), number by number


def stable_leaky_relu(x: torch.Tensor) -> torch.Tensor:
    """Keep what is positive, let a hundredth of the rest through."""
    # torch.maximum(0.01 * x, x) is the same, but at 0 its slope would lie between the two.
    return torch.where(x > 0, x, 0.01 * x)


def gelu(x: torch.Tensor) -> torch.Tensor:
    """Multiply x by the share of a bell curve that lies below x."""
    return x * 0.5 * (1 + torch.erf(x / 2**0.5))


def silu(x: torch.Tensor) -> torch.Tensor:
    """Multiply x by its own sigmoid."""
    return x / (1 + torch.exp(-x))


def stable_silu(x: torch.Tensor) -> torch.Tensor:
    """Multiply x by its own sigmoid."""
    # Below -88, exp(-x) is too large for float32 and the gradient would be NaN, so stop at -80.
    x = torch.clamp(x, min=-80)
    return x / (1 + torch.exp(-x))


def softplus(x: torch.Tensor) -> torch.Tensor:
    """Take log(1 + exp(x)), a ReLU with a rounded corner."""
    return torch.log(1 + torch.exp(x))


def stable_softplus(x: torch.Tensor) -> torch.Tensor:
    """Take log(1 + exp(x)), a ReLU with a rounded corner."""
    # Above 20 this is x itself, and exp must not overflow. log1p(x) is log(1 + x), without
    # rounding near 0.
    return torch.where(x > 20, x, torch.log1p(torch.exp(torch.clamp(x, max=20))))


def softmax(x: torch.Tensor) -> torch.Tensor:
    """Turn each row of logits into probabilities that sum to 1."""
    return torch.exp(x) / torch.sum(torch.exp(x), dim=1).view(-1, 1)


def stable_softmax(x: torch.Tensor) -> torch.Tensor:
    """Turn each row of logits into probabilities that sum to 1."""
    # exp(89) is too large for float32. Subtracting a row's largest logit from the whole row keeps
    # exp at 1 or below, and changes no ratio.
    exps = torch.exp(x - x.max(dim=1).values.view(-1, 1))
    return exps / torch.sum(exps, dim=1).view(-1, 1)
