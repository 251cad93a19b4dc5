"""Pieces of code about modules, run for their output or their error."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import torch
from torch import nn

from mnistviz.codegen.modules import class_code, module_call
from mnistviz.lessons.tries import Ran, run
from mnistviz.network.parameters import Parameters
from mnistviz.network.styles import build
from mnistviz.spec.fields import CLASSES, INPUTS, Style
from mnistviz.spec.specs import NetworkSpec


def module_of(spec: NetworkSpec, layers: Parameters, style: Style = Style.MODULE) -> nn.Module:
    """Return the network as one of the three styles that are an `nn.Module`."""
    model = build(replace(spec, style=style), layers)
    assert isinstance(model, nn.Module)
    return model


OMISSIONS = ("super", "forward", "registering")
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


_OMISSIONS: Mapping[str, Callable[[str, bool], str]] = MappingProxyType(
    dict(zip(OMISSIONS, (_without_super, _without_forward, _without_registering), strict=True))
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
    """Turn the lines of `__init__` upside down: the same output, another print."""
    head, registered, forward = class_parts(spec)
    code = join_lines(
        *head,
        *reversed(registered),
        *forward,
        "",
        "turned = Network()",
        "# The same numbers, by name.",
        "turned.load_state_dict(model.state_dict())",
        *_difference("turned(inputs)", "model(inputs)"),
        "print(turned)",
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
    """Compute `nn.Linear` by hand: W x + b for one picture, x W.T + b for the batch."""
    code = join_lines(
        "W, b = model.fc1.weight, model.fc1.bias",
        'print("W", tuple(W.shape), "b", tuple(b.shape))',
        "",
        "# One picture: x is a column of 784 numbers.",
        f"x = inputs[{image}]",
        "one = W @ x + b",
        'print("one picture:", tuple(one.shape))',
        "",
        "# The batch: pictures lie in rows, and W is turned.",
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
        if spec.has_activation and number < len(spec.shapes):
            call = module_call(spec.activation)
            parts.append(f'("{spec.activation.value}{number}", {call})')
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
    """Write the lesson's first module, with names of its own."""
    code = join_lines(
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        f"        self.hidden = nn.Linear({INPUTS}, 256)",
        f"        self.output = nn.Linear(256, {CLASSES})",
        "        self.sigmoid = nn.Sigmoid()",
        "        self.softmax = nn.Softmax(dim=1)",
        "",
        "    def forward(self, x):",
        "        x = self.sigmoid(self.hidden(x))",
        "        return self.softmax(self.output(x))",
        "",
        "net = Network()",
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
