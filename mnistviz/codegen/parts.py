"""The parts that all scripts share: imports, the digits, functions of our own as they stand."""

import inspect
import re
from collections.abc import Callable, Iterable

from mnistviz.digits.mnist import CACHE_VARIABLE, MEAN, STD
from mnistviz.spec.fields import BATCH_SIZE, INPUTS, Data
from mnistviz.spec.specs import DigitSpec


def complete(heading: Iterable[str], body: Iterable[str]) -> str:
    """Put a script together: what it is, the imports that it needs, what it does.

    Args:
        heading: the lines of its docstring.
        body: its lines, without imports.
    """
    code = "\n".join(body)
    return "\n".join([*heading, "", *_imports(code), "", code, ""])


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


def data_lines(digit: DigitSpec) -> list[str]:
    """Load the batch of a digit: it ends with `images`, `labels` and the flat `inputs`."""
    length = digit.batch_length
    first = "iter(trainloader)" if digit.batch == 0 else f"islice(trainloader, {digit.batch}, None)"
    return [
        f"# The data: batches of {BATCH_SIZE}, in the order that the seed shuffles them into.",
        *set_lines(digit.data),
        *loader_lines("trainloader", BATCH_SIZE, digit.seed),
        f"images, labels = next({first})  # batch {digit.batch}",
        "inputs = images.view(images.shape[0], -1)  "
        f"# ({length}, 1, 28, 28) becomes ({length}, {INPUTS})",
    ]


def set_lines(data: Data, with_test: bool = False) -> list[str]:
    """Open a set of digits: `trainset` and, if wanted, `testset`."""
    full = data is Data.FULL
    cache = [
        f'root = os.environ.get("{CACHE_VARIABLE}")',
        'root = root or platformdirs.user_cache_path("mnistviz")',
    ]
    opening = "{}set = datasets.MNIST(root, download={}, train={}, transform=transform)"
    return [
        "transform = transforms.Compose(",
        f"    [transforms.ToTensor(), transforms.Normalize(({MEAN},), ({STD},))]",
        ")",
        *(cache if full else ['root = "mnistviz/assets"']),
        opening.format("train", full, True),
        *([opening.format("test", full, False)] if with_test else []),
    ]


def loader_lines(name: str, size: int, seed: int) -> list[str]:
    """Make a loader of `trainset` that shuffles.

    Args:
        name: what it is called.
        size: digits of a batch.
        seed: what shuffles them.
    """
    return [
        f"{name} = torch.utils.data.DataLoader(",
        "    trainset,",
        f"    batch_size={size},",
        "    shuffle=True,",
        f"    generator=torch.Generator().manual_seed({seed}),",
        ")",
    ]


def source(function: Callable[..., object]) -> list[str]:
    """Return a function's source as the lesson writes it, without annotations."""
    text = re.sub(r": torch\.Tensor|\s*-> torch\.Tensor", "", inspect.getsource(function))
    return text.rstrip().splitlines()
