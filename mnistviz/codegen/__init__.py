"""The PyTorch code of exactly what is on the screen: a script that prints its probabilities.

Its parts stand in `codegen_parts`, `codegen_models` and `codegen_training`; what other scripts
need of them is reached from here.
"""

from mnistviz.codegen import training
from mnistviz.codegen.models import (
    made_lines,
    parameter_names,
    pass_lines,
    run_lines,
    start_lines,
    tensor_layer_lines,
)
from mnistviz.codegen.parts import complete, data_lines, source
from mnistviz.network.files import saving
from mnistviz.spec.fields import Style, batch_length
from mnistviz.spec.specs import DigitSpec, NetworkSpec

__all__ = [
    "complete",
    "data_lines",
    "file_name",
    "model_lines",
    "parameter_names",
    "pass_lines",
    "script",
    "source",
    "start_lines",
    "tensor_layer_lines",
]


def script(network: NetworkSpec, digit: DigitSpec) -> str:
    """Write the whole script of one network and one digit.

    Run from the repository root by plain `python`, it prints ten lines, `0: 0.09612345` to
    `9: …`: the probabilities of the digit, to 1e-6 those on the screen. A trained network is
    trained first; for a loaded one, the file `weights.file_name` has to lie there.

    Args:
        network: what is built, and in which of the four styles.
        digit: what is classified.

    Raises:
        ValueError: the network was trained on another set than the digit's.
    """
    body = [*data_lines(digit), "", *model_lines(network, digit), "", *_ending(digit)]
    return complete(_heading(network), body)


def model_lines(network: NetworkSpec, digit: DigitSpec) -> list[str]:
    """Write the network in its style, train it if it is trained, and run it.

    The lines lead from `inputs` to `probabilities`; those of a trained network and of bare tensors
    have `logits` on the way.

    Raises:
        ValueError: the network was trained on another set than the digit's.
    """
    learning: list[str] = []
    if network.training is not None:
        if network.training.data is not digit.data:
            raise ValueError(f"trained on {network.training.data}, asked on {digit.data}")
        learning = ["", *training.training_lines(network)]
    run = run_lines(network, batch_length(digit.data, digit.batch))
    return [*made_lines(network), *learning, "", *run]


def file_name(network: NetworkSpec) -> str:
    """Name the file in which a person takes the script home."""
    sizes = "_".join(str(size) for size in network.sizes)
    kind = "" if network.training is None else "_trained"
    if network.loaded:
        kind = "_loaded"
    return f"mnist_{network.style.value}_{sizes}{kind}.py"


def _heading(network: NetworkSpec) -> list[str]:
    words = {
        Style.TENSORS: "from bare tensors",
        Style.MODULE: "as an nn.Module",
        Style.FUNCTIONAL: "with torch.nn.functional",
        Style.SEQUENTIAL: "as nn.Sequential",
    }
    first = [] if network.training is None else ["It trains the network first."]
    if network.loaded:
        first = [f"It loads its weights from {saving.file_name(network)}."]
    return [
        f'"""The network {network.architecture} {words[network.style]}.',
        "",
        *first,
        "It prints what the network says of one digit of MNIST: ten probabilities.",
        '"""',
    ]


def _ending(digit: DigitSpec) -> list[str]:
    return [
        f"# Image {digit.image} of the batch.",
        f"for digit, probability in enumerate(probabilities[{digit.image}].tolist()):",
        '    print(f"{digit}: {probability:.8f}")',
    ]
