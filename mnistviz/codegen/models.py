"""A network written in each of the four styles: how it is made, how it starts, how it runs."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mnistviz.codegen import modules
from mnistviz.codegen.parts import source
from mnistviz.network import by_hand
from mnistviz.network.activations import FORMS
from mnistviz.network.files import saving
from mnistviz.spec.fields import Bias, Init, Style
from mnistviz.spec.specs import NetworkSpec


def made_lines(spec: NetworkSpec) -> list[str]:
    """Write the network, and draw its parameters or load them from their file.

    Bare tensors end in the tensors and, if they are to learn, a function `network`; the other
    styles end in `model`. What is to learn gives logits, what is not gives probabilities.
    """
    return _MADE[spec.style](spec)


def run_lines(spec: NetworkSpec, length: int) -> list[str]:
    """Run the network: from `inputs` to `probabilities`, the last line.

    Args:
        spec: the network, as `made_lines` has written it.
        length: digits of the batch.
    """
    rows = f"# ({length}, 10), each row sums to 1"
    if spec.style is Style.TENSORS:
        logits = [f"logits = network(inputs)  # ({length}, 10)"]
        return [
            *(pass_lines(spec, length) if spec.training is None else logits),
            f"probabilities = softmax(logits)  {rows}",
        ]
    record = "with torch.no_grad():  # no gradients are needed to classify"
    if spec.training is None:
        return [record, f"    probabilities = model(inputs)  {rows}"]
    softmax = "F.softmax" if spec.style is Style.FUNCTIONAL else "torch.softmax"
    return [
        record,
        f"    logits = model(inputs)  # ({length}, 10)",
        f"    probabilities = {softmax}(logits, dim=1)  {rows}",
    ]


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


def _tensors(spec: NetworkSpec) -> list[str]:
    lines: list[str] = []
    if spec.has_activation:
        lines += ["", *source(FORMS[spec.activation].by_hand), ""]
    lines += ["", *source(by_hand.softmax), "", ""]
    if spec.loaded:
        return [*lines, *_loaded_tensors(spec)]
    lines += [
        "# Each weight is drawn as nn.Linear stores it, (outputs, inputs), and turned with .t():",
        "# a matrix product wants (inputs, outputs).",
        f"torch.manual_seed({spec.seed})",
    ]
    for number, (inputs, outputs) in enumerate(spec.shapes, start=1):
        lines += tensor_layer_lines(
            spec, (f"weights_{number}", f"bias_{number}", f"bound_{number}"), inputs, outputs
        )
    if spec.training is None:
        return lines
    *hidden, logits = pass_lines(spec)
    inside = [*hidden, f"return {logits.removeprefix('logits = ')}  # the logits"]
    return [*lines, "", "", "def network(inputs):", *(f"    {line}" for line in inside)]


def _loaded_tensors(spec: NetworkSpec) -> list[str]:
    lines = [
        "# The file keeps each weight as nn.Linear stores it, (outputs, inputs). It is turned with",
        "# .t(): a matrix product wants (inputs, outputs).",
        f"loaded = {_load(spec)}",
    ]
    for number in range(1, len(spec.shapes) + 1):
        lines += [
            f'weights_{number} = loaded["fc{number}.weight"].t()',
            f'bias_{number} = loaded["fc{number}.bias"]',
        ]
    return lines


def _load(spec: NetworkSpec) -> str:
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
    name = FORMS[spec.activation].by_hand.__name__ if spec.has_activation else ""
    x = "inputs"
    for number, units in enumerate(spec.hidden, start=1):
        total = f"torch.mm({x}, weights_{number}) + bias_{number}"
        x = f"hidden_{number}"
        lines.append(f"{x} = {f'{name}({total})' if name else total}{shape_comment(units)}")
    last = len(spec.shapes)
    return [*lines, f"logits = torch.mm({x}, weights_{last}) + bias_{last}{shape_comment(10)}"]


def tensor_layer_lines(
    spec: NetworkSpec, names: tuple[str, str, str], inputs: int | str, outputs: int | str
) -> list[str]:
    """Draw the weights of one layer, (inputs, outputs), and its bias, as bare tensors.

    Args:
        spec: how they start.
        names: what the weights, the bias and the bound between them are called.
        inputs: how many inputs the layer has, or the name of that number.
        outputs: how many outputs it has, or the name of that number.
    """
    weights, bias, bound = names
    xavier = spec.init is Init.XAVIER_UNIFORM
    return [
        *([f"{bound} = math.sqrt(6 / ({inputs} + {outputs}))"] if xavier else []),
        f"{weights} = {_tensor_weight(spec, bound, inputs, outputs)}.t()",
        f"{bias} = {_tensor_bias(spec, inputs, outputs)}",
    ]


def _normal(shape: str, std: float) -> str:
    return f"torch.randn({shape})" if std == 1 else f"torch.empty({shape}).normal_(std={std!r})"


def _tensor_weight(spec: NetworkSpec, bound: str, inputs: int | str, outputs: int | str) -> str:
    shape = f"{outputs}, {inputs}"
    uniform = f"torch.empty({shape}).uniform_(-{{0}}, {{0}})"
    normal = f"torch.empty({shape}).normal_(std={{0}})"
    match spec.init:
        case Init.DEFAULT:
            return uniform.format(f"1 / math.sqrt({inputs})")
        case Init.NORMAL:
            return _normal(shape, spec.std)
        case Init.ZEROS:
            return f"torch.zeros({shape})"
        case Init.CONSTANT:
            return f"torch.full(({shape}), {spec.constant!r})"
        case Init.XAVIER_UNIFORM:
            return uniform.format(bound)
        case Init.XAVIER_NORMAL:
            return normal.format(f"math.sqrt(2 / ({inputs} + {outputs}))")
        case Init.KAIMING_UNIFORM:
            return uniform.format(f"math.sqrt(6 / {inputs})")
        case Init.KAIMING_NORMAL:
            return normal.format(f"math.sqrt(2 / {inputs})")


def _tensor_bias(spec: NetworkSpec, inputs: int | str, outputs: int | str) -> str:
    match spec.bias:
        case Bias.DEFAULT:
            bound = f"1 / math.sqrt({inputs})"
            return f"torch.empty({outputs}).uniform_(-{bound}, {bound})"
        case Bias.ZEROS:
            return f"torch.zeros({outputs})"
        case Bias.NORMAL:
            return _normal(f"{outputs}", spec.std)


def _module(spec: NetworkSpec) -> list[str]:
    code = modules.class_code(spec, spec.style, logits=spec.training is not None)
    return ["", *code.lines, "", "", *_started(spec, "Network()")]


def _sequential(spec: NetworkSpec) -> list[str]:
    listed = modules.list_code(spec, logits=spec.training is not None)
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
        lines = [f"model = {model}", seed]
        for layer, (inputs, _) in zip(_layers(spec), spec.shapes, strict=True):
            lines += start_lines(spec, layer, inputs)
    return "\n".join(lines).splitlines()


def _loaded_modules(spec: NetworkSpec) -> list[str]:
    if spec.style is not Style.SEQUENTIAL:
        return [f"model.load_state_dict({_load(spec)})"]
    layers = enumerate(_layers(spec), start=1)
    places = ", ".join(f'"fc{number}": {layer[len("model[") : -1]}' for number, layer in layers)
    return [
        "# The file names its layers; nn.Sequential counts its modules from 0.",
        f"loaded = {_load(spec)}",
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
    return [_weight_call(spec, layer), _bias_call(spec, layer, inputs)]


def _weight_call(spec: NetworkSpec, layer: str) -> str:
    weight = f"{layer}.weight"
    match spec.init:
        case Init.DEFAULT:
            return f"nn.init.kaiming_uniform_({weight}, a=math.sqrt(5))  # nn.Linear's own way"
        case Init.NORMAL:
            return f"{weight}.data.normal_(std={spec.std!r})"
        case Init.ZEROS:
            return f"{weight}.data.fill_(0)"
        case Init.CONSTANT:
            return f"{weight}.data.fill_({spec.constant!r})"
        case Init.XAVIER_UNIFORM | Init.XAVIER_NORMAL:
            return f"nn.init.{spec.init.value}_({weight})"
        case Init.KAIMING_UNIFORM | Init.KAIMING_NORMAL:
            return f'nn.init.{spec.init.value}_({weight}, nonlinearity="relu")'


def _bias_call(spec: NetworkSpec, layer: str, inputs: int | str) -> str:
    bias = f"{layer}.bias"
    match spec.bias:
        case Bias.DEFAULT:
            bound = f"1 / math.sqrt({inputs})"
            return f"nn.init.uniform_({bias}, -{bound}, {bound})"
        case Bias.ZEROS:
            return f"{bias}.data.fill_(0)"
        case Bias.NORMAL:
            return f"{bias}.data.normal_(std={spec.std!r})"


_MADE: Mapping[Style, Callable[[NetworkSpec], list[str]]] = MappingProxyType(
    {
        Style.TENSORS: _tensors,
        Style.MODULE: _module,
        Style.FUNCTIONAL: _module,
        Style.SEQUENTIAL: _sequential,
    }
)


def layer_lines(network: NetworkSpec) -> list[str]:
    """List weight (outputs, inputs) and bias of each layer of a network that stands in a script."""
    turned = ".t()" if network.style is Style.TENSORS else ""
    form = f"({{}}{turned}.detach(), {{}}.detach())"
    pairs = [form.format(*names) for names in parameter_names(network)]
    return [
        "# Weight (outputs, inputs) and bias of each layer.",
        "layers = [",
        *(f"    {pair}," for pair in pairs),
        "]",
        "",
    ]
