"""The script of the page that looks into the network."""

from mnistviz.codegen import parts, training
from mnistviz.codegen.models import layer_lines
from mnistviz.network.activations import FORMS
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "inside.py"

SHOWN = 5
"""Terms that the script prints."""


def script(
    network: NetworkSpec, digit: DigitSpec, layer: int, unit: int, other: int | None = None
) -> str:
    """Write the whole script of what the page shows of one unit.

    Run from the repository root by plain `python`, it prints the largest terms as
    `term 17: 0.5 * 0.25 = 0.125`, then `bias:`, `sum:`, `pytorch:`, for a hidden unit
    `activation:`, and `gradient:` with the most sensitive pixel and what it has.

    Args:
        network: in its style; the lines that follow are the same for all four.
        digit: whose sum it is.
        layer: number of the layer, from 1.
        unit: number of the unit in it, from 0.
        other: an output whose logit is subtracted, if any.
    """
    heading = [
        f'"""One sum inside the network {network.architecture}, term by term."""',
    ]
    lines = [
        *parts.data_lines(digit),
        "",
        *training.model_lines(network, digit),
        "",
        *layer_lines(network),
        *_sum(network, digit, layer, unit, other),
    ]
    return parts.complete(heading, lines)


def _sum(
    network: NetworkSpec, digit: DigitSpec, layer: int, unit: int, other: int | None
) -> list[str]:
    function = FORMS[network.activation].functional_code
    step = f"{function}(weight @ x + bias)" if function else "weight @ x + bias"
    is_hidden = layer < len(network.shapes)
    less, what = ("", "") if other is None else (f" - weight[{other}]", f" - bias[{other}]")
    computed = f"[0, {unit}]" if other is None else f"[0, {unit}] - computed[0, {other}]"
    return [
        f"pixels = inputs[{digit.image}].clone().requires_grad_()",
        "x = pixels",
        f"for weight, bias in layers[:{layer - 1}]:",
        f"    x = {step}",
        f"weight, bias = layers[{layer - 1}]  # fc{layer}",
        f"weights = weight[{unit}]{less}  # one for each input",
        "products = weights * x",
        f"shift = bias[{unit}]{what}",
        "total = products.sum() + shift",
        "",
        "order = products.abs().argsort(descending=True, stable=True)",
        f"for place in order[:{SHOWN}].tolist():",
        '    factors = f"{x[place]:.6g} * {weights[place]:.6g}"',
        '    print(f"term {place}: {factors} = {products[place]:.6g}")',
        'print(f"bias: {shift:.6g}")',
        'print(f"sum: {total:.6g}")',
        "",
        "# The same as PyTorch computes it, for the whole layer at once.",
        "computed = nn.functional.linear(x.unsqueeze(0), weight, bias)",
        f'print(f"pytorch: {{computed{computed}:.6g}}")',
        *(
            [
                f'print(f"activation: {{{function}(total):.6g}}")'
                if function
                else 'print(f"activation: {total:.6g}")'
            ]
            if is_hidden
            else []
        ),
        "",
        "# By how much the sum grows for each 1 that a pixel grows.",
        "(gradient,) = torch.autograd.grad(total, pixels)",
        "place = gradient.abs().argmax().item()",
        'print(f"gradient: {place} {gradient[place]:.6g}")',
    ]
