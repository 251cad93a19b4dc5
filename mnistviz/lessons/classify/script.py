"""The script of the page Classify: it prints the ten probabilities on the screen."""

from mnistviz.codegen.parts import answer_lines, complete
from mnistviz.codegen.training import opening_lines
from mnistviz.network.files import saving
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec


def script(network: NetworkSpec, digit: DigitSpec) -> str:
    """Write the whole script of one network and one digit.

    Run by plain `python`, it prints ten lines, `0: 0.09612345` to `9: …`: the probabilities of the
    digit, in the root of the repository to 1e-6 those on the screen. A trained network is trained
    first; for a loaded one, the file `saving.file_name` has to lie there.

    Args:
        network: what is built, and in which of the four styles.
        digit: what is classified.

    Raises:
        ValueError: the network was trained on another set than the digit's.
    """
    body = [*opening_lines(network, digit), "", *answer_lines(digit)]
    return complete(_heading(network), body)


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
    first = [] if network.training is None else ["Trains it first."]
    if network.loaded:
        first = [f"Loads its weights from {saving.file_name(network)}."]
    return [
        f'"""The network {network.architecture} {words[network.style]}.',
        "",
        *first,
        "Prints its answer to one digit of MNIST: ten probabilities.",
        '"""',
    ]
