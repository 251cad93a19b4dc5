"""The notebook that people take home: the lines of the scripts in cells, with words between."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat
from nbformat import v4

from mnistviz.codegen.models import Goal, load_call, made_lines, run_lines
from mnistviz.codegen.parts import answer_lines, data_lines, import_lines, input_lines
from mnistviz.codegen.training import training_lines
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.words import read


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a notebook.

    Attributes:
        words: the part of `words/en/notebook.md` that stands before the code; nothing if empty.
        code: its lines.
    """

    words: str
    code: str


def notebook(network: NetworkSpec, digit: DigitSpec, weights_file: str = "") -> str:
    """Write the whole notebook of one network and one digit, as JSON of nbformat 4.

    Run from top to bottom, it has the ten probabilities of the digit in `probabilities`, and it
    needs torch, torchvision and matplotlib alone. Equal arguments give equal text.

    Args:
        network: what is built, and in which of the four styles; a trained one is trained.
        digit: what is classified.
        weights_file: the file of `torch.save` from which the weights of a loaded network come.

    Raises:
        ValueError: the network was trained on another set than the digit's.
    """
    training = network.training
    if training is not None and training.data is not digit.data:
        raise ValueError(f"trained on {training.data}, asked on {digit.data}")
    values = {
        "architecture": network.architecture,
        "image": digit.image,
        "init": network.init.value,
        "bias": network.bias.value,
        "file": weights_file,
    }
    lesson = read("notebook")
    texts = {
        name: text.format(**values).replace("### ", "## ", 1)
        for name, text in {"intro": f"# {lesson.title}\n\n{lesson.idea}", **lesson.parts}.items()
    }
    cells = list(_cells(network, digit))
    if network.loaded:
        # The scripts read safetensors; a notebook makes do with torch.
        loads = f'torch.load("{weights_file}", weights_only=True)'
        cells = [Cell(one.words, one.code.replace(load_call(network), loads)) for one in cells]
    imports = import_lines("\n".join(cell.code for cell in cells))
    # Among the packages, which stand after what comes with Python.
    at = imports.index("") + 1 if "" in imports else 0
    imports.insert(at, "import matplotlib.pyplot as plt")
    first = Cell("needs", "\n".join(imports))
    return _written([texts["intro"]], [first, *cells], texts)


def _written(opening: list[str], cells: list[Cell], texts: dict[str, str]) -> str:
    nodes = [v4.new_markdown_cell(text) for text in opening]
    for cell in cells:
        if cell.words:
            nodes.append(
                v4.new_markdown_cell("\n\n".join(texts[one] for one in cell.words.split()))
            )
        nodes.append(v4.new_code_cell(cell.code))
    for number, node in enumerate(nodes):
        # By itself, nbformat draws them at random.
        node["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    text: str = nbformat.writes(v4.new_notebook(cells=nodes, metadata=metadata), version=4)
    return f"{text}\n"


def _cells(network: NetworkSpec, digit: DigitSpec) -> Iterator[Cell]:
    learns = network.training is not None
    lines = data_lines(digit, learns=learns)
    opened = lines.index("")
    yield Cell("digits", _text(lines[:opened]))
    yield Cell("batch", _text(lines[opened:]))
    yield Cell("picture", _text(_picture_lines(digit)))
    yield Cell("flatten", _text(input_lines(digit)))
    yield from _network_cells(network)
    if learns:
        yield from _training_cells(network)
    yield Cell("run", _text(run_lines(network, digit.batch_length)))
    yield Cell("answer", _text(answer_lines(digit)))
    yield Cell("view", _text(_view_lines(digit)))


def _network_cells(network: NetworkSpec) -> Iterator[Cell]:
    words = f"network network_{network.style.value}"
    start = "start_loaded" if network.loaded else "start"
    for kind, code in blocks(made_lines(network, Goal.PROBABILITIES)):
        if "def network(" in code:
            yield Cell("forward_tensors", code)
        elif kind is ast.Assign:
            # nn.Sequential is made where it starts.
            with_network = network.style is Style.SEQUENTIAL
            yield Cell(f"{words} {start}" if with_network else start, code)
        else:
            yield Cell(words, code)


def _training_cells(network: NetworkSpec) -> Iterator[Cell]:
    words = ["training"]
    for _, code in blocks(training_lines(network)):
        varies, loop, rest = code.partition("\n\n\ndef train(")
        if loop:
            # What varies the digits has a cell of its own.
            yield Cell(" ".join([*words, "augment"]), varies)
            words, code = [], loop.lstrip("\n") + rest
        if "def train(" in code:
            words.append("loop")
        elif "\ntrain()" in code:
            words.append("train")
        yield Cell(words.pop() if words else "", code)


def blocks(lines: list[str]) -> list[tuple[type[ast.stmt], str]]:
    """Split code where functions and classes begin and end.

    Args:
        lines: of the code.

    Returns:
        Each block with the comments before it, and what it is of: `ast.FunctionDef`,
        `ast.ClassDef`, or `ast.Assign` for all that is neither.
    """
    found: list[tuple[type[ast.stmt], str]] = []
    start = end = 0
    kind: type[ast.stmt] | None = None
    for node in ast.parse("\n".join(lines)).body:
        own = type(node) if isinstance(node, ast.FunctionDef | ast.ClassDef) else ast.Assign
        if kind is not None and own is not kind:
            found.append((kind, _text(lines[start:end])))
            start = end
        kind, end = own, node.end_lineno or end
    if kind is not None:
        found.append((kind, _text(lines[start:])))
    return found


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")


def _picture_lines(digit: DigitSpec) -> list[str]:
    return [
        f'plt.imshow(images[{digit.image}].squeeze(), cmap="gray")',
        f'plt.title(f"label {{labels[{digit.image}]}}")',
        'plt.axis("off")',
        "plt.show()",
    ]


def _view_lines(digit: DigitSpec) -> list[str]:
    return [
        "figure, (left, right) = plt.subplots(ncols=2, figsize=(7, 3.5))",
        f'left.imshow(images[{digit.image}].squeeze(), cmap="gray")',
        'left.axis("off")',
        f"right.barh(range(10), probabilities[{digit.image}].tolist())",
        "right.set_yticks(range(10))",
        "right.invert_yaxis()  # 0 at the top",
        "right.set_xlim(0, 1)",
        'right.set_xlabel("probability")',
        "plt.tight_layout()",
        "plt.show()",
    ]
