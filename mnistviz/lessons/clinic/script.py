"""The script of the clinic: one operation, the digit before and after, and the test digits."""

import inspect
import re
from collections.abc import Callable, Mapping

from mnistviz.codegen import parts, training
from mnistviz.codegen.models import layer_lines
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.lessons.clinic import pictures, weights
from mnistviz.lessons.clinic.operations import CHUNK, TEST_SHIFT, Change, Operation
from mnistviz.network.activations import FORMS
from mnistviz.spec.fields import INPUTS
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "clinic.py"

_HEADING = [
    '"""An operation on a digit or on a network: what it does to the answers.',
    "",
    "It prints the ten probabilities of a digit before and after, and the share of right answers.",
    '"""',
]

_SHUFFLE = [
    "generator = torch.Generator().manual_seed({seed})",
    "order = torch.randperm(len(trainset.targets), generator=generator)",
    "trainset.targets = trainset.targets[order]  # the labels, dealt out by chance",
    'print("first labels:", trainset.targets[:10].tolist())',
]


def script(network: NetworkSpec, digit: DigitSpec, change: Change) -> str:
    """Write the script of an operation.

    Run from the repository root by plain `python`, it prints `0: 0.09612345 0.10123456` and so on
    for the ten digits, before and after, and `right answers: 0.0510 0.0950`. A trained network is
    trained first. For shuffled labels, a training of its own, it prints
    the first ten labels after the shuffle instead.

    Args:
        network: initial or trained.
        digit: which one is classified, and of which set.
        change: the operation.
    """
    data = parts.data_lines(digit)
    if change.operation is Operation.SHUFFLED_LABELS:
        seed = network.training.seed if network.training else digit.seed
        shuffle = [line.format(seed=seed) for line in _SHUFFLE]
        return parts.complete(_HEADING, [*data, "", *shuffle])
    lines = [*data, "", *training.model_lines(network, digit), "", *layer_lines(network)]
    lines += [*_operation(network, change), "", *_classify(network, change)]
    return parts.complete(_HEADING, [*lines, *_ending(digit)])


def _source(function: Callable[..., object]) -> list[str]:
    """Return a function as one writes it for oneself: without annotations."""
    types = r": (?:torch\.Tensor|int|float)(?=[,)\s=])|\s*-> torch\.Tensor"
    text = re.sub(types, "", inspect.getsource(function))
    return text.rstrip().splitlines()


_PIXELS: Mapping[Operation, Callable[..., object]] = {
    Operation.SHIFT: pictures.shift,
    Operation.MOVED_TEST: pictures.shift,
    Operation.ROTATE: pictures.rotate,
    Operation.SCALE: pictures.scale,
    Operation.BLUR: pictures.blur,
    Operation.NOISE: pictures.noise,
    Operation.INVERT: pictures.invert,
    Operation.COVER: pictures.cover,
}
"""What each operation on pictures calls: the very functions of this project."""


def _operation(network: NetworkSpec, change: Change) -> list[str]:
    """Write `operate(pixels, number)` and `changed`, the layers after the operation."""
    function = _PIXELS.get(change.operation)
    lines = ["", *_source(function), "", ""] if function else []
    call = (
        f"{function.__name__}(pixels{_arguments(change, network.seed)})" if function else "pixels"
    )
    return [
        *lines,
        "def operate(pixels, number):",
        f"    return {call}",
        "",
        "",
        *_changed(network, change),
    ]


def _arguments(change: Change, seed: int) -> str:
    whole = int(change.strength)
    match change.operation:
        case Operation.SHIFT:
            return f", {whole}, {change.down}"
        case Operation.MOVED_TEST:
            return f", {TEST_SHIFT}, 0"
        case Operation.INVERT:
            return ""
        case Operation.NOISE:
            return f", {change.strength!r}, {seed} + number"
        case Operation.COVER:
            return f", {change.row}, {change.column}, {whole}"
    return f", {change.strength!r}"


def _changed(network: NetworkSpec, change: Change) -> list[str]:
    """Write what becomes of the layers; copies, the first ones stay as they are."""
    seeded = f"generator = torch.Generator().manual_seed({network.seed})"
    place = change.layer - 1
    match change.operation:
        case Operation.ZERO_BIASES:
            return ["changed = [(weight, torch.zeros_like(bias)) for weight, bias in layers]"]
        case Operation.NOISY_WEIGHTS:
            return [
                seeded,
                "changed = []",
                "for weight, bias in layers:",
                f"    spread = {change.strength!r} * weight.std(correction=0)",
                "    noise = spread * torch.randn(weight.shape, generator=generator)",
                "    changed.append((weight + noise, bias))",
            ]
        case Operation.ZERO_LAYER if change.layer <= len(network.shapes):
            return [
                "changed = list(layers)",
                f"changed[{place}] = tuple(torch.zeros_like(values) for values in layers[{place}])",
            ]
        case Operation.UNITS_OFF if change.layer <= len(network.hidden):
            count = weights.off_count(network.hidden[place], change.strength / 100)
            return [
                seeded,
                f"off = torch.randperm({network.hidden[place]}, generator=generator)[:{count}]",
                "changed = [(weight.clone(), bias.clone()) for weight, bias in layers]",
                f"for values in changed[{place}]:",
                "    values[off] = 0  # what the units get",
                f"changed[{place + 1}][0][:, off] = 0  # what the next layer gets of them",
            ]
        case Operation.ROUND:
            return [
                "changed = []",
                "for weight, bias in layers:",
                f"    step = weight.abs().max() / {2 ** (int(change.strength) - 1) - 1}",
                "    step = step if step > 0 else 1.0",
                "    changed.append(((weight / step).round() * step, bias))",
            ]
    return ["changed = layers"]


def _classify(network: NetworkSpec, change: Change) -> list[str]:
    """Write `logits_of(pixels, layers)` and what makes probabilities of logits."""
    raw = change.operation is Operation.RAW_INPUTS
    double = change.operation is Operation.DOUBLE_SOFTMAX
    loop, active = "    for weight, bias in layers:", []
    if network.has_activation:
        loop = "    for number, (weight, bias) in enumerate(layers, start=1):"
        call = FORMS[network.activation].functional_code
        active = ["        if number < len(layers):", f"            x = {call}(x)"]
    normalized = f"(x - {MEAN}) / {STD}"
    once = "torch.softmax(logits, dim=1)"
    return [
        "",
        f"def logits_of(pixels, layers{', raw=False' if raw else ''}):",
        f"    x = pixels.view(len(pixels), {INPUTS}) / 255",
        f"    x = {'x if raw else ' if raw else ''}{normalized}",
        loop,
        "        x = F.linear(x, weight, bias)",
        *active,
        "    return x",
        "",
        "",
        "def after(pixels, number):",
        f"    return logits_of(operate(pixels, number), changed{', raw=True' if raw else ''})",
        "",
        "",
        "def probabilities_of(logits):",
        f"    return {f'torch.softmax({once}, dim=1)' if double else once}",
        "",
    ]


def _ending(digit: DigitSpec) -> list[str]:
    return [
        "",
        f"pixels = ((images[{digit.image}] * {STD} + {MEAN}) * 255).round().to(torch.uint8)",
        "before = torch.softmax(logits_of(pixels, layers), dim=1)[0]",
        "changed_to = probabilities_of(after(pixels, 0))[0]",
        "for digit in range(10):",
        '    print(f"{digit}: {before[digit]:.8f} {changed_to[digit]:.8f}")',
        "",
        "testset = datasets.MNIST(root, download=False, train=False)",
        "right = torch.zeros(2)",
        f"chunks = testset.data.split({CHUNK}), testset.targets.split({CHUNK})",
        "for number, (pixels, labels) in enumerate(zip(*chunks)):",
        "    answers = logits_of(pixels, layers), after(pixels, number)",
        "    right += torch.tensor([(each.argmax(1) == labels).sum() for each in answers])",
        "right /= len(testset)",
        'print(f"right answers: {right[0]:.4f} {right[1]:.4f}")',
    ]
