"""The scripts of the page about activations."""

from collections.abc import Sequence

from mnistviz.codegen import parts, training
from mnistviz.codegen.models import layer_lines
from mnistviz.lessons.activations.folding import XOR_BIAS_1, XOR_INPUTS, XOR_WEIGHT_1, XOR_WEIGHT_2
from mnistviz.network.activations import FORMS
from mnistviz.network.slopes import FLAT, GRID_END, GRID_SAMPLES
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "activations.py"

_HEADING = [
    '"""The activation in a network: its slope, the flat units, and the layers folded into one.',
    "",
    "It prints the greatest slope, a line for each hidden layer, and two differences.",
    '"""',
]


def script(network: NetworkSpec, digit: DigitSpec) -> str:
    """Write the whole script of what the page shows.

    Run from the repository root by plain `python`, it prints `greatest slope: 1`; then for each
    hidden layer `fc1: 64 of 128 flat for image 0, 7 for all 64, outputs 0 to 2.2`; then
    `folded: (784, 10)`, `without activation: 2.7e-07` and, with one, `with it: 0.33`.

    Args:
        network: in its style; the lines that follow are the same for all four.
        digit: whose units are counted.
    """
    lines = [
        *parts.data_lines(digit),
        "",
        *training.model_lines(network, digit),
        "",
        *layer_lines(network),
        *_slopes(network, digit),
        *_fold(network),
    ]
    return parts.complete(_HEADING, lines)


def _slopes(network: NetworkSpec, digit: DigitSpec) -> list[str]:
    function = FORMS[network.activation].functional_code
    call = f"{function}(z)" if function else "z * 1"
    return [
        "",
        "def apply(z):",
        '    """Return what the activation makes of z, and its slope at z."""',
        "    z = z.clone().requires_grad_()",
        f"    out = {call}",
        "    (slope,) = torch.autograd.grad(out.sum(), z)",
        "    return out.detach(), slope",
        "",
        "",
        f"_, slopes = apply(torch.linspace({-GRID_END}, {GRID_END}, {GRID_SAMPLES}))",
        "greatest = slopes.max()",
        'print(f"greatest slope: {greatest:.6g}")',
        "",
        "x = inputs",
        "for number, (weight, bias) in enumerate(layers[:-1], start=1):",
        "    sums = torch.mm(x, weight.t()) + bias",
        "    x, slope = apply(sums)",
        f"    flat = slope.abs() < {FLAT} * greatest  # (digits, units)",
        f"    digit, dead = flat[{digit.image}].sum(), flat.all(dim=0).sum()",
        f'    print(f"fc{{number}}: {{digit}} of {{len(bias)}} flat for image {digit.image},",'
        ' end=" ")',
        '    print(f"{dead} for all {len(flat)}, outputs {x.min():.6g} to {x.max():.6g}")',
        "weight, bias = layers[-1]",
        "logits = torch.mm(x, weight.t()) + bias",
        "",
    ]


def _fold(network: NetworkSpec) -> list[str]:
    compared = ['print(f"with it: {(at_once - logits).abs().max():.6g}")']
    return [
        "# Without an activation the layers fold into one: their weights are multiplied.",
        "weight, bias = layers[-1]",
        "for earlier, its_bias in reversed(layers[:-1]):",
        "    bias = weight @ its_bias + bias",
        "    weight = weight @ earlier",
        'print("folded:", tuple(weight.t().shape))',
        "at_once = torch.mm(inputs, weight.t()) + bias",
        "",
        "x = inputs",
        "for weight, bias in layers:",
        "    x = torch.mm(x, weight.t()) + bias",
        'print(f"without activation: {(at_once - x).abs().max():.3g}")',
        *(compared if network.has_activation else []),
    ]


def exclusive_or() -> str:
    """Write the network that says whether exactly one of two inputs is 1, with and without ReLU.

    It prints two lines, `with ReLU: [0.0, 1.0, 1.0, 0.0]` and `without: […]`.
    """
    bias, second = list(XOR_BIAS_1), [list(row) for row in XOR_WEIGHT_2]
    return "\n".join(
        [
            "import torch",
            "import torch.nn.functional as F",
            "",
            f"x = torch.tensor({[list(row) for row in XOR_INPUTS]})",
            f"weight_1 = torch.tensor({[list(row) for row in XOR_WEIGHT_1]})",
            f"bias_1 = torch.tensor({bias})",
            f"weight_2 = torch.tensor({second})",
            "",
            "sums = F.linear(x, weight_1, bias_1)",
            'print("with ReLU:", F.linear(F.relu(sums), weight_2).flatten().tolist())',
            'print("without:", F.linear(sums, weight_2).flatten().tolist())',
        ]
    )


def exclusive_or_output(with_relu: Sequence[float], without: Sequence[float]) -> str:
    """Write what that script prints.

    Args:
        with_relu: the four answers of the network with ReLU.
        without: those without.
    """
    return f"with ReLU: {list(with_relu)}\nwithout: {list(without)}"
