"""The script of a digit that a person has drawn or photographed."""

from mnistviz.codegen import models, training
from mnistviz.codegen.parts import complete, set_lines
from mnistviz.digits.arrays import Pixels
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.network.files import saving
from mnistviz.spec.fields import INPUTS, SIDE, Split
from mnistviz.spec.specs import NetworkSpec


def script(network: NetworkSpec, pixels: Pixels, normalized: bool) -> str:
    """Write the script that classifies one digit, whose pixels stand in it.

    Run by plain `python`, it prints `0: 0.09612345` and so on, ten lines: the probabilities on the
    screen, to 1e-6. A trained network is trained first, in the root of the repository as the app
    did it.

    Args:
        network: what classifies it, in its style.
        pixels: uint8 of shape (28, 28), the prepared digit.
        normalized: whether the pixels are normalized.
    """
    first = [] if network.training is None else ["Trains it first."]
    if network.loaded:
        first = [f"Loads its weights from {saving.file_name(network)}."]
    heading = [
        f'"""The network {network.architecture} reads a digit of your own.',
        "",
        *first,
        "Prints its answer: ten probabilities.",
        '"""',
    ]
    learning = []
    if network.training is not None:
        learning = [*set_lines(network.training.data, [Split.TRAIN]), ""]
    body = [*_digit_lines(pixels, normalized), "", *learning, *models.made_lines(network)]
    if network.training is not None:
        body += ["", *training.training_lines(network)]
    return complete(heading, [*body, "", *models.run_lines(network, 1), *_ENDING])


_ENDING = [
    "for digit, probability in enumerate(probabilities[0].tolist()):",
    '    print(f"{digit}: {probability:.8f}")',
]


def _digit_lines(pixels: Pixels, normalized: bool) -> list[str]:
    """Write the digit down and make `inputs` of it."""
    flat = f".view(1, {INPUTS})"
    return [
        f"# The digit: {SIDE} rows of {SIDE} gray levels in hexadecimal, 00 is black and ff white.",
        'digit = """',
        *(row.tobytes().hex() for row in pixels),
        '"""',
        "pixels = torch.tensor(list(bytes.fromhex(digit)), dtype=torch.uint8)",
        f"inputs = pixels{flat} / 255  # (1, {INPUTS}), from 0 to 1",
        *([f"inputs = (inputs - {MEAN}) / {STD}  # from -1 to 1"] if normalized else []),
    ]
