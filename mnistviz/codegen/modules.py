"""The lines of a network of modules: those of its class, and those of `nn.Sequential`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mnistviz.network.activations import FORMS
from mnistviz.spec.fields import INPUTS, Activation, Bias, Init, Style
from mnistviz.spec.specs import NetworkSpec


@dataclass(frozen=True, slots=True)
class ClassCode:
    """The class of a network in its parts, each line indented as in the whole class.

    Attributes:
        head: from `class Network(nn.Module):` to `super().__init__()`.
        layers: for each layer the line that makes it.
        functions: the lines that make the other modules: each activation once, and softmax.
        forward: an empty line and the head of `forward`.
        steps: for each layer its lines in `forward`, one operation a line; the last one returns.
    """

    head: tuple[str, ...]
    layers: tuple[str, ...]
    functions: tuple[str, ...]
    forward: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The whole class."""
        steps = (line for lines in self.steps for line in lines)
        return (*self.head, *self.layers, *self.functions, *self.forward, *steps)


def class_code(
    spec: NetworkSpec, style: Style, logits: bool = False, shapes: bool = False
) -> ClassCode:
    """Write the class of a network.

    Args:
        spec: the network, whatever its own style.
        style: `module`, which registers the functions, or `functional`, which calls them.
        logits: whether it returns logits instead of probabilities.
        shapes: whether comments in `forward` say what shape x has.
    """
    functions, called, softmax = _functions(spec, style, logits)
    layers = (f"self.fc{number} = {line}" for number, line in enumerate(_linears(spec), start=1))
    comment = f"  # x: (batch, {INPUTS})" if shapes else ""
    return ClassCode(
        ("class Network(nn.Module):", "    def __init__(self):", "        super().__init__()"),
        _inside(*layers),
        _inside(*functions),
        ("", f"    def forward(self, x):{comment}"),
        tuple(_inside(*lines) for lines in _steps(spec, called, softmax, shapes)),
    )


def _steps(
    spec: NetworkSpec, called: Mapping[Activation, str], softmax: str, shapes: bool
) -> Iterator[tuple[str, ...]]:
    """Yield for each layer its lines in `forward`, not indented."""
    last = len(spec.shapes)
    for number, (_, units) in enumerate(spec.shapes, start=1):
        comment = f"  # (batch, {units})" if shapes else ""
        call = f"self.fc{number}(x)"
        if number < last:
            function = called.get(spec.activations[number - 1])
            yield f"x = {call}{comment}", *([f"x = {function}(x)"] if function else [])
        elif softmax:
            yield f"x = {call}{comment}", f"return {softmax}"
        else:
            yield (f"return {call}{comment}{', the logits' if shapes else '  # the logits'}",)


def _functions(
    spec: NetworkSpec, style: Style, logits: bool
) -> tuple[list[str], Mapping[Activation, str], str]:
    """Return what a class registers of its functions, what they are called, and softmax's call."""
    if style is Style.FUNCTIONAL:
        called = {one: FORMS[one].functional_code for one in spec.functions}
        return [], called, "" if logits else "F.softmax(x, dim=1)"
    names = {one: f"self.{one.value}" for one in spec.functions}
    made = [f"{name} = {module_call(one)}" for one, name in names.items()]
    softmax = [] if logits else ["self.softmax = nn.Softmax(dim=1)"]
    return [*made, *softmax], names, "" if logits else "self.softmax(x)"


def _inside(*lines: str) -> tuple[str, ...]:
    return tuple(f"        {line}" for line in lines)


def _linears(spec: NetworkSpec) -> list[str]:
    return [f"nn.Linear({inputs}, {outputs})" for inputs, outputs in spec.shapes]


def list_code(spec: NetworkSpec, logits: bool = False) -> list[list[str]]:
    """Write what stands in `nn.Sequential`, not indented: for each layer its lines.

    Args:
        spec: the network, whatever its own style.
        logits: whether it gives logits instead of probabilities.
    """
    *hidden, last = _linears(spec)
    active = [[f"{module_call(one)},"] if one in spec.functions else [] for one in spec.activations]
    ending = [f"{last},  # the logits"] if logits else [f"{last},", "nn.Softmax(dim=1),"]
    steps = ([f"{linear},", *after] for linear, after in zip(hidden, active, strict=True))
    return [*steps, ending]


def place_in_list(spec: NetworkSpec, layer: int) -> int:
    """Return the index that a layer has in `nn.Sequential`.

    Args:
        spec: the network.
        layer: the layer's number, from 1.
    """
    return layer - 1 + sum(one in spec.functions for one in spec.activations[: layer - 1])


def module_call(activation: Activation) -> str:
    """Return how an activation is made as a module: `nn.ReLU()`."""
    return f"nn.{FORMS[activation].module.__name__}()"


def draws_itself(spec: NetworkSpec) -> bool:
    """Tell whether the numbers are those that `nn.Linear` draws when it is made."""
    return spec.init is Init.DEFAULT and spec.bias is Bias.DEFAULT
