"""The lines of a network of modules: those of its class, and those of `nn.Sequential`."""

from collections.abc import Iterator
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
        functions: the lines that make the other modules.
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
    functions, function, softmax = _functions(spec, style, logits)
    layers = (f"self.fc{number} = {line}" for number, line in enumerate(_linears(spec), start=1))
    comment = f"  # x: (batch, {INPUTS})" if shapes else ""
    return ClassCode(
        ("class Network(nn.Module):", "    def __init__(self):", "        super().__init__()"),
        _inside(*layers),
        _inside(*functions),
        ("", f"    def forward(self, x):{comment}"),
        tuple(_inside(*lines) for lines in _steps(spec, function, softmax, shapes)),
    )


def _steps(
    spec: NetworkSpec, function: str, softmax: str, shapes: bool
) -> Iterator[tuple[str, ...]]:
    """Yield for each layer its lines in `forward`, not indented."""
    last = len(spec.shapes)
    for number, (_, units) in enumerate(spec.shapes, start=1):
        comment = f"  # (batch, {units})" if shapes else ""
        call = f"self.fc{number}(x)"
        if number < last:
            yield f"x = {call}{comment}", *([f"x = {function}(x)"] if function else [])
        elif softmax:
            yield f"x = {call}{comment}", f"return {softmax}"
        else:
            yield (f"return {call}{comment}{', the logits' if shapes else '  # the logits'}",)


def _functions(spec: NetworkSpec, style: Style, logits: bool) -> tuple[list[str], str, str]:
    """Return what a class registers of its functions, its activation, and its call of softmax."""
    if style is Style.FUNCTIONAL:
        called = FORMS[spec.activation].functional_code if spec.has_activation else ""
        return [], called, "" if logits else "F.softmax(x, dim=1)"
    name = f"self.{spec.activation.value}" if spec.has_activation else ""
    activation = [f"{name} = {module_call(spec.activation)}"] if name else []
    softmax = [] if logits else ["self.softmax = nn.Softmax(dim=1)"]
    return [*activation, *softmax], name, "" if logits else "self.softmax(x)"


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
    active = [f"{module_call(spec.activation)},"] if spec.has_activation else []
    ending = [f"{last},  # the logits"] if logits else [f"{last},", "nn.Softmax(dim=1),"]
    return [*([f"{linear},", *active] for linear in hidden), ending]


def place_in_list(spec: NetworkSpec, layer: int) -> int:
    """Return the index that a layer has in `nn.Sequential`.

    Args:
        spec: the network.
        layer: the layer's number, from 1.
    """
    return (layer - 1) * (2 if spec.has_activation else 1)


def module_call(activation: Activation) -> str:
    """Return how an activation is made as a module: `nn.ReLU()`."""
    return f"nn.{FORMS[activation].module.__name__}()"


def draws_itself(spec: NetworkSpec) -> bool:
    """Tell whether the numbers are those that `nn.Linear` draws when it is made."""
    return spec.init is Init.DEFAULT and spec.bias is Bias.DEFAULT
