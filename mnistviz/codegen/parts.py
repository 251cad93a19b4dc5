"""The parts that all scripts share: imports, the digits, functions of our own as they stand."""

import inspect
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import platformdirs

from mnistviz.digits.mnist import CACHE_VARIABLE, MEAN, STD
from mnistviz.spec.fields import BATCH_SIZE, INPUTS, Data, Split
from mnistviz.spec.specs import DigitSpec

SETS = {Split.TRAIN: "trainset", Split.TEST: "testset"}
"""What a script calls the two parts of MNIST."""

LOADERS = {Split.TRAIN: "trainloader", Split.TEST: "testloader"}

DOWNLOADED = "data"
"""The folder into which a script downloads MNIST."""


def complete(heading: Iterable[str], body: Iterable[str]) -> str:
    """Put a script together: what it is, the imports that it needs, what it does.

    Args:
        heading: the lines of its docstring.
        body: its lines, without imports.
    """
    code = "\n".join(body)
    imports = import_lines(code)
    # One blank line after them, two before a function.
    return "\n".join([*heading, "", *imports, *([""] if imports else []), code, ""])


def import_lines(body: str) -> list[str]:
    """List the imports that the code below needs, and no other."""
    code = re.sub(r"#.*", "", body)

    def uses(name: str) -> bool:
        return re.search(rf"(?<![\w.]){name}\.", code) is not None

    lines = [f"import {name}" for name in ("itertools", "math", "os") if uses(name)]
    if re.search(r"\bPath[.(]", code):
        lines.append("from pathlib import Path")
    lines += [""] if lines else []
    lines += ["import torch"] if uses("torch") else []
    lines += ["import torch.nn.functional as F"] if uses("F") else []
    called = [name for name in ("load_file", "save_file") if f"{name}(" in code]
    lines += [f"from safetensors.torch import {', '.join(called)}"] if called else []
    lines += ["from torch import nn"] if uses("nn") else []
    if uses("datasets"):
        lines.append("from torchvision import datasets, transforms")
    if uses("InterpolationMode"):
        lines.append("from torchvision.transforms import InterpolationMode")
    if uses("vision"):
        lines.append("from torchvision.transforms.v2 import functional as vision")
    return lines


def data_lines(digit: DigitSpec, also: Iterable[Split] = (), learns: bool = False) -> list[str]:
    """Load the batch of a digit: it ends with `images` and `labels`.

    Args:
        digit: which digit, of which part of which set.
        also: other parts that the script needs beside the digit's own.
        learns: whether the script trains a network; then the training digits are needed, and the
            name `trainloader` is left to the training.
    """
    wanted = {digit.split, *also, *([Split.TRAIN] if learns else [])}
    loader = LOADERS[digit.split]
    if learns and digit.split is Split.TRAIN:
        loader = "loader"
    taken = [f"images, labels = next(iter({loader}))  # the first batch"]
    if digit.batch:
        before = [
            f"for _ in range({digit.batch}):",
            "    next(batches)  # skip the batches before it",
        ]
        taken = [
            f"batches = iter({loader})",
            *(before if digit.batch > 1 else ["next(batches)  # the first batch"]),
            f"images, labels = next(batches)  # batch {digit.batch}, counted from 0",
        ]
    return [
        *set_lines(digit.data, wanted),
        "",
        f"# Batches of {BATCH_SIZE}, shuffled by the seed as on the page.",
        *loader_lines(loader, BATCH_SIZE, digit.seed, digit.split),
        *taken,
    ]


def input_lines(digit: DigitSpec) -> list[str]:
    """Flatten the batch: from `images` to `inputs`."""
    shape = f"({digit.batch_length}, 1, 28, 28) becomes ({digit.batch_length}, {INPUTS})"
    return [f"inputs = images.view(images.shape[0], -1)  # {shape}"]


def set_lines(data: Data, splits: Iterable[Split]) -> list[str]:
    """Open parts of a set of digits: `trainset`, `testset`, or both.

    In the folder of this project it is the bundled sample, and the full set is the one that the app
    has downloaded; where these are not, torchvision downloads MNIST.
    """
    opening = "{} = datasets.MNIST(root, train={}, download=True, transform=transform)"
    wanted = set(splits)
    return [
        "transform = transforms.Compose([",
        "    transforms.ToTensor(),  # (1, 28, 28), from 0 to 1",
        f"    transforms.Normalize(({MEAN},), ({STD},)),  # from -1 to 1",
        "])",
        *(_full_root() if data is Data.FULL else _sample_root()),
        *(opening.format(SETS[split], split is Split.TRAIN) for split in Split if split in wanted),
    ]


def _sample_root() -> list[str]:
    folder = "mnistviz/assets"
    return [
        f"# Where {folder} is, as in mnistviz and in its zip to take home: the sample of 5,000",
        "# digits, and the numbers of the page. Anywhere else: all 70,000 of MNIST, which",
        f"# torchvision downloads into the folder {DOWNLOADED}.",
        "# Other digits are drawn from those, so the numbers differ from the page's.",
        f'root = "{folder}" if Path("{folder}").exists() else "{DOWNLOADED}"',
    ]


def _full_root() -> list[str]:
    # Unlike Path.home, expanduser raises nothing where there is no home.
    home, cache = Path(os.path.expanduser("~")), platformdirs.user_cache_path("mnistviz")
    folder = (cache.relative_to(home) if cache.is_relative_to(home) else cache).as_posix()
    return [
        "# All 70,000 digits of MNIST, from where mnistviz keeps them. If they are not there,",
        f"# torchvision downloads them into the folder {DOWNLOADED}.",
        f'kept = Path(os.environ.get("{CACHE_VARIABLE}") or Path.home() / "{folder}")',
        f'root = kept if kept.exists() else "{DOWNLOADED}"',
    ]


def loader_lines(name: str, size: int, seed: int, split: Split = Split.TRAIN) -> list[str]:
    """Make a loader that shuffles.

    Args:
        name: what it is called.
        size: digits of a batch.
        seed: what shuffles them.
        split: which digits.
    """
    generator = f"generator=torch.Generator().manual_seed({seed})"
    return [
        f"{name} = torch.utils.data.DataLoader(",
        f"    {SETS[split]}, batch_size={size}, shuffle=True, {generator}",
        ")",
    ]


def right_lines(labels: str) -> list[str]:
    """Compute `right`, which answers are right, of `logits`, by the rule of `answers.predictions`.

    Args:
        labels: what the labels are called.
    """
    return [
        "largest, answers = torch.softmax(logits, dim=1).topk(2, dim=1)",
        "alone = largest[:, 0] > largest[:, 1]  # a tie is no answer, and neither is NaN",
        f"right = alone & (answers[:, 0] == {labels})",
    ]


def answer_lines(digit: DigitSpec) -> list[str]:
    """Print the ten probabilities of a digit of the batch."""
    return [
        f"# The answer to image {digit.image} of the batch.",
        f"for digit, probability in enumerate(probabilities[{digit.image}].tolist()):",
        '    print(f"{digit}: {probability:.8f}")',
    ]


def source(function: Callable[..., object], name: str = "") -> list[str]:
    """Return a function's source as the lesson writes it, without annotations.

    Args:
        function: whose source.
        name: what it is called there; as it is here if empty.
    """
    text = re.sub(r": torch\.Tensor|\s*-> torch\.Tensor", "", inspect.getsource(function))
    if name:
        text = re.sub(r"\Adef \w+", f"def {name}", text)
    return text.rstrip().splitlines()
