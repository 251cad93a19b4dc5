"""The lines by which one saves a network so that the app can load it."""

from mnistviz.codegen.modules import module_call
from mnistviz.codegen.parts import complete
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.network.files.saving import file_name
from mnistviz.spec.fields import INPUTS, Activation
from mnistviz.spec.specs import NetworkSpec

PT_FILE = "my_weights.pt"
SAFETENSORS_FILE = "my_weights.safetensors"


def saving() -> str:
    """Write the lines that save a `model` of one's own, in either kind of file."""
    lines = [
        "# The names, the shapes and the numbers of the model: its state_dict.",
        f'torch.save(model.state_dict(), "{PT_FILE}")',
        "",
        "# Or as safetensors, which can hold nothing else.",
        f'save_file(model.state_dict(), "{SAFETENSORS_FILE}")',
    ]
    return complete([], lines).strip()


def loading_code(spec: NetworkSpec) -> str:
    """Write the code that loads the file and prints ten probabilities, those of a blank digit.

    It needs torch and safetensors alone, and the file in the folder in which it runs. The layers
    carry names, so that the keys of the `state_dict` are those of the file.
    """
    steps = []
    each = (*spec.activations, Activation.NONE)
    for number, ((inputs, outputs), activation) in enumerate(
        zip(spec.shapes, each, strict=True), start=1
    ):
        steps.append(f'"fc{number}": nn.Linear({inputs}, {outputs})')
        if activation is not Activation.NONE:
            steps.append(f'"{activation.value}{number}": {module_call(activation)}')
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
            "model = nn.Sequential(OrderedDict(layers))  # it ends in logits",
            f'model.load_state_dict(load_file("{file_name(spec)}"))',
            "",
            f"blank = torch.full((1, {INPUTS}), {(0 - MEAN) / STD})  # all black",
            "with torch.no_grad():",
            "    probabilities = torch.softmax(model(blank), dim=1)[0]",
            "for digit, probability in enumerate(probabilities.tolist()):",
            '    print(f"{digit}: {probability:.8f}")',
            "",
        ]
    )
