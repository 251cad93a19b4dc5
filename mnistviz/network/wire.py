"""A network as bytes, for the forward pass in the browser (`ui/draw/network.js`)."""

import hashlib
import json
from dataclasses import dataclass

from mnistviz.network.parameters import Parameters
from mnistviz.spec.activations import Activations, written

DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class Packed:
    """A network on its way to the browser.

    Attributes:
        digest: names the network: the same for equal sizes, activations and parameters only.
        data: the length of the head, 4 bytes; the head, JSON with `digest`, `sizes` and
            `activation` as in a link (`relu`, or `relu,tanh`), filled up with spaces to a multiple
            of 4 bytes; then for each layer its weight (outputs, inputs) and its bias, float32.
            Lowest byte first.
    """

    digest: str
    data: bytes


def pack(activation: Activations, layers: Parameters) -> Packed:
    """Write a network as bytes.

    Args:
        activation: the function on the hidden layers: one for all, or one for each.
        layers: its parameters, from the first to the last layer.
    """
    sizes = [layers[0].weight.shape[1], *(layer.weight.shape[0] for layer in layers)]
    tensors = (tensor for layer in layers for tensor in (layer.weight, layer.bias))
    body = b"".join(tensor.detach().numpy().astype("<f4").tobytes() for tensor in tensors)
    description = {"sizes": sizes, "activation": written(activation)}
    fingerprint = hashlib.blake2b(json.dumps(description).encode(), digest_size=DIGEST_BYTES)
    fingerprint.update(body)
    head = json.dumps({"digest": fingerprint.hexdigest(), **description}).encode()
    head += b" " * (-len(head) % 4)
    return Packed(fingerprint.hexdigest(), len(head).to_bytes(4, "little") + head + body)
