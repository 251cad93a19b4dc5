"""The script of the softmax page: from logits to probabilities and to the loss."""

from mnistviz.codegen import parts, training
from mnistviz.codegen.models import Goal
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "softmax.py"

_HEADING = [
    '"""Softmax, step by step: logits, exponentials, probabilities; then the loss.',
    "",
    "Prints a line for each digit: the number x, exp(x), and the probability.",
    '"""',
]


def script(
    network: NetworkSpec,
    digit: DigitSpec,
    own: tuple[float, ...] | None,
    temperature: float,
    constant: float,
) -> str:
    """Write the whole script of what the page shows.

    Run by plain `python`, it prints ten lines, `0: 0.12 1.1275 0.1050`; how far the formula is from
    `torch.softmax`; and the loss of the logits.

    Args:
        network: whose logits are shown.
        digit: of which digit.
        own: ten logits in their place, or None.
        temperature: what each logit is divided by.
        constant: what is added to each then.
    """
    changed = (
        [f"x = row / {temperature!r}  # divided by the temperature"] if temperature != 1 else []
    )
    if constant:
        added = f"{'x' if changed else 'row'} + {constant!r}"
        changed += [f"x = {added}  # the same constant is added to all ten"]
    row, image = "row" if changed else "x", digit.image
    if own is None:
        lines = training.opening_lines(network, digit, Goal.LOGITS)
        lines += ["", f"{row} = logits[{image}:{image + 1}]  # (1, 10), image {image} of the batch"]
    else:
        lines = [*parts.data_lines(digit), "", "# Your own logits, (1, 10)."]
        lines += [f"{row} = torch.tensor([{list(own)!r}])"]
    return parts.complete(_HEADING, [*lines, *changed, *_ending(digit, row)])


def _ending(digit: DigitSpec, row: str) -> list[str]:
    return [
        "exps = torch.exp(x)  # infinite above 88.7: too large for float32",
        "total = torch.sum(exps, dim=1).view(-1, 1)  # (1, 1)",
        "by_formula = exps / total  # NaN if an exponential is infinite, or if all ten are 0",
        "probabilities = torch.softmax(x, dim=1)  # the same numbers, and never NaN",
        "",
        "for digit in range(10):",
        "    numbers = x[0, digit], exps[0, digit], probabilities[0, digit]",
        '    print(f"{digit}:", *(f"{number:.8g}" for number in numbers))',
        "difference = (by_formula - probabilities).abs().max()",
        'print(f"formula and torch.softmax differ by {difference:.3g}")',
        "",
        "# CrossEntropyLoss gets the logits themselves: it takes their softmax.",
        f"label = labels[{digit.image}:{digit.image + 1}]",
        "criterion = nn.CrossEntropyLoss()",
        f'print(f"loss: {{criterion({row}, label):.8g}}")',
    ]
