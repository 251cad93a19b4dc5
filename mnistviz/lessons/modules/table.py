"""The four styles side by side: their lines of code by what they do, and where each tensor is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mnistviz.codegen import models
from mnistviz.codegen.parts import source
from mnistviz.network import by_hand
from mnistviz.network.activations import FORMS
from mnistviz.spec.fields import Bias, Init, Style
from mnistviz.spec.specs import NetworkSpec

Code = tuple[str, ...]
"""Lines of Python."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one part of the network is in each of the four styles.

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

    @property
    def number_code(self) -> str:
        """What one writes for the one number."""
        return f"{self.code}[{', '.join(str(index) for index in self.place)}]"


BOTH = ("weight", "bias")


def tensor_names(spec: NetworkSpec) -> tuple[str, ...]:
    """Name every tensor of parameters: `fc1.weight`, `fc1.bias`, `fc2.weight`, …."""
    return tuple(f"fc{layer}.{kind}" for layer in range(1, len(spec.shapes) + 1) for kind in BOTH)


def split(tensor: str) -> tuple[int, str]:
    """Take a tensor's name apart: `fc2.bias` into 2 and `bias`."""
    layer, _, kind = tensor.partition(".")
    return int(layer.removeprefix("fc")), kind


def place_in_list(spec: NetworkSpec, layer: int) -> int:
    """Return the index that a layer has in `nn.Sequential`.

    Args:
        spec: the network.
        layer: the layer's number, from 1.
    """
    return (layer - 1) * (2 if spec.has_activation else 1)


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
        Style.SEQUENTIAL: Access(f"model[{place_in_list(spec, layer)}].{kind}", *stored),
    }


def rows(spec: NetworkSpec) -> tuple[Row, ...]:
    """Write the network in all four styles, line by line beside each other.

    The lines of one style, top to bottom, are its whole code after `helpers`: from `inputs` they
    lead to `probabilities`.
    """
    seed = f"torch.manual_seed({spec.seed})"
    # The modules of a list draw where they are written: the seed has to come before it.
    before_list = [seed] if draws_itself(spec) else []
    return (
        _row("start", [seed], _class_start(), sequential=before_list),
        *_made(spec),
        *_functions(spec),
        _row(
            "forward", [], ["", "    def forward(self, x):"], sequential=["model = nn.Sequential("]
        ),
        *_run(spec),
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


def _class_start() -> list[str]:
    return [
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
    ]


def _made(spec: NetworkSpec) -> list[Row]:
    return [
        _row(
            f"fc{number}",
            [f"weights_{number}, bias_{number} = draw({inputs}, {outputs})"],
            [f"        self.fc{number} = nn.Linear({inputs}, {outputs})"],
        )
        for number, (inputs, outputs) in enumerate(spec.shapes, start=1)
    ]


def _functions(spec: NetworkSpec) -> list[Row]:
    softmax = "        self.softmax = nn.Softmax(dim=1)"
    if not spec.has_activation:
        return [_row("functions", [], [softmax], [])]
    made = f"        self.{spec.activation.value} = {module_call(spec)}"
    return [_row("functions", [], [made, softmax], [])]


def module_call(spec: NetworkSpec) -> str:
    """Return how the activation is made as a module: `nn.ReLU()`."""
    return f"nn.{FORMS[spec.activation].module.__name__}()"


def _run(spec: NetworkSpec) -> list[Row]:
    forms = FORMS[spec.activation] if spec.has_activation else None
    made, x = [], "inputs"
    for number, (inputs, outputs) in enumerate(spec.shapes[:-1], start=1):
        total, call = f"torch.mm({x}, weights_{number}) + bias_{number}", f"self.fc{number}(x)"
        linear = f"    nn.Linear({inputs}, {outputs}),"
        x = "x"
        if forms is None:
            parts = [f"x = {total}"], [f"x = {call}"], [f"x = {call}"], [linear]
        else:
            parts = (
                [f"x = {forms.by_hand.__name__}({total})"],
                [f"x = self.{spec.activation.value}({call})"],
                [f"x = {forms.functional_code}({call})"],
                [linear, f"    {module_call(spec)},"],
            )
        tensors, module, functional, sequential = parts
        in_class, in_functional = ([f"        {lines[0]}"] for lines in (module, functional))
        made.append(_row(f"run_{number}", tensors, in_class, in_functional, sequential))
    return [*made, _last(spec, x)]


def _last(spec: NetworkSpec, x: str) -> Row:
    last, (inputs, outputs) = len(spec.shapes), spec.shapes[-1]
    return _row(
        f"run_{last}",
        [
            f"logits = torch.mm({x}, weights_{last}) + bias_{last}",
            "probabilities = softmax(logits)",
        ],
        [f"        return self.softmax(self.fc{last}(x))"],
        [f"        return F.softmax(self.fc{last}(x), dim=1)"],
        [f"    nn.Linear({inputs}, {outputs}),", "    nn.Softmax(dim=1),", ")"],
    )


def draws_itself(spec: NetworkSpec) -> bool:
    """Tell whether the numbers are those that `nn.Linear` draws when it is made."""
    return spec.init is Init.DEFAULT and spec.bias is Bias.DEFAULT


def _model(spec: NetworkSpec) -> Row:
    seed, run = f"torch.manual_seed({spec.seed})", "probabilities = model(inputs)"
    if draws_itself(spec):
        return _row("model", [], ["", "", seed, "model = Network()", run], sequential=[run])
    start = [seed, "model.apply(start)", run]
    return _row("model", [], ["", "", "model = Network()", *start], sequential=start)


def helpers(spec: NetworkSpec) -> str:
    """Write the functions that the columns call and that no library brings.

    `draw`, the activation and `softmax` for the bare tensors; `start` for the modules, where their
    numbers are not those that `nn.Linear` draws by itself.
    """
    names = ("weights", "bias", "bound")
    drawn = models.tensor_layer_lines(spec, names, "inputs", "outputs")
    said = '"""Draw the weights, (inputs, outputs), and the bias as nn.Linear does."""'
    draw = _indented([said, *drawn, "return weights, bias"])
    functions = [["def draw(inputs, outputs):", *draw]]
    if spec.has_activation:
        functions.append(source(FORMS[spec.activation].by_hand))
    functions.append(source(by_hand.softmax))
    if not draws_itself(spec):
        start = models.start_lines(spec, "module", "module.in_features")
        started = '"""Put the weight and the bias of a layer to their first values."""'
        inside = ["if isinstance(module, nn.Linear):", *_indented(start)]
        functions.append(["def start(module):", *_indented([started, *inside])])
    return "\n\n\n".join("\n".join(function) for function in functions)


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
    made: list[Piece] = []
    for match in _TENSOR.finditer(text):
        listed = match["linear"] and style is Style.SEQUENTIAL
        if match["linear"] and not listed:
            continue
        if match.start() > at:
            made.append(Piece(text[at : match.start()]))
        number = row.part.removeprefix("run_") if listed else None
        layer = int(match["weights"] or match["bias"] or match["module"] or number or 0)
        kinds = ("weight",) if match["weights"] else ("bias",) if match["bias"] else BOTH
        made.append(Piece(match[0], layer, kinds))
        at = match.end()
    if at < len(text):
        made.append(Piece(text[at:]))
    return tuple(made)
