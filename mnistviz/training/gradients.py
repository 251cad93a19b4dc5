"""The backward pass: the gradients of all parameters for a batch and its labels.

Two ways to the same numbers. `gradients` writes the chain rule out, with the very operations that
autograd would call in the end; `gradients_by_hand` runs the functions of the style `tensors` and
lets autograd go back through them, as that style's own code does.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from mnistviz.network.activations import FORMS
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.network.styles.tensors import TensorNetwork
from mnistviz.spec.activations import for_layers
from mnistviz.spec.specs import NetworkSpec

_aten = torch.ops.aten


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """Loss, logits and gradients of one batch.

    Attributes:
        loss: cross-entropy, the mean over the batch of -log p of the true class; 0 to infinity.
        logits: float32 of shape (B, 10).
        layers: the gradient of the loss with respect to each layer's weight (outputs, inputs) and
            bias (outputs,), under the layer's name.
    """

    loss: float
    logits: torch.Tensor
    layers: Parameters


def gradients(
    spec: NetworkSpec,
    layers: Parameters,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    into: Parameters | None = None,
) -> Gradients:
    """Compute the gradients of a batch with the chain rule written out.

    Bit for bit what `F.cross_entropy(logits, labels).backward()` gives for the styles with
    modules, without the time that recording the operations takes.

    Args:
        spec: the network; of it only the activations matter.
        layers: its parameters.
        inputs: float32 of shape (B, 784).
        labels: int64 of shape (B,), 0 to 9.
        into: tensors of the layers' shapes to write the gradients into; new ones without.
    """
    if into is None:
        into = tuple(
            Layer(layer.name, torch.empty_like(layer.weight), torch.empty_like(layer.bias))
            for layer in layers
        )
    backward = [FORMS[one].backward for one in for_layers(spec.activation, len(layers) - 1)]
    with torch.no_grad():
        _, sums, outs = zip(*layer_by_layer(spec.activation, layers, inputs), strict=True)
        entering, logits = (inputs, *outs), sums[-1]
        log_p = torch.log_softmax(logits, 1)
        loss = F.nll_loss(log_p, labels).item()
        # The loss is the mean of -log p of the true classes: its slope there is -1/B, 0 elsewhere.
        grad = torch.zeros_like(log_p).scatter_(1, labels.view(-1, 1), -1 / len(labels))
        # By way of the softmax that becomes (p - y) / B.
        grad = _aten._log_softmax_backward_data(grad, log_p, 1, torch.float32)
        for number in range(len(layers) - 1, -1, -1):
            torch.mm(grad.t(), entering[number], out=into[number].weight)
            torch.sum(grad, 0, out=into[number].bias)
            if number:
                grad = torch.mm(grad, layers[number].weight)
                grad = backward[number - 1](grad, sums[number - 1], outs[number - 1])
    return Gradients(loss, logits, into)


def gradients_by_hand(
    network: TensorNetwork, inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[float, torch.Tensor]:
    """Run a batch through a network of bare tensors, and let autograd fill their `.grad`.

    Args:
        network: its tensors require gradients.
        inputs: float32 of shape (B, 784).
        labels: int64 of shape (B,), 0 to 9.

    Returns:
        The loss, and the logits, float32 of shape (B, 10).
    """
    logits = network.logits(inputs)
    loss = F.cross_entropy(logits, labels)
    torch.autograd.backward(loss)
    return loss.item(), logits.detach()
