"""The code of the page about initialization: two short forms, and the whole script."""

from mnistviz.codegen import functions, parts, training
from mnistviz.codegen.models import Goal, layer_lines
from mnistviz.lessons.initialization.in_place import STD
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "initialization.py"

SHAPES = "print(model.fc1.weight.shape)\nprint(model.fc1.bias.shape)"

OLD = f"model.fc1.bias.data.fill_(0)\nmodel.fc1.weight.data.normal_(std={STD})"

MODERN = (
    "with torch.no_grad():\n"
    "    nn.init.zeros_(model.fc1.bias)\n"
    f"    nn.init.normal_(model.fc1.weight, std={STD})"
)

REFUSED = f"model.fc1.weight.normal_(std={STD})"

_LOSS = "weight = nn.Parameter(torch.tensor(3.0))\nloss = weight**2\n"

SILENT = f"{_LOSS}weight.data.fill_(0)\nloss.backward()\nprint(weight.grad)"

NOTICED = f"{_LOSS}with torch.no_grad():\n    weight.fill_(0)\nloss.backward()"

_HEADING = [
    '"""How an untrained network starts: weights, spreads, gradients, and how sure it is.',
    "",
    "Prints a line for each layer: the standard deviation of its weights, how far what leaves it",
    "differs between digits, and the size of the gradient at its sums. Then the loss, the entropy",
    "in bits and the confidence.",
    '"""',
]


def script(network: NetworkSpec, digit: DigitSpec) -> str:
    """Write the whole script of what the page shows.

    Run by plain `python`, it prints a line `fc1 0.02 0.3 0.0002` for each layer, then `loss:`,
    `entropy:` and `confidence:`.

    Args:
        network: the network, in its own style.
        digit: of its batch the spreads are.
    """
    lines = [*training.opening_lines(network, digit, Goal.PARAMETERS), "", *layer_lines(network)]
    return parts.complete(_HEADING, [*lines, "", *_passage(network), *_ending()])


def _passage(network: NetworkSpec) -> list[str]:
    function = functions.in_loop(network)
    active = ["    if number < len(layers):", f"        x = {function}(x)"] if function else []
    each, numbered = "weight, bias in", "number, (weight, bias) in"
    return [
        "",
        "def size(values):",
        '    """Return the root of the mean square of all values."""',
        "    return values.double().square().mean().sqrt().item()",
        "",
        "",
        "def spread(values):",
        '    """Return how much the numbers of a unit differ from digit to digit."""',
        "    return size(values.detach().double().std(dim=0, correction=0))",
        "",
        "",
        *functions.listed_lines(network),
        "# A forward pass, layer by layer; retain_grad keeps the gradient at each layer's sums.",
        "x = inputs.clone().requires_grad_()  # autograd records what is computed from it",
        "sums, leaving = [], []",
        f"for {numbered} enumerate(layers, start=1):" if function else f"for {each} layers:",
        "    x = F.linear(x, weight, bias)",
        "    x.retain_grad()",
        "    sums.append(x)",
        *active,
        "    leaving.append(x)",
        "loss = nn.CrossEntropyLoss()(x, labels)",
        "loss.backward()",
        "",
    ]


def _ending() -> list[str]:
    return [
        "for number, (weight, _) in enumerate(layers):",
        "    z, out = sums[number], leaving[number]",
        "    std = weight.detach().double().std(correction=0).item()",
        "    values = std, spread(out), size(z.grad)",
        '    print(f"fc{number + 1}", *(f"{value:.8g}" for value in values))',
        'print(f"loss: {loss.item():.8g}")',
        "",
        "probabilities = torch.softmax(x.detach(), dim=1)",
        "# xlogy(p, p) is p * log(p), and 0 for p = 0. Divided by log(2), it is in bits.",
        "bits = -torch.xlogy(probabilities, probabilities) / math.log(2)",
        'print(f"entropy: {bits.sum(dim=1).mean():.8g}")',
        'print(f"confidence: {probabilities.max(dim=1).values.mean():.8g}")',
    ]
