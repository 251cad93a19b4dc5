"""The script of the page about the four styles."""

from mnistviz.codegen import parts
from mnistviz.lessons.modules import table
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec


def script(network: NetworkSpec, digit: DigitSpec) -> str:
    """Write one network in four styles, run all four and compare them.

    Run by plain `python`, it prints a line for each style, as `module: 0.0961 …`, with the ten
    probabilities of the digit, and a line for each pair, as `tensors - module: 2.98e-08`, with the
    largest difference over the batch.

    Args:
        network: the network; whatever its style, it is written in all four.
        digit: the digit whose probabilities are printed.
    """
    heading = [
        f'"""The network {network.architecture} in four styles, each with the same parameters.',
        "",
        "Prints what each style answers to one digit, and how far any two of them are apart.",
        '"""',
    ]
    body = [
        *parts.data_lines(digit),
        *parts.input_lines(digit),
        "torch.set_grad_enabled(False)  # nothing is learned here, so no gradients",
        "answers = {}",
        "",
        "",
        *table.helpers(network).splitlines(),
        "",
    ]
    for style in Style:
        body += ["", *_style(network, style)]
    return parts.complete(heading, [*body, "", *_comparison(digit)])


def file_name(network: NetworkSpec) -> str:
    """Name the file in which a person takes the script home."""
    return f"four_styles_{'_'.join(str(size) for size in network.sizes)}.py"


_TITLES = {
    Style.TENSORS: "# Bare tensors.",
    Style.MODULE: "# A module, with modules for activation and softmax.",
    Style.FUNCTIONAL: "# A module, with functions in their place.",
    Style.SEQUENTIAL: "# A list of modules.",
}


def _style(network: NetworkSpec, style: Style) -> list[str]:
    return [
        _TITLES[style],
        table.column(network, style),
        f'answers["{style.value}"] = probabilities',
        "",
    ]


def _comparison(digit: DigitSpec) -> list[str]:
    return [
        f"# The answers to image {digit.image}, then the largest differences over the batch.",
        "for name, rows in answers.items():",
        f'    print(f"{{name}}:", *(f"{{p:.8f}}" for p in rows[{digit.image}].tolist()))',
        "for one, other in itertools.combinations(answers, 2):",
        "    difference = (answers[one] - answers[other]).abs().max().item()",
        '    print(f"{one} - {other}: {difference:.3g}")',
    ]
