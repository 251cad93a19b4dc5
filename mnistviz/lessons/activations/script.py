"""The scripts of the page about activations."""

from collections.abc import Sequence

from mnistviz.codegen import functions, parts, training
from mnistviz.codegen.models import Goal, layer_lines
from mnistviz.lessons.activations.folding import XOR_BIAS_1, XOR_INPUTS, XOR_WEIGHT_1, XOR_WEIGHT_2
from mnistviz.network.activations import FORMS
from mnistviz.network.slopes import FLAT, GRID_END, GRID_SAMPLES
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "activations.py"

_HEADING = [
    '"""The activation in a network: its slope, the flat units, and the layers folded into one.',
    "",
    "Prints the greatest slope, a line for each hidden layer, and two differences.",
    '"""',
]


def script(network: NetworkSpec, digit: DigitSpec) -> str:
    """Write the whole script of what the page shows.

    Run by plain `python`, it prints `greatest slope: 1`, or for each hidden layer
    `greatest slope in fc1: 1` where activations differ; then for each hidden layer
    `fc1: 64 of 128 flat for image 0, 7 for all 64, outputs 0 to 2.2`; then `folded: (784, 10)`,
    `without activation: 2.7e-07` and, with one, `with it: 0.33`.

    Args:
        network: in its style; the lines that follow are the same for all four.
        digit: whose units are counted.
    """
    lines = [
        *training.opening_lines(network, digit, Goal.PARAMETERS),
        "",
        *layer_lines(network),
        "",
        *_slopes(network, digit),
        *_fold(network),
    ]
    return parts.complete(_HEADING, lines)


def _slopes(network: NetworkSpec, digit: DigitSpec) -> list[str]:
    if isinstance(network.activation, tuple):
        return _mixed(network, digit)
    function = FORMS[network.activation].functional_code
    call = f"{function}(x)" if function else "x"
    return [
        *_activate("x", call),
        f"_, slopes = activate(torch.linspace({-GRID_END:g}, {GRID_END:g}, {GRID_SAMPLES}))",
        "greatest = slopes.max()",
        'print(f"greatest slope: {greatest:.6g}")',
        "",
        *(_hidden(network, digit) if network.hidden else []),
    ]


def _activate(arguments: str, call: str) -> list[str]:
    return [
        "",
        f"def activate({arguments}):",
        '    """Return what the activation makes of x, and its slope there."""',
        "    x = x.clone().requires_grad_()  # autograd records what is computed from it",
        f"    out = {call}",
        "    (slope,) = torch.autograd.grad(out.sum(), x)",
        "    return out.detach(), slope",
        "",
        "",
    ]


def _mixed(network: NetworkSpec, digit: DigitSpec) -> list[str]:
    """Write the same where activations differ: each layer has a greatest slope of its own."""
    before = [
        "    function = activations[number - 1]",
        "    greatest = activate(far, function)[1].max()",
        '    print(f"greatest slope in fc{number}: {greatest:.6g}")',
    ]
    return [
        *functions.listed_lines(network),
        "",
        *_activate("x, function", "function(x)"),
        f"far = torch.linspace({-GRID_END:g}, {GRID_END:g}, {GRID_SAMPLES})",
        *_hidden(network, digit, before),
    ]


def _hidden(network: NetworkSpec, digit: DigitSpec, before: Sequence[str] = ()) -> list[str]:
    last = ["weight, bias = layers[-1]", "logits = F.linear(x, weight, bias)"]
    sums = "F.linear(x, weight, bias)"
    called = f"{sums}, function" if before else sums
    return [
        f"# A unit counts as flat for a digit where its slope is below {FLAT:.0%} of the greatest.",
        "x = inputs",
        "for number, (weight, bias) in enumerate(layers[:-1], start=1):",
        *before,
        f"    x, slope = activate({called})",
        f"    flat = slope.abs() < {FLAT} * greatest  # (digits, units)",
        f"    here, everywhere = flat[{digit.image}].sum(), flat.all(dim=0).sum()",
        f'    print(f"fc{{number}}: {{here}} of {{len(bias)}} flat for image {digit.image},"',
        '          f" {everywhere} for all {len(flat)}, outputs {x.min():.6g} to {x.max():.6g}")',
        *(last if network.has_activation else []),
        "",
    ]


def _fold(network: NetworkSpec) -> list[str]:
    compared = ['print(f"with it: {(folded - logits).abs().max():.6g}")']
    return [
        "# Without an activation all layers fold into one: multiply their weights.",
        "weight, bias = layers[-1]",
        "for earlier_weight, earlier_bias in reversed(layers[:-1]):",
        "    bias = weight @ earlier_bias + bias",
        "    weight = weight @ earlier_weight",
        'print("folded:", tuple(weight.t().shape))',
        "folded = F.linear(inputs, weight, bias)",
        "",
        "x = inputs",
        "for weight, bias in layers:",
        "    x = F.linear(x, weight, bias)",
        'print(f"without activation: {(folded - x).abs().max():.3g}")',
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
