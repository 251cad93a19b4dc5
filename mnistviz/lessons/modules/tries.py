"""Pieces of code about modules, run for their output or their error."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import torch
from torch import nn

from mnistviz.codegen.modules import class_code, list_code, module_call
from mnistviz.lessons.tries import Ran, run
from mnistviz.network.parameters import Parameters
from mnistviz.network.styles import build
from mnistviz.spec.fields import CLASSES, INPUTS, Activation, Style
from mnistviz.spec.specs import NetworkSpec


def module_of(spec: NetworkSpec, layers: Parameters, style: Style = Style.MODULE) -> nn.Module:
    """Return the network as one of the three styles that are an `nn.Module`."""
    model = build(replace(spec, style=style), layers)
    assert isinstance(model, nn.Module)
    return model


OMISSIONS = ("super", "forward", "registering", "module")
"""What can be left out of a class."""


def omission(name: str, spec: NetworkSpec, inputs: torch.Tensor, mended: bool) -> Ran:
    """Leave something out of a network's class, and run it.

    Args:
        name: one of `OMISSIONS`; `registering` keeps the layers in a plain list.
        spec: the network whose first layer is built.
        inputs: float32 of shape (B, 784).
        mended: whether it is put in again.
    """
    _, outputs = spec.shapes[0]
    return run(_OMISSIONS[name](f"nn.Linear({INPUTS}, {outputs})", mended), inputs=inputs)


def _without_super(linear: str, mended: bool) -> str:
    return join_lines(
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()" if mended else "        # super().__init__() is left out",
        f"        self.fc1 = {linear}",
        "",
        "model = Network()",
        "for name, parameter in model.named_parameters():",
        "    print(name, tuple(parameter.shape))",
    )


def _without_forward(linear: str, mended: bool) -> str:
    forward = ["", "    def forward(self, x):", "        return self.fc1(x)"]
    return join_lines(
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        f"        self.fc1 = {linear}",
        *(forward if mended else ["", "    # forward is left out"]),
        "",
        "model = Network()",
        "print(tuple(model(inputs).shape))",
    )


def _without_registering(linear: str, mended: bool) -> str:
    layers = f"nn.ModuleList([{linear}])" if mended else f"[{linear}]"
    return join_lines(
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        f"        self.layers = {layers}",
        "",
        "model = Network()",
        "print(model)",
        "count = len(list(model.parameters()))",
        'print(count, "tensors to train")',
    )


def _without_module(linear: str, mended: bool) -> str:
    return join_lines(
        "class Network(nn.Module):" if mended else "class Network:  # no nn.Module",
        "    def __init__(self):",
        "        super().__init__()",
        f"        self.fc1 = {linear}",
        "",
        "    def forward(self, x):",
        "        return self.fc1(x)",
        "",
        "model = Network()",
        "print(tuple(model.forward(inputs).shape))",
        "print(tuple(model(inputs).shape))",
    )


_OMISSIONS: Mapping[str, Callable[[str, bool], str]] = MappingProxyType(
    {
        "super": _without_super,
        "forward": _without_forward,
        "registering": _without_registering,
        "module": _without_module,
    }
)


def join_lines(*lines: str) -> str:
    """Join lines of code."""
    return "\n".join(lines)


def _difference(one: str, other: str) -> list[str]:
    return [
        f"difference = ({one} - {other}).abs().max()",
        'print(f"largest difference: {difference:.3g}")',
    ]


def books(spec: NetworkSpec) -> Ran:
    """Show what `super().__init__()` makes, and what an assignment then writes into it."""
    inputs, outputs = spec.shapes[0]
    code = join_lines(
        "# What super().__init__() leaves behind.",
        "model = nn.Module()",
        "print(model._modules)",
        f"model.fc1 = nn.Linear({inputs}, {outputs})",
        "print(model._modules)",
    )
    return run(code)


def init_order(spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor) -> Ran:
    """Write the lines of `__init__` in reverse order: the same output, another print."""
    head, registered, forward = class_parts(spec)
    code = join_lines(
        *head,
        *reversed(registered),
        *forward,
        "",
        "reordered = Network()",
        "# The same numbers, by name.",
        "reordered.load_state_dict(model.state_dict())",
        *_difference("reordered(inputs)", "model(inputs)"),
        "print(reordered)",
    )
    return run(code, model=module_of(spec, layers), inputs=inputs)


def forward_order(spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor) -> Ran:
    """Exchange the first two steps of `forward`: the second layer meets the pixels first.

    Without a hidden layer there is one layer, and it changes places with the softmax.
    """
    head, registered, forward = class_parts(spec)
    if spec.hidden:
        names = {"self.fc1(": "self.fc2(", "self.fc2(": "self.fc1("}
        swapped = [_exchanged(line, names) for line in forward]
    else:
        *start, first, _ = forward
        swapped = [*start, "        x = self.softmax(x)", first.replace("x =", "return")]
    code = join_lines(
        *head,
        *registered,
        *swapped,
        "",
        "swapped = Network()",
        "swapped.load_state_dict(model.state_dict())",
        *_difference("swapped(inputs)", "model(inputs)"),
    )
    return run(code, model=module_of(spec, layers), inputs=inputs)


def difference_of(ran: Ran) -> float:
    """Return the difference that a piece of code has printed first."""
    return float(ran.printed.split("\n", 1)[0].rpartition(" ")[2])


def _exchanged(line: str, names: Mapping[str, str]) -> str:
    for name, other in names.items():
        if name in line:
            return line.replace(name, other)
    return line


def class_parts(spec: NetworkSpec) -> tuple[list[str], list[str], list[str]]:
    """Return the class in the style `module`: its head, what it registers, its `forward`."""
    code = class_code(spec, Style.MODULE)
    steps = [line for lines in code.steps for line in lines]
    return [*code.head], [*code.layers, *code.functions], [*code.forward, *steps]


def linear(spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor, image: int) -> Ran:
    """Compute `nn.Linear` by hand: W x + b for one digit, x W.T + b for the batch."""
    code = join_lines(
        "W, b = model.fc1.weight, model.fc1.bias",
        'print("W", tuple(W.shape), "b", tuple(b.shape))',
        "",
        "# One digit: x is a column of 784 numbers.",
        f"x = inputs[{image}]",
        "one = W @ x + b",
        'print("one digit:", tuple(one.shape))',
        "",
        "# The batch: the digits are rows, and W is transposed.",
        "batch = inputs @ W.T + b",
        'print("the batch:", tuple(batch.shape))',
        "",
        "# nn.Linear does the same.",
        *_difference("batch", "model.fc1(inputs)"),
    )
    return run(code, model=module_of(spec, layers), inputs=inputs)


def named_list(spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor) -> Ran:
    """Give the parts of `nn.Sequential` names, by an `OrderedDict`."""
    parts = []
    for number, (before, after) in enumerate(spec.shapes, start=1):
        parts.append(f'("fc{number}", nn.Linear({before}, {after}))')
        activation = spec.activations[number - 1] if number < len(spec.shapes) else Activation.NONE
        if activation is not Activation.NONE:
            parts.append(f'("{activation.value}{number}", {module_call(activation)})')
    code = join_lines(
        "named = nn.Sequential(OrderedDict([",
        *(f"    {part}," for part in [*parts, '("softmax", nn.Softmax(dim=1))']),
        "]))",
        "# Both call their first weight fc1.weight.",
        "named.load_state_dict(model.state_dict())",
        *_difference("named(inputs)", "model(inputs)"),
        "print(named.fc1 is named[0])",
        "print(list(named.state_dict()))",
    )
    return run(code, model=module_of(spec, layers), inputs=inputs)


def free_names() -> Ran:
    """Write the lesson's first module with names of its own, and an operation on each line."""
    code = join_lines(
        "class DigitClassifier(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        f"        self.hidden = nn.Linear({INPUTS}, 256)",
        f"        self.output = nn.Linear(256, {CLASSES})",
        "        self.sigmoid = nn.Sigmoid()",
        "        self.softmax = nn.Softmax(dim=1)",
        "",
        "    def forward(self, x):",
        "        x = self.hidden(x)",
        "        x = self.sigmoid(x)",
        "        x = self.output(x)",
        "        x = self.softmax(x)",
        "        return x",
        "",
        "net = DigitClassifier()",
        "print(net)",
        "print(tuple(net.hidden.weight.shape))",
        "print(tuple(net.hidden.bias.shape))",
    )
    return run(code)


def function_forms() -> Ran:
    """Write an activation as a module and as functions, the old name among them."""
    code = join_lines(
        "x = torch.tensor([-2.0, 0.0, 2.0])",
        "print(nn.ReLU()(x), F.relu(x), torch.relu(x))",
        "print(nn.Sigmoid()(x))",
        "print(torch.sigmoid(x))",
        "print(F.sigmoid(x))  # the old name",
    )
    return run(code)


def part_of_list(spec: NetworkSpec, layers: Parameters) -> Ran:
    """Take the first part out of an `nn.Sequential`, by its index."""
    code = join_lines(
        "print(model[0])",
        "print(tuple(model[0].weight.shape))",
        "print(model[-1])",
    )
    return run(code, model=module_of(spec, layers, Style.SEQUENTIAL))


def sized_list(spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor) -> Ran:
    """Write the network as a list whose sizes are named at the top, as hyperparameters."""
    names = [
        "input_size",
        *(f"hidden_sizes[{number}]" for number in range(len(spec.hidden))),
        "output_size",
    ]
    listed = list_code(spec)
    lines: list[str] = []
    for (before, after), (_, *following) in zip(itertools.pairwise(names), listed, strict=True):
        lines.append(f"    nn.Linear({before}, {after}),")
        lines += (f"    {line}" for line in following)
    code = join_lines(
        f"input_size = {INPUTS}",
        f"hidden_sizes = {list(spec.hidden)}",
        f"output_size = {CLASSES}",
        "",
        "sized = nn.Sequential(",
        *lines,
        ")",
        "sized.load_state_dict(model.state_dict())",
        *_difference("sized(inputs)", "model(inputs)"),
    )
    return run(code, model=module_of(spec, layers, Style.SEQUENTIAL), inputs=inputs)


def old_forward(spec: NetworkSpec, layers: Parameters, images: torch.Tensor, resized: bool) -> Ran:
    """Send one digit through the network as old notebooks do it.

    Args:
        spec: the network.
        layers: its parameters.
        images: float32 of shape (B, 1, 28, 28); what is run gets a copy.
        resized: whether `resize_` flattens them before.
    """
    count = len(images)
    code = join_lines(
        *([f"images.resize_({count}, 1, {INPUTS})"] if resized else []),
        "print(tuple(images[0, :].shape))",
        "probabilities = model.forward(images[0, :])",
        "print(tuple(probabilities.shape))",
    )
    return run(code, model=module_of(spec, layers), images=images.clone())


def today_forward(spec: NetworkSpec, layers: Parameters, images: torch.Tensor) -> Ran:
    """Send one digit and the whole batch through the network as it is written today.

    Args:
        spec: the network.
        layers: its parameters.
        images: float32 of shape (B, 1, 28, 28).
    """
    code = join_lines(
        "inputs = images.view(images.shape[0], -1)",
        "print(tuple(model(inputs[:1]).shape))  # one digit, still a batch",
        "print(tuple(model(inputs).shape))",
        "print(tuple(images.shape))  # as it was",
    )
    return run(code, model=module_of(spec, layers), images=images)


def resized_wrongly() -> Ran:
    """Resize six numbers to four, which raises nothing; `view` refuses."""
    code = join_lines(
        "six = torch.arange(6)",
        "six.resize_(2, 2)",
        "print(six)  # 4 and 5 are gone",
        "torch.arange(6).view(2, 2)",
    )
    return run(code)
