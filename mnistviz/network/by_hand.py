"""Activations and softmax written by hand, with nothing but tensor arithmetic.

The style `tensors` uses these functions, and the code on the screen shows their source as it
stands here. Each is written so that its gradient, too, is the right one everywhere: autograd goes
back through every operation of it, and an infinity on the way would come out as NaN.
"""

import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Squeeze every number into 0 to 1."""
    # exp(80) is close to the end of float32: of more it would be infinite, and its gradient NaN.
    x = torch.clamp(x, min=-80)
    return 1 / (1 + torch.exp(-x))


def tanh(x: torch.Tensor) -> torch.Tensor:
    """Squeeze every number into -1 to 1."""
    # (exp(x) - exp(-x)) / (exp(x) + exp(-x)), written so that exp never sees a large number. From
    # 20 on, float32 cannot tell it from 1.
    t = torch.expm1(2 * torch.clamp(x, -20, 20))
    return t / (t + 2)


def relu(x: torch.Tensor) -> torch.Tensor:
    """Keep what is positive, put the rest to 0."""
    return torch.where(x <= 0, 0, x)


def leaky_relu(x: torch.Tensor) -> torch.Tensor:
    """Keep what is positive, let a hundredth of the rest through."""
    return torch.where(x > 0, x, 0.01 * x)


def gelu(x: torch.Tensor) -> torch.Tensor:
    """Multiply x by the share of a bell curve that lies below x."""
    return x * 0.5 * (1 + torch.erf(x / 2**0.5))


def silu(x: torch.Tensor) -> torch.Tensor:
    """Multiply x by its own sigmoid."""
    # exp(80) is close to the end of float32: of more it would be infinite, and its gradient NaN.
    x = torch.clamp(x, min=-80)
    return x / (1 + torch.exp(-x))


def softplus(x: torch.Tensor) -> torch.Tensor:
    """Take log(1 + exp(x)), which is x itself where exp(x) is large."""
    return torch.where(x > 20, x, torch.log1p(torch.exp(torch.clamp(x, max=20))))


def softmax(x: torch.Tensor) -> torch.Tensor:
    """Turn each row of logits into probabilities that sum to 1."""
    # With the row's largest logit subtracted the ratios stay the same, and exp cannot overflow.
    exps = torch.exp(x - x.max(dim=1).values.view(-1, 1))
    return exps / exps.sum(dim=1).view(-1, 1)


def naive_softmax(x: torch.Tensor) -> torch.Tensor:
    """Turn each row of logits into probabilities as the formula says it."""
    # In float32, exp(x) is infinite for x above 88.7, and inf / inf is not a number.
    return torch.exp(x) / torch.sum(torch.exp(x), dim=1).view(-1, 1)
