"""The four styles side by side: their lines of code by what they do, and where each tensor is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mnistviz.codegen import functions, models, modules
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import NetworkSpec

Code = tuple[str, ...]
"""Lines of Python."""


@dataclass(frozen=True, slots=True)
class Row:
    """The lines of one part of the network in each of the four styles.

    Attributes:
        part: `start`, `fc1`, `fc2`, …, `functions`, `forward`, `run_1`, `run_2`, …, `softmax`,
            `model`.
        code: the lines of each style, as they are indented in its whole code; none where a style
            has nothing to write.
    """

    part: str
    code: Mapping[Style, Code]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line of code.

    Attributes:
        text: the piece.
        layer: the number of the layer that is named here, from 1; 0 where none is.
        kinds: which of its tensors stand here: `weight`, `bias`, both or none.
    """

    text: str
    layer: int = 0
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """How one tensor is reached in one style.

    Attributes:
        code: what one writes, as `model.fc1.weight`.
        shape: the shape that it has in this style.
        place: the indices of one number in it; the same number in each style.
    """

    code: str
    shape: tuple[int, ...]
    place: tuple[int, ...]


BOTH = ("weight", "bias")


def tensor_names(spec: NetworkSpec) -> tuple[str, ...]:
    """Name every tensor of parameters: `fc1.weight`, `fc1.bias`, `fc2.weight`, …."""
    return tuple(f"fc{layer}.{kind}" for layer in range(1, len(spec.shapes) + 1) for kind in BOTH)


def split(tensor: str) -> tuple[int, str]:
    """Take a tensor's name apart: `fc2.bias` into 2 and `bias`."""
    layer, _, kind = tensor.partition(".")
    return int(layer.removeprefix("fc")), kind


def access(spec: NetworkSpec, tensor: str) -> dict[Style, Access]:
    """Tell how a tensor is reached in each style.

    The number that is looked at belongs to unit 0: its weight for the pixel in the middle of the
    picture or, in a later layer, for unit 0 of the layer before; or its bias.
    """
    layer, kind = split(tensor)
    inputs, outputs = spec.shapes[layer - 1]
    at = 406 if layer == 1 else 0
    stored: tuple[tuple[int, ...], tuple[int, ...]] = ((outputs,), (0,))
    turned = stored
    if kind == "weight":
        stored, turned = ((outputs, inputs), (0, at)), ((inputs, outputs), (at, 0))
    by_hand_name = f"{'weights' if kind == 'weight' else 'bias'}_{layer}"
    named = Access(f"model.{tensor}", *stored)
    return {
        Style.TENSORS: Access(by_hand_name, *turned),
        Style.MODULE: named,
        Style.FUNCTIONAL: named,
        Style.SEQUENTIAL: Access(f"model[{modules.place_in_list(spec, layer)}].{kind}", *stored),
    }


def rows(spec: NetworkSpec) -> tuple[Row, ...]:
    """Write the network in all four styles, line by line beside each other.

    The lines of one style, top to bottom, are its whole code after `helpers`: from `inputs` they
    lead to `probabilities`.
    """
    seed = f"torch.manual_seed({spec.seed})"
    # The modules of a list draw where they are written: the seed has to come before it.
    before_list = [seed] if modules.draws_itself(spec) else []
    module, functional = (
        modules.class_code(spec, style) for style in (Style.MODULE, Style.FUNCTIONAL)
    )
    return (
        _row("start", [seed], module.head, sequential=before_list),
        *_made(spec, module),
        _row("functions", [], module.functions, functional.functions),
        _row("forward", [], module.forward, sequential=["model = nn.Sequential("]),
        *_run(spec, module, functional),
        _model(spec),
    )


def column(spec: NetworkSpec, style: Style) -> str:
    """Return the whole code of one style."""
    return "\n".join(line for row in rows(spec) for line in row.code[style])


def _row(
    part: str,
    tensors: Sequence[str] = (),
    module: Sequence[str] = (),
    functional: Sequence[str] | None = None,
    sequential: Sequence[str] = (),
) -> Row:
    # A class with modules and one with functions have most lines in common.
    functional = module if functional is None else functional
    columns = (tensors, module, functional, sequential)
    return Row(
        part, MappingProxyType(dict(zip(Style, (tuple(lines) for lines in columns), strict=True)))
    )


def _made(spec: NetworkSpec, module: modules.ClassCode) -> list[Row]:
    shapes = enumerate(zip(spec.shapes, module.layers, strict=True), start=1)
    return [
        _row(
            f"fc{number}",
            [f"weights_{number}, bias_{number} = draw({inputs}, {outputs})"],
            [line],
        )
        for number, ((inputs, outputs), line) in shapes
    ]


def _run(spec: NetworkSpec, module: modules.ClassCode, functional: modules.ClassCode) -> list[Row]:
    steps = zip(_tensors(spec), module.steps, functional.steps, _listed(spec), strict=True)
    return [
        _row(f"run_{number}", tensors, in_module, in_functional, sequential)
        for number, (tensors, in_module, in_functional, sequential) in enumerate(steps, start=1)
    ]


def _tensors(spec: NetworkSpec) -> list[list[str]]:
    numbers = range(1, len(spec.shapes) + 1)
    names = (functions.activation_name(spec, number) for number in numbers[:-1])
    *hidden, last = (
        f"torch.mm({'x' if number > 1 else 'inputs'}, weights_{number}) + bias_{number}"
        for number in numbers
    )
    return [
        *(
            [f"x = {name}({total})" if name else f"x = {total}"]
            for name, total in zip(names, hidden, strict=True)
        ),
        [f"logits = {last}", "probabilities = softmax(logits)"],
    ]


def _listed(spec: NetworkSpec) -> list[list[str]]:
    *hidden, last = (_indented(lines) for lines in modules.list_code(spec))
    return [*hidden, [*last, ")"]]


def _model(spec: NetworkSpec) -> Row:
    seed, run = f"torch.manual_seed({spec.seed})", "probabilities = model(inputs)"
    if modules.draws_itself(spec):
        return _row("model", [], ["", "", seed, "model = Network()", run], sequential=[run])
    start = [seed, "model.apply(start)", run]
    return _row("model", [], ["", "", "model = Network()", *start], sequential=start)


def helpers(spec: NetworkSpec) -> str:
    """Write the functions that the columns call and that no library brings.

    `draw`, the activations and `softmax` for the bare tensors; `start` for the modules, where their
    numbers are not those that `nn.Linear` draws by itself.
    """
    names = ("weights", "bias")
    drawn = models.tensor_layer_lines(spec, names, "inputs", "outputs")
    draw_docstring = '"""Draw the weights, (inputs, outputs), and the bias of a layer."""'
    draw = _indented([draw_docstring, *drawn, "return weights, bias"])
    written = [["def draw(inputs, outputs):", *draw]]
    written += functions.activation_functions(spec)
    written.append(functions.softmax_lines(spec))
    if not modules.draws_itself(spec):
        start = models.start_lines(spec, "module", "module.in_features")
        start_docstring = '"""Give a layer its first weight and bias."""'
        inside = ["if isinstance(module, nn.Linear):", *_indented(start)]
        written.append(["def start(module):", *_indented([start_docstring, *inside])])
    return "\n\n\n".join("\n".join(function) for function in written)


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


_TENSOR = re.compile(
    r"weights_(?P<weights>\d+)|bias_(?P<bias>\d+)|self\.fc(?P<module>\d+)|(?P<linear>nn\.Linear\(.*\))"
)


def pieces(row: Row, style: Style, line: str) -> tuple[Piece, ...]:
    """Cut a line where it names tensors.

    `self.fc1` and, in a list, `nn.Linear(784, 128)` stand for a weight and a bias.

    Args:
        row: the row in which the line stands.
        style: the style whose line it is.
        line: one line of it.

    Returns:
        The pieces; joined, their texts are the line without its indentation.
    """
    text, at = line.strip(), 0
    result: list[Piece] = []
    for match in _TENSOR.finditer(text):
        listed = match["linear"] and style is Style.SEQUENTIAL
        if match["linear"] and not listed:
            continue
        if match.start() > at:
            result.append(Piece(text[at : match.start()]))
        number = row.part.removeprefix("run_") if listed else None
        layer = int(match["weights"] or match["bias"] or match["module"] or number or 0)
        kinds = ("weight",) if match["weights"] else ("bias",) if match["bias"] else BOTH
        result.append(Piece(match[0], layer, kinds))
        at = match.end()
    if at < len(text):
        result.append(Piece(text[at:]))
    return tuple(result)
