"""The script of the softmax page: from logits to probabilities and to the loss."""

from mnistviz.codegen import parts, training
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "softmax.py"

_HEADING = [
    '"""Softmax, step by step: logits, exponentials, probabilities; then the loss.',
    "",
    "It prints a line for each digit: the number that exp gets, exp of it, and the probability.",
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

    Run from the repository root by plain `python`, it prints ten lines, `0: 0.12 1.1275 0.1050`,
    and one more with the loss of the logits.

    Args:
        network: whose logits are shown.
        digit: of which digit.
        own: ten logits in their place, or None.
        temperature: what each logit is divided by.
        constant: what is added to each then.
    """
    lines = [*parts.data_lines(digit), ""]
    if own is None:
        lines += [*logit_lines(network, digit), f"row = logits[{digit.image} : {digit.image} + 1]"]
    else:
        lines += [f"row = torch.tensor([{list(own)!r}])  # logits of one's own"]
    return parts.complete(_HEADING, [*lines, *_ending(digit, temperature, constant)])


def logit_lines(network: NetworkSpec, digit: DigitSpec) -> list[str]:
    """Write the network so that it ends in its logits, as one trains it: without the softmax."""
    lines = training.model_lines(network, digit)
    if network.training is not None or network.style is Style.TENSORS:
        return lines[:-1]  # the line before it makes the logits
    last = f"self.fc{len(network.shapes)}(x)"
    changes = {
        f"return self.softmax({last})": f"return {last}  # the logits",
        f"return F.softmax({last}, dim=1)": f"return {last}  # the logits",
        "probabilities = model(inputs)": "logits = model(inputs)",
        ", each row sums to 1": "",
    }
    result = [line for line in lines if "nn.Softmax(" not in line]
    for old, new in changes.items():
        result = [line.replace(old, new) for line in result]
    return result


def _ending(digit: DigitSpec, temperature: float, constant: float) -> list[str]:
    return [
        "",
        f"x = row / {temperature!r} + {constant!r}  # (1, 10)",
        "exps = torch.exp(x)",
        "total = exps.sum(dim=1).view(-1, 1)  # (1, 1)",
        "by_formula = exps / total  # not a number where exp is infinite",
        "probabilities = torch.softmax(x, dim=1)  # the same, and never NaN",
        "if torch.isfinite(total) and total > 0:",
        "    assert torch.allclose(by_formula, probabilities, atol=1e-6)",
        "",
        "for digit in range(10):",
        "    numbers = (x[0, digit], exps[0, digit], probabilities[0, digit])",
        '    print(f"{digit}:", *(f"{float(number):.8g}" for number in numbers))',
        "",
        "# The loss wants the logits themselves: it takes their softmax.",
        f"label = labels[{digit.image} : {digit.image} + 1]",
        "criterion = nn.CrossEntropyLoss()",
        'print(f"loss: {criterion(row, label).item():.8g}")',
    ]
