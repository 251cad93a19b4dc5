"""A network written in each of the four styles: how it is made, how it starts, how it runs."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from types import MappingProxyType

from mnistviz.codegen import functions, modules
from mnistviz.network.files import saving
from mnistviz.spec.fields import CLASSES, INPUTS, Bias, Init, Style
from mnistviz.spec.specs import NetworkSpec


class Goal(Enum):
    """What a script wants of its network."""

    PROBABILITIES = auto()
    LOGITS = auto()
    PARAMETERS = auto()
    """It computes what it shows from the parameters themselves."""


def made_lines(spec: NetworkSpec, goal: Goal = Goal.PROBABILITIES) -> list[str]:
    """Write the network, and draw its parameters or load them from their file.

    Bare tensors end in the tensors and, if they are to learn, a function `network`; the other
    styles end in `model`. What is to learn gives logits.
    """
    return _MADE[spec.style](spec, goal)


def run_lines(spec: NetworkSpec, length: int, goal: Goal = Goal.PROBABILITIES) -> list[str]:
    """Run the network: from `inputs` to `probabilities` or to `logits`, the last line.

    Args:
        spec: the network, as `made_lines` has written it.
        length: digits of the batch.
        goal: how far it goes; nowhere for the parameters alone.
    """
    if goal is Goal.PARAMETERS:
        return []
    return (_run_tensors if spec.style is Style.TENSORS else _run_model)(spec, length, goal)


def _run_tensors(spec: NetworkSpec, length: int, goal: Goal) -> list[str]:
    called = [f"logits = network(inputs)  # ({length}, {CLASSES})"]
    lines = pass_lines(spec, length) if spec.training is None else called
    softmax = f"probabilities = softmax(logits)  # ({length}, {CLASSES}), each row sums to 1"
    return [*lines, softmax] if goal is Goal.PROBABILITIES else lines


def _run_model(spec: NetworkSpec, length: int, goal: Goal) -> list[str]:
    logits = [f"    logits = model(inputs)  # ({length}, {CLASSES})"]
    lines = ["with torch.no_grad():  # nothing is learned here, so no gradients"]
    if goal is Goal.LOGITS:
        return [*lines, *logits]
    rows = f"# ({length}, {CLASSES}), each row sums to 1"
    if spec.training is None:
        return [*lines, f"    probabilities = model(inputs)  {rows}"]
    softmax = "F.softmax" if spec.style is Style.FUNCTIONAL else "torch.softmax"
    return [*lines, *logits, f"    probabilities = {softmax}(logits, dim=1)  {rows}"]


def parameter_names(spec: NetworkSpec) -> list[tuple[str, str]]:
    """Name the weight and the bias of each layer as the style reaches them."""
    numbers = range(1, len(spec.shapes) + 1)
    if spec.style is Style.TENSORS:
        return [(f"weights_{number}", f"bias_{number}") for number in numbers]
    return [(f"{layer}.weight", f"{layer}.bias") for layer in _layers(spec)]


def _layers(spec: NetworkSpec) -> list[str]:
    numbers = range(1, len(spec.shapes) + 1)
    if spec.style is not Style.SEQUENTIAL:
        return [f"model.fc{number}" for number in numbers]
    return [f"model[{modules.place_in_list(spec, number)}]" for number in numbers]


def _tensors(spec: NetworkSpec, goal: Goal) -> list[str]:
    called: list[list[str]] = []
    if spec.training or goal is not Goal.PARAMETERS:
        called += functions.activation_functions(spec)
    if goal is Goal.PROBABILITIES:
        called.append(functions.softmax_lines(spec))
    lines = [line for function in called for line in ("", *function, "")]
    if lines:
        lines.append("")
    if spec.loaded:
        return [*lines, *_loaded_tensors(spec)]
    if _draws_weights(spec):
        lines += [
            "# Each weight is drawn as nn.Linear draws it, (outputs, inputs): the same numbers.",
            "# Then .t() turns it: torch.mm needs (inputs, outputs).",
        ]
    if _draws(spec):
        lines.append(f"torch.manual_seed({spec.seed})")
    for number, (inputs, outputs) in enumerate(spec.shapes, start=1):
        names = (f"weights_{number}", f"bias_{number}")
        lines += tensor_layer_lines(spec, names, inputs, outputs)
    if spec.training is None:
        return lines
    *hidden, logits = pass_lines(spec)
    inside = [*hidden, f"return {logits.removeprefix('logits = ')}"]
    docstring = f'"""Turn inputs, (batch, {INPUTS}), into logits, (batch, {CLASSES})."""'
    body = (f"    {line}" for line in (docstring, *inside))
    return [*lines, "", "", "def network(inputs):", *body]


def _draws_weights(spec: NetworkSpec) -> bool:
    return spec.init not in (Init.ZEROS, Init.CONSTANT)


def _draws(spec: NetworkSpec) -> bool:
    """Tell whether any parameter is drawn at random."""
    return _draws_weights(spec) or spec.bias is not Bias.ZEROS


def _loaded_tensors(spec: NetworkSpec) -> list[str]:
    lines = [
        "# The file holds each weight as nn.Linear stores it, (outputs, inputs).",
        "# Then .t() turns it: torch.mm needs (inputs, outputs).",
        f"loaded = {load_call(spec)}",
    ]
    for number in range(1, len(spec.shapes) + 1):
        lines += [
            f'weights_{number} = loaded["fc{number}.weight"].t()',
            f'bias_{number} = loaded["fc{number}.bias"]',
        ]
    return lines


def load_call(spec: NetworkSpec) -> str:
    """Return how a script reads the file with the weights of a network that was loaded."""
    return f'load_file("{saving.file_name(spec)}")'


def pass_lines(spec: NetworkSpec, length: int | None = None) -> list[str]:
    """Write the pass of bare tensors, line by line, from `inputs` to `logits`.

    Args:
        spec: the network.
        length: digits of the batch, for a comment on each shape; None for no comments.
    """

    def shape_comment(units: int) -> str:
        return "" if length is None else f"  # ({length}, {units})"

    lines: list[str] = []
    x = "inputs"
    for number, units in enumerate(spec.hidden, start=1):
        name = functions.activation_name(spec, number)
        total = f"torch.mm({x}, weights_{number}) + bias_{number}"
        x = f"hidden_{number}"
        lines.append(f"{x} = {f'{name}({total})' if name else total}{shape_comment(units)}")
    last = len(spec.shapes)
    return [*lines, f"logits = torch.mm({x}, weights_{last}) + bias_{last}{shape_comment(10)}"]


def tensor_layer_lines(
    spec: NetworkSpec, names: tuple[str, str], inputs: int | str, outputs: int | str
) -> list[str]:
    """Draw the weights of one layer, (inputs, outputs), and its bias, as bare tensors.

    Args:
        spec: how they start.
        names: what the weights and the bias are called.
        inputs: how many inputs the layer has, or the name of that number.
        outputs: how many outputs it has, or the name of that number.
    """
    weights, bias = names
    bounds, drawn = _tensor_weight(spec, inputs, outputs)
    bias_bounds, drawn_bias = _tensor_bias(spec, inputs, outputs)
    return [
        *bounds,
        f"{weights} = {drawn}{'.t()' if _draws_weights(spec) else ''}",
        *(bias_bounds if bias_bounds != bounds else []),
        f"{bias} = {drawn_bias}",
    ]


_Drawn = tuple[list[str], str]
"""The line that computes `bound`, if one is needed, and what a tensor is drawn as."""


def _uniform(bound: str, shape: str) -> _Drawn:
    return [f"bound = {bound}"], f"torch.empty({shape}).uniform_(-bound, bound)"


def _normal(shape: str, std: float) -> str:
    if std == 1:
        return f"torch.randn({shape})"
    return f"torch.empty({shape}).normal_(std={std!r})"


def _tensor_weight(spec: NetworkSpec, inputs: int | str, outputs: int | str) -> _Drawn:
    shape = f"{outputs}, {inputs}"
    normal = f"torch.empty({shape}).normal_(std={{}})"
    match spec.init:
        case Init.DEFAULT:
            return _uniform(f"1 / math.sqrt({inputs})", shape)
        case Init.NORMAL:
            return [], _normal(shape, spec.std)
        case Init.ZEROS:
            return [], f"torch.zeros({inputs}, {outputs})"
        case Init.CONSTANT:
            return [], f"torch.full(({inputs}, {outputs}), {spec.constant!r})"
        case Init.XAVIER_UNIFORM:
            return _uniform(f"math.sqrt(6 / ({inputs} + {outputs}))", shape)
        case Init.XAVIER_NORMAL:
            return [], normal.format(f"math.sqrt(2 / ({inputs} + {outputs}))")
        case Init.KAIMING_UNIFORM:
            return _uniform(f"math.sqrt(6 / {inputs})", shape)
        case Init.KAIMING_NORMAL:
            return [], normal.format(f"math.sqrt(2 / {inputs})")


def _tensor_bias(spec: NetworkSpec, inputs: int | str, outputs: int | str) -> _Drawn:
    match spec.bias:
        case Bias.DEFAULT:
            return _uniform(f"1 / math.sqrt({inputs})", f"{outputs}")
        case Bias.ZEROS:
            return [], f"torch.zeros({outputs})"
        case Bias.NORMAL:
            return [], _normal(f"{outputs}", spec.std)


def _module(spec: NetworkSpec, goal: Goal) -> list[str]:
    logits = spec.training is not None or goal is Goal.LOGITS
    code = modules.class_code(spec, spec.style, logits, shapes=True)
    return ["", *code.lines, "", "", *_started(spec, "Network()")]


def _sequential(spec: NetworkSpec, goal: Goal) -> list[str]:
    logits = spec.training is not None or goal is Goal.LOGITS
    listed = modules.list_code(spec, logits)
    steps = (f"    {line}" for lines in listed for line in lines)
    return _started(spec, "\n".join(["nn.Sequential(", *steps, ")"]))


def _started(spec: NetworkSpec, model: str) -> list[str]:
    """Make the model, and put its parameters to their first values, or to those of a file."""
    if spec.loaded:
        return [*f"model = {model}".splitlines(), *_loaded_modules(spec)]
    seed = f"torch.manual_seed({spec.seed})"
    if modules.draws_itself(spec):
        lines = [f"{seed}  # each nn.Linear draws its own weight and bias", f"model = {model}"]
    else:
        replaced = [f"{seed}  # what each nn.Linear has drawn itself, is replaced"]
        lines = [f"model = {model}", *(replaced if _draws(spec) else [])]
        for layer, (inputs, _) in zip(_layers(spec), spec.shapes, strict=True):
            lines += start_lines(spec, layer, inputs)
    return "\n".join(lines).splitlines()


def _loaded_modules(spec: NetworkSpec) -> list[str]:
    if spec.style is not Style.SEQUENTIAL:
        return [f"model.load_state_dict({load_call(spec)})"]
    layers = enumerate(_layers(spec), start=1)
    places = ", ".join(f'"fc{number}": {layer[len("model[") : -1]}' for number, layer in layers)
    return [
        "# The file has names for its layers; nn.Sequential numbers its modules from 0.",
        f"loaded = {load_call(spec)}",
        "state = {}",
        f"for name, place in {{{places}}}.items():",
        '    state[f"{place}.weight"] = loaded[f"{name}.weight"]',
        '    state[f"{place}.bias"] = loaded[f"{name}.bias"]',
        "model.load_state_dict(state)",
    ]


def start_lines(spec: NetworkSpec, layer: str, inputs: int | str) -> list[str]:
    """Put the weight and the bias of an `nn.Linear` to their first values.

    Args:
        spec: how they start.
        layer: what the layer is called, as `model.fc1`.
        inputs: how many inputs it has, or the name of that number.
    """
    return [_weight_call(spec, layer), *_bias_calls(spec, layer, inputs)]


def _weight_call(spec: NetworkSpec, layer: str) -> str:
    weight = f"{layer}.weight"
    match spec.init:
        case Init.DEFAULT:
            return f"nn.init.kaiming_uniform_({weight}, a=math.sqrt(5))  # as nn.Linear does"
        case Init.NORMAL:
            return f"nn.init.normal_({weight}, std={spec.std!r})"
        case Init.ZEROS:
            return f"nn.init.zeros_({weight})"
        case Init.CONSTANT:
            return f"nn.init.constant_({weight}, {spec.constant!r})"
        case Init.XAVIER_UNIFORM | Init.XAVIER_NORMAL:
            return f"nn.init.{spec.init.value}_({weight})"
        case Init.KAIMING_UNIFORM | Init.KAIMING_NORMAL:
            return f'nn.init.{spec.init.value}_({weight}, nonlinearity="relu")'


def _bias_calls(spec: NetworkSpec, layer: str, inputs: int | str) -> list[str]:
    bias = f"{layer}.bias"
    match spec.bias:
        case Bias.DEFAULT:
            bound = f"bound = 1 / math.sqrt({inputs})  # as nn.Linear does"
            return [bound, f"nn.init.uniform_({bias}, -bound, bound)"]
        case Bias.ZEROS:
            return [f"nn.init.zeros_({bias})"]
        case Bias.NORMAL:
            return [f"nn.init.normal_({bias}, std={spec.std!r})"]


_MADE: Mapping[Style, Callable[[NetworkSpec, Goal], list[str]]] = MappingProxyType(
    {
        Style.TENSORS: _tensors,
        Style.MODULE: _module,
        Style.FUNCTIONAL: _module,
        Style.SEQUENTIAL: _sequential,
    }
)


def layer_lines(network: NetworkSpec) -> list[str]:
    """List weight (outputs, inputs) and bias of each layer of a network that stands in a script."""
    tensors = network.style is Style.TENSORS
    form = "({}.t(), {})" if tensors else "({}, {})"
    pairs = [form.format(*names) for names in parameter_names(network)]
    return [
        *([] if tensors else ["model.requires_grad_(False)  # the parameters stay as they are"]),
        "layers = [  # weight, (outputs, inputs), and bias",
        *(f"    {pair}," for pair in pairs),
        "]",
    ]
