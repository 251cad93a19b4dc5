"""The script of the clinic: one operation, the digit before and after, and the test digits."""

from collections.abc import Mapping

from mnistviz.codegen import functions, parts, training
from mnistviz.codegen.models import Goal, layer_lines
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.lessons.clinic import weights
from mnistviz.lessons.clinic.operations import CHUNK, TEST_SHIFT, Change, Operation
from mnistviz.lessons.clinic.picture_script import LINES
from mnistviz.spec.fields import INPUTS, Data, Init, Split
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "clinic.py"

_HEADING = [
    '"""An operation on a digit or on a network: what it does to the answers.',
    "",
    "Prints the ten probabilities of a digit before and after, and the share of right answers.",
    '"""',
]

_HEADING_SHUFFLED = [
    '"""A network learns from labels that were shuffled, so that there is no rule to find.',
    "",
    "Prints the ten probabilities of a digit, and the share of right answers on the test digits.",
    '"""',
]

_SHUFFLE = [
    "# The training digits keep their pictures and get each other's labels.",
    "generator = torch.Generator().manual_seed({seed})",
    "order = torch.randperm(len(trainset.targets), generator=generator)",
    "trainset.targets = trainset.targets[order]",
]


def script(network: NetworkSpec, digit: DigitSpec, change: Change) -> str:
    """Write the script of an operation.

    Run by plain `python`, it prints `0: 0.09612345 0.10123456` and so on for the ten digits, before
    and after, and `right answers: 0.0510 0.0950`. A trained network is trained first. With shuffled
    labels there is a single training, on these labels, and one number in the place of two.

    Args:
        network: initial, trained or loaded; for shuffled labels with the training that it gets.
        digit: which one is classified, and of which set.
        change: the operation.

    Raises:
        ValueError: the labels are shuffled, and the network has no training.
    """
    if change.operation is Operation.SHUFFLED_LABELS:
        return _shuffled(network, digit)
    lines = [
        *parts.data_lines(digit, [Split.TEST], learns=network.training is not None),
        "",
        *training.model_lines(network, digit, Goal.PARAMETERS),
        "",
        *layer_lines(network),
        *functions.listed_lines(network),
        "",
        *_function(change),
        *_logits(network, change),
        *_changed(network, change),
    ]
    return parts.complete(_HEADING, [*lines, *_ending(network, digit, change)])


def _shuffled(network: NetworkSpec, digit: DigitSpec) -> str:
    seed = training.training_of(network).seed
    lines = [
        *parts.data_lines(digit, [Split.TEST], learns=True),
        "",
        *(line.format(seed=seed) for line in _SHUFFLE),
        "",
        *training.model_lines(network, digit, Goal.PARAMETERS),
        "",
        *layer_lines(network),
        *functions.listed_lines(network),
        "",
        *_logits(network, Change(Operation.SHUFFLED_LABELS)),
        *_stored(digit),
        "probabilities = torch.softmax(logits_of(pixels, layers), dim=1)[0]",
        "for digit in range(10):",
        '    print(f"{digit}: {probabilities[digit]:.8f}")',
        'print(f"right answers: {accuracy(logits_of(testset.data, layers)):.4f}")',
    ]
    return parts.complete(_HEADING_SHUFFLED, lines)


_PIXELS: Mapping[Operation, str] = {
    Operation.SHIFT: "shift",
    Operation.MOVED_TEST: "shift",
    Operation.ROTATE: "rotate",
    Operation.SCALE: "scale",
    Operation.BLUR: "blur",
    Operation.NOISE: "noise",
    Operation.INVERT: "invert",
    Operation.COVER: "cover",
}
"""What each operation on pictures calls."""


def _function(change: Change) -> list[str]:
    """Write the function that changes pictures; nothing if the change leaves them alone."""
    name = _PIXELS.get(change.operation)
    return ["", *LINES[name].strip().splitlines(), ""] if name else []


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
            return f", {change.strength!r}, {seed}"
        case Operation.COVER:
            return f", {change.row}, {change.column}, {whole}"
    return f", {change.strength!r}"


def _changed(network: NetworkSpec, change: Change) -> list[str]:
    """Write `changed`, what becomes of the layers; the first ones stay as they are."""
    times = "" if change.strength == 1 else f"{change.strength!r} * "
    place = change.layer - 1
    match change.operation:
        case Operation.ZERO_BIASES:
            lines = ["changed = [(weight, torch.zeros_like(bias)) for weight, bias in layers]"]
        case Operation.NOISY_WEIGHTS:
            lines = [
                f"generator = torch.Generator().manual_seed({network.seed})",
                "changed = []",
                "for weight, bias in layers:",
                f"    std = {times}weight.std(correction=0)",
                "    noise = std * torch.randn(weight.shape, generator=generator)",
                "    changed.append((weight + noise, bias))",
            ]
        case Operation.ZERO_LAYER if change.layer <= len(network.shapes):
            lines = [
                "changed = list(layers)",
                f"weight, bias = layers[{place}]",
                f"changed[{place}] = (torch.zeros_like(weight), torch.zeros_like(bias))",
            ]
        case Operation.UNITS_OFF if change.layer <= len(network.hidden):
            lines = _units_off(network, change)
        case Operation.ROUND:
            lines = _rounded(network, int(change.strength))
        case _:
            return []
    return [*lines, ""]


def _units_off(network: NetworkSpec, change: Change) -> list[str]:
    place, units = change.layer - 1, network.hidden[change.layer - 1]
    count = weights.off_count(units, change.strength / 100)
    return [
        f"generator = torch.Generator().manual_seed({network.seed})",
        f"off = torch.randperm({units}, generator=generator)[:{count}]  # which units are off",
        "changed = [(weight.clone(), bias.clone()) for weight, bias in layers]",
        f"weight, bias = changed[{place}]",
        "weight[off] = 0  # nothing reaches them,",
        "bias[off] = 0",
        f"next_weight, _ = changed[{place + 1}]",
        "next_weight[:, off] = 0  # and nothing comes from them",
    ]


def _rounded(network: NetworkSpec, bits: int) -> list[str]:
    levels = 2 ** (bits - 1) - 1
    divided = f" / {levels}" if levels > 1 else ""
    # A layer whose weights are all 0 has no step.
    may_be_zero = network.loaded or network.init in (Init.ZEROS, Init.CONSTANT)
    guard = ["    if step == 0:", "        step = 1.0  # all weights are 0, and stay 0"]
    return [
        f"# {bits} bits: each weight becomes one of {2 * levels + 1} multiples of a step.",
        "changed = []",
        "for weight, bias in layers:",
        f"    step = weight.abs().max(){divided}",
        *(guard if may_be_zero else []),
        "    changed.append(((weight / step).round() * step, bias))",
    ]


def _logits(network: NetworkSpec, change: Change) -> list[str]:
    """Write `logits_of(pixels, layers)` and `accuracy(logits)`."""
    raw = change.operation is Operation.RAW_INPUTS
    loop, active = "    for weight, bias in layers:", []
    if network.has_activation:
        loop = "    for number, (weight, bias) in enumerate(layers, start=1):"
        call = functions.in_loop(network)
        active = ["        if number < len(layers):", f"            x = {call}(x)"]
    normalized = f"x = (x - {MEAN}) / {STD}  # from -1 to 1"
    return [
        "",
        f"def logits_of(pixels, layers{', normalize=True' if raw else ''}):",
        '    """Run digits as they are stored, (digits, 28, 28), through the layers."""',
        f"    x = pixels.view(len(pixels), {INPUTS}) / 255  # from 0 to 1",
        *(["    if normalize:", f"        {normalized}"] if raw else [f"    {normalized}"]),
        loop,
        "        x = F.linear(x, weight, bias)",
        *active,
        "    return x",
        "",
        "",
        "def accuracy(logits):",
        '    """Return the share of the test digits that get the right answer."""',
        *(f"    {line}" for line in parts.right_lines("testset.targets")),
        "    return right.float().mean()",
        "",
        "",
    ]


def _after(network: NetworkSpec, change: Change, pixels: str) -> str:
    """Return the call that makes logits of some pixels after the operation."""
    name = _PIXELS.get(change.operation)
    if name:
        pixels = f"{name}({pixels}{_arguments(change, network.seed)})"
        return f"logits_of({pixels}, layers)"
    if change.operation is Operation.RAW_INPUTS:
        return f"logits_of({pixels}, layers, normalize=False)"
    is_changed = bool(_changed(network, change))
    return f"logits_of({pixels}, {'changed' if is_changed else 'layers'})"


def _stored(digit: DigitSpec) -> list[str]:
    """Write `pixels`, the digit as it is stored."""
    return [
        f"# Image {digit.image} as it is stored, from 0 to 255.",
        f"pixels = ((images[{digit.image}] * {STD} + {MEAN}) * 255).round().to(torch.uint8)",
    ]


def _ending(network: NetworkSpec, digit: DigitSpec, change: Change) -> list[str]:
    twice = ["after = torch.softmax(after.view(1, -1), dim=1)[0]  # softmax once more"]
    tests, noisy = "testset.data", []
    if change.operation is Operation.NOISE and digit.data is Data.FULL:
        noisy = [
            f"# The noise is drawn anew for each {CHUNK} digits, as on the page.",
            "noisy = [",
            f"    noise(some, {change.strength!r}, {network.seed} + number)",
            f"    for number, some in enumerate(testset.data.split({CHUNK}))",
            "]",
        ]
    after = "logits_of(torch.cat(noisy), layers)" if noisy else _after(network, change, tests)
    return [
        *_stored(digit),
        "before = torch.softmax(logits_of(pixels, layers), dim=1)[0]",
        f"after = torch.softmax({_after(network, change, 'pixels')}, dim=1)[0]",
        *(twice if change.operation is Operation.DOUBLE_SOFTMAX else []),
        "for digit in range(10):",
        '    print(f"{digit}: {before[digit]:.8f} {after[digit]:.8f}")',
        "",
        *noisy,
        f"right_before = accuracy(logits_of({tests}, layers))",
        f"right_after = accuracy({after})",
        'print(f"right answers: {right_before:.4f} {right_after:.4f}")',
    ]
