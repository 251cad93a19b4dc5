"""The script of the page that looks into the network."""

from mnistviz.codegen import functions, parts, training
from mnistviz.codegen.models import Goal, layer_lines
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "inside.py"

SHOWN = 5
"""Terms that the script prints."""


def script(
    network: NetworkSpec, digit: DigitSpec, layer: int, unit: int, other: int | None = None
) -> str:
    """Write the whole script of what the page shows of one unit.

    Run by plain `python`, it prints the largest terms as
    `term 17: 0.5 * 0.25 = 0.125`, then `bias:`, `sum:`, `pytorch:`, for a hidden unit
    `activation:`, and `gradient:` with the most sensitive pixel and what it has.

    Args:
        network: in its style; the lines that follow are the same for all four.
        digit: whose sum it is.
        layer: number of the layer, from 1.
        unit: number of the unit in it, from 0.
        other: an output whose logit is subtracted, if any.
    """
    heading = [f'"""One sum inside the network {network.architecture}, term by term."""']
    lines = [
        *training.opening_lines(network, digit, Goal.PARAMETERS),
        "",
        *layer_lines(network),
        "",
        *_sum(network, digit, layer, unit, other),
    ]
    return parts.complete(heading, lines)


def _sum(
    network: NetworkSpec, digit: DigitSpec, layer: int, unit: int, other: int | None
) -> list[str]:
    function = functions.called_name(network, layer)
    is_hidden = layer < len(network.shapes)
    less, less_bias = ("", "") if other is None else (f" - weight[{other}]", f" - bias[{other}]")
    computed = f"sums[{unit}]" if other is None else f"sums[{unit}] - sums[{other}]"
    activated = f"{function}(total)" if function else "total"
    output = [f'print(f"activation: {{{activated}:.6g}}")']
    return [
        *_before(network, digit, layer),
        f"weight, bias = layers[{layer - 1}]  # fc{layer}",
        f"weights = weight[{unit}]{less}  # one for each input",
        "products = weights * x",
        f"constant = bias[{unit}]{less_bias}",
        "total = products.sum() + constant",
        "",
        f"# The {SHOWN} largest products.",
        "order = products.abs().argsort(descending=True, stable=True)",
        f"for number in order[:{SHOWN}].tolist():",
        '    factors = f"{x[number]:.6g} * {weights[number]:.6g}"',
        '    print(f"term {number}: {factors} = {products[number]:.6g}")',
        'print(f"bias: {constant:.6g}")',
        'print(f"sum: {total:.6g}")',
        "",
        "# All sums of the layer at once, as PyTorch computes them.",
        "sums = F.linear(x, weight, bias)",
        f'print(f"pytorch: {{{computed}:.6g}}")',
        *(output if is_hidden else []),
        "",
        "# The gradient: how fast the sum grows with each pixel. Then the pixel that matters most.",
        "(gradient,) = torch.autograd.grad(total, pixels)",
        "largest = gradient.abs().argmax().item()",
        'print(f"gradient: {largest} {gradient[largest]:.6g}")',
    ]


def _before(network: NetworkSpec, digit: DigitSpec, layer: int) -> list[str]:
    """Write `pixels`, the digit, and `x`, what the layer gets."""
    pixels = f"pixels = inputs[{digit.image}].clone()"
    recorded = "pixels.requires_grad_()  # autograd records what is computed from them"
    function = functions.called_name(network, 1)
    active = [f"x = {function}(x)"] if function else []
    if layer == 1:
        lines = ["x = pixels  # what the layer gets"]
    elif layer == 2:
        lines = ["weight, bias = layers[0]", "x = F.linear(pixels, weight, bias)", *active]
    elif network.is_mixed:
        lines = [
            *functions.listed_lines(network),
            "x = pixels",
            f"for number, (weight, bias) in enumerate(layers[:{layer - 1}], start=1):",
            "    x = F.linear(x, weight, bias)",
            f"    x = {functions.in_loop(network)}(x)",
        ]
    else:
        lines = [
            "x = pixels",
            f"for weight, bias in layers[:{layer - 1}]:",
            "    x = F.linear(x, weight, bias)",
            *(f"    {line}" for line in active),
        ]
    return [pixels, recorded, *lines]
