"""The PyTorch code of exactly what is on the screen: a script that prints its probabilities."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from mnistviz import by_hand
from mnistviz.activations import FORMS
from mnistviz.data import CACHE_VARIABLE, MEAN, STD
from mnistviz.fields import (
    BATCH_SIZE,
    INPUTS,
    Activation,
    Bias,
    Data,
    Init,
    Style,
    batch_length,
)
from mnistviz.spec import DigitSpec, NetworkSpec


def script(network: NetworkSpec, digit: DigitSpec) -> str:
    """Write the whole script of one network and one digit.

    Run from the repository root by plain `python`, it prints ten lines, `0: 0.09612345` to
    `9: …`: the probabilities of the digit, to 1e-6 those on the screen.

    Args:
        network: what is built, and in which of the four styles.
        digit: what is classified.
    """
    body = [*data_lines(digit), "", *model_lines(network, digit), "", *_ending(digit)]
    return complete(_heading(network), body)


def complete(heading: Iterable[str], body: Iterable[str]) -> str:
    """Put a script together: what it is, the imports that it needs, what it does.

    Args:
        heading: the lines of its docstring.
        body: its lines, without imports.
    """
    code = "\n".join(body)
    return "\n".join([*heading, "", *_imports(code), "", code, ""])


def model_lines(network: NetworkSpec, digit: DigitSpec) -> list[str]:
    """Write the network in its style and run it: from `inputs` to `probabilities`."""
    return _MODELS[network.style](network, batch_length(digit.data, digit.batch))


def file_name(network: NetworkSpec) -> str:
    """Name the file in which a person takes the script home."""
    return f"mnist_{network.style.value}_{'_'.join(str(size) for size in network.sizes)}.py"


def _heading(network: NetworkSpec) -> list[str]:
    words = {
        Style.TENSORS: "from bare tensors",
        Style.MODULE: "as an nn.Module",
        Style.FUNCTIONAL: "with torch.nn.functional",
        Style.SEQUENTIAL: "as nn.Sequential",
    }
    return [
        f'"""The network {network.architecture} {words[network.style]}.',
        "",
        "It prints what the network says of one digit of MNIST: ten probabilities.",
        '"""',
    ]


def _imports(body: str) -> list[str]:
    """List the imports that the code below needs, and no other."""
    code = re.sub(r"#.*", "", body)

    def uses(name: str) -> bool:
        return re.search(rf"\b{name}\.", code) is not None

    lines = [f"import {name}" for name in ("itertools", "math", "os") if uses(name)]
    if "islice(" in code:
        lines.append("from itertools import islice")
    lines += [""] if lines else []
    lines += ["import platformdirs"] if uses("platformdirs") else []
    lines += ["import torch"] if uses("torch") else []
    lines += ["import torch.nn.functional as F"] if uses("F") else []
    lines += ["from safetensors.torch import load_file"] if "load_file(" in code else []
    lines += ["from torch import nn"] if uses("nn") else []
    if uses("datasets"):
        lines.append("from torchvision import datasets, transforms")
    if uses("InterpolationMode"):
        lines.append("from torchvision.transforms import InterpolationMode")
    if uses("vision"):
        lines.append("from torchvision.transforms.v2 import functional as vision")
    return lines


def data_lines(digit: DigitSpec) -> list[str]:
    """Load the batch of a digit: it ends with `images`, `labels` and the flat `inputs`."""
    full = digit.data is Data.FULL
    lines = [
        f"# The data: batches of {BATCH_SIZE}, in the order that the seed shuffles them into.",
        "transform = transforms.Compose(",
        f"    [transforms.ToTensor(), transforms.Normalize(({MEAN},), ({STD},))]",
        ")",
    ]
    if full:
        lines += [
            f'root = os.environ.get("{CACHE_VARIABLE}")',
            'root = root or platformdirs.user_cache_path("mnistviz")',
            "trainset = datasets.MNIST(root, download=True, train=True, transform=transform)",
        ]
    else:
        lines += [
            'root = "mnistviz/assets"',
            "trainset = datasets.MNIST(root, download=False, train=True, transform=transform)",
        ]
    length = batch_length(digit.data, digit.batch)
    first = "iter(trainloader)" if digit.batch == 0 else f"islice(trainloader, {digit.batch}, None)"
    return [
        *lines,
        "trainloader = torch.utils.data.DataLoader(",
        "    trainset,",
        f"    batch_size={BATCH_SIZE},",
        "    shuffle=True,",
        f"    generator=torch.Generator().manual_seed({digit.seed}),",
        ")",
        f"images, labels = next({first})  # batch {digit.batch}",
        "inputs = images.view(images.shape[0], -1)  "
        f"# ({length}, 1, 28, 28) becomes ({length}, {INPUTS})",
    ]


def _ending(digit: DigitSpec) -> list[str]:
    return [
        f"# Image {digit.image} of the batch.",
        f"for digit, probability in enumerate(probabilities[{digit.image}].tolist()):",
        '    print(f"{digit}: {probability:.8f}")',
    ]


def source(function: Callable[..., object]) -> list[str]:
    """Return a function's source as the lesson writes it, without annotations."""
    text = re.sub(r": torch\.Tensor|\s*-> torch\.Tensor", "", inspect.getsource(function))
    return text.rstrip().splitlines()


def _tensors(spec: NetworkSpec, length: int) -> list[str]:
    lines: list[str] = []
    name = ""
    if spec.hidden and spec.activation is not Activation.NONE:
        function = FORMS[spec.activation].by_hand
        name = function.__name__
        lines += ["", *source(function), ""]
    lines += ["", *source(by_hand.softmax), "", ""]
    lines += [
        "# Each weight is drawn as nn.Linear stores it, (outputs, inputs), and turned with .t():",
        "# a matrix product wants (inputs, outputs).",
        f"torch.manual_seed({spec.seed})",
    ]
    for number, (inputs, outputs) in enumerate(spec.shapes, start=1):
        lines += tensor_layer_lines(
            spec, (f"weights_{number}", f"bias_{number}", f"bound_{number}"), inputs, outputs
        )
    lines.append("")
    x = "inputs"
    for number, units in enumerate(spec.hidden, start=1):
        total = f"torch.mm({x}, weights_{number}) + bias_{number}"
        x = f"hidden_{number}"
        lines.append(f"{x} = {f'{name}({total})' if name else total}  # ({length}, {units})")
    last = len(spec.shapes)
    return [
        *lines,
        f"logits = torch.mm({x}, weights_{last}) + bias_{last}  # ({length}, 10)",
        f"probabilities = softmax(logits)  # ({length}, 10), each row sums to 1",
    ]


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


def _module(spec: NetworkSpec, length: int) -> list[str]:
    active = spec.hidden and spec.activation is not Activation.NONE
    name = spec.activation.value
    registered = [f"self.{name} = {_module_call(spec.activation)}"] if active else []
    forward = [
        f"x = self.{name}(self.fc{number}(x))" if active else f"x = self.fc{number}(x)"
        for number in range(1, len(spec.shapes))
    ]
    return [
        *_class(
            spec,
            [*registered, "self.softmax = nn.Softmax(dim=1)"],
            [*forward, f"return self.softmax(self.fc{len(spec.shapes)}(x))"],
        ),
        *_make_and_run(spec, length, "Network()", _attributes(spec)),
    ]


def _functional(spec: NetworkSpec, length: int) -> list[str]:
    active = spec.hidden and spec.activation is not Activation.NONE
    forward = []
    for number in range(1, len(spec.shapes)):
        call = f"self.fc{number}(x)"
        forward.append(
            f"x = {FORMS[spec.activation].functional_code}({call})" if active else f"x = {call}"
        )
    return [
        *_class(spec, [], [*forward, f"return F.softmax(self.fc{len(spec.shapes)}(x), dim=1)"]),
        *_make_and_run(spec, length, "Network()", _attributes(spec)),
    ]


def _class(spec: NetworkSpec, registered: Iterable[str], forward: Iterable[str]) -> list[str]:
    linears = (
        f"self.fc{number} = nn.Linear({inputs}, {outputs})"
        for number, (inputs, outputs) in enumerate(spec.shapes, start=1)
    )
    return [
        "",
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *(f"        {line}" for line in (*linears, *registered)),
        "",
        "    def forward(self, x):",
        *(f"        {line}" for line in forward),
        "",
        "",
    ]


def _sequential(spec: NetworkSpec, length: int) -> list[str]:
    steps: list[str] = []
    layers: list[str] = []
    for number, (inputs, outputs) in enumerate(spec.shapes, start=1):
        layers.append(f"model[{len(steps)}]")
        steps.append(f"nn.Linear({inputs}, {outputs})")
        if number < len(spec.shapes) and spec.activation is not Activation.NONE:
            steps.append(_module_call(spec.activation))
    steps.append("nn.Softmax(dim=1)")
    model = "\n".join(["nn.Sequential(", *(f"    {step}," for step in steps), ")"])
    return _make_and_run(spec, length, model, layers)


def _attributes(spec: NetworkSpec) -> list[str]:
    return [f"model.fc{number}" for number in range(1, len(spec.shapes) + 1)]


def _module_call(activation: Activation) -> str:
    return f"nn.{FORMS[activation].module.__name__}()"


def _make_and_run(spec: NetworkSpec, length: int, model: str, layers: Iterable[str]) -> list[str]:
    seed = f"torch.manual_seed({spec.seed})"
    if spec.init is Init.DEFAULT and spec.bias is Bias.DEFAULT:
        made = [f"{seed}  # each nn.Linear draws its own weight and bias", f"model = {model}"]
    else:
        made = [f"model = {model}", seed]
        for layer, (inputs, _) in zip(layers, spec.shapes, strict=True):
            made += start_lines(spec, layer, inputs)
    return [
        *"\n".join(made).splitlines(),
        "",
        "with torch.no_grad():  # no gradients are needed to classify",
        f"    probabilities = model(inputs)  # ({length}, 10), each row sums to 1",
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


_MODELS: Mapping[Style, Callable[[NetworkSpec, int], list[str]]] = MappingProxyType(
    {
        Style.TENSORS: _tensors,
        Style.MODULE: _module,
        Style.FUNCTIONAL: _functional,
        Style.SEQUENTIAL: _sequential,
    }
)
