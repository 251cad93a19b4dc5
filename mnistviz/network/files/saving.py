"""Weights to take home: a safetensors file with the spec beside the numbers."""

import json
from dataclasses import asdict

from safetensors.torch import save

from mnistviz.network.parameters import Parameters
from mnistviz.spec.specs import NetworkSpec


def to_safetensors(spec: NetworkSpec, layers: Parameters, **more: str) -> bytes:
    """Write parameters as a safetensors file.

    Its names are those of a `state_dict()` of the style `module`: `fc1.weight` of shape
    (outputs, inputs), `fc1.bias` of shape (outputs,), and so on; float32. Its metadata holds the
    key `mnistviz`: the spec as JSON.

    Args:
        spec: the network, with its training if it has one, or the digest of what was loaded.
        layers: its parameters.
        more: what else its metadata shall hold.
    """
    tensors = {}
    for layer in layers:
        tensors[f"{layer.name}.weight"] = layer.weight.detach().contiguous()
        tensors[f"{layer.name}.bias"] = layer.bias.detach().contiguous()
    return save(tensors, metadata={"mnistviz": json.dumps(asdict(spec)), **more})


def file_name(spec: NetworkSpec) -> str:
    """Name the file in which a person takes the weights home."""
    kind = "initial" if spec.training is None else "trained"
    if spec.loaded:
        kind = "loaded"
    return f"mnist_{'_'.join(str(size) for size in spec.sizes)}_{kind}.safetensors"
