"""Weights to take home: a safetensors file with the spec beside the numbers."""

import json
from dataclasses import asdict

from safetensors.torch import save

from mnistviz.digits.mnist import MEAN, STD
from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Parameters
from mnistviz.spec.specs import INPUTS, Activation, NetworkSpec


def to_safetensors(spec: NetworkSpec, layers: Parameters) -> bytes:
    """Write parameters as a safetensors file.

    Its names are those of a `state_dict()` of the style `module`: `fc1.weight` of shape
    (outputs, inputs), `fc1.bias` of shape (outputs,), and so on; float32. Its metadata holds one
    key, `mnistviz`: the spec as JSON.

    Args:
        spec: the network, with its training if it has one, or the digest of what was loaded.
        layers: its parameters.
    """
    tensors = {}
    for layer in layers:
        tensors[f"{layer.name}.weight"] = layer.weight.detach().contiguous()
        tensors[f"{layer.name}.bias"] = layer.bias.detach().contiguous()
    return save(tensors, metadata={"mnistviz": json.dumps(asdict(spec))})


def file_name(spec: NetworkSpec) -> str:
    """Name the file in which a person takes the weights home."""
    kind = "initial" if spec.training is None else "trained"
    if spec.loaded:
        kind = "loaded"
    return f"mnist_{'_'.join(str(size) for size in spec.sizes)}_{kind}.safetensors"


def loading_code(spec: NetworkSpec) -> str:
    """Write the code that loads the file and prints ten probabilities, those of a blank sheet.

    It needs torch and safetensors alone, and the file in the folder in which it runs. The layers
    carry names, so that the keys of the `state_dict` are those of the file.
    """
    steps = []
    for number, (inputs, outputs) in enumerate(spec.shapes, start=1):
        steps.append(f'"fc{number}": nn.Linear({inputs}, {outputs})')
        if number < len(spec.shapes) and spec.activation is not Activation.NONE:
            form = FORMS[spec.activation].module.__name__
            steps.append(f'"{spec.activation.value}{number}": nn.{form}()')
    return "\n".join(
        [
            "from collections import OrderedDict",
            "",
            "import torch",
            "from safetensors.torch import load_file",
            "from torch import nn",
            "",
            "layers = {",
            *(f"    {step}," for step in steps),
            "}",
            "model = nn.Sequential(OrderedDict(layers))  # it gives logits",
            f'model.load_state_dict(load_file("{file_name(spec)}"))',
            "",
            f"blank = torch.full((1, {INPUTS}), {(0 - MEAN) / STD})  # no ink",
            "with torch.no_grad():",
            "    probabilities = torch.softmax(model(blank), dim=1)[0]",
            "for digit, probability in enumerate(probabilities.tolist()):",
            '    print(f"{digit}: {probability:.8f}")',
            "",
        ]
    )
