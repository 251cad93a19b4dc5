"""The script of the page about the network by hand."""

from dataclasses import replace

from mnistviz.codegen import functions, models, parts, training
from mnistviz.codegen.models import Goal
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec


def script(network: NetworkSpec, digit: DigitSpec, unit: int) -> str:
    """Write the network by hand, and the sum of one unit of its first layer.

    Run by plain `python`, it prints a line for each shape, then the unit's `products:`, `bias:`,
    `total:`, `output:` and the `torch.mm:` of the same unit, then the ten `logits:`.

    Args:
        network: the network; whatever its style, it is written from bare tensors.
        digit: the digit whose numbers are printed.
        unit: which unit of the first layer, from 0.
    """
    by_hand = replace(network, style=Style.TENSORS)
    heading = [
        f'"""The network {network.architecture} by hand: shapes, and the sum of one unit.',
        "",
        "Every step is a line of tensor arithmetic. Nothing comes from torch.nn.",
        '"""',
    ]
    body = [
        *_network(by_hand, digit),
        "",
        *_shapes(network),
        "",
        *_unit(network, digit, unit),
    ]
    return parts.complete(heading, body)


def file_name(network: NetworkSpec) -> str:
    """Name the file in which a person takes the script home."""
    return f"by_hand_{'_'.join(str(size) for size in network.sizes)}.py"


def _network(network: NetworkSpec, digit: DigitSpec) -> list[str]:
    """Write the network and its pass, step by step; one that learns has it as a function too."""
    if network.training is None:
        return training.opening_lines(network, digit, Goal.LOGITS)
    lines = training.opening_lines(network, digit, Goal.PARAMETERS)
    steps = models.pass_lines(network, digit.batch_length)
    return [*lines, "", "# The forward pass, step by step.", *steps]


def _shapes(network: NetworkSpec) -> list[str]:
    names = ["inputs"]
    for number in range(1, len(network.shapes) + 1):
        last = number == len(network.shapes)
        names += [f"weights_{number}", f"bias_{number}", "logits" if last else f"hidden_{number}"]
    return [f'print("{name}:", tuple({name}.shape))' for name in names]


def _unit(network: NetworkSpec, digit: DigitSpec, unit: int) -> list[str]:
    function = functions.activation_name(network, 1)
    image = digit.image
    mm = f"(torch.mm(inputs, weights_1) + bias_1)[{image}, {unit}]"
    return [
        f"# Unit {unit} of the first layer, for image {image} of the batch.",
        f"products = inputs[{image}] * weights_1[:, {unit}]  # (784,)",
        f"total = products.sum() + bias_1[{unit}]",
        f"output = {f'{function}(total)' if function else 'total'}",
        'print(f"products: {products.sum():.8g}")',
        f'print(f"bias: {{bias_1[{unit}]:.8g}}")',
        'print(f"total: {total:.8g}")',
        'print(f"output: {output:.8g}")',
        f'print(f"torch.mm: {{{mm}:.8g}}")',
        f'print("logits:", *(f"{{logit:.8g}}" for logit in logits[{image}].tolist()))',
    ]
