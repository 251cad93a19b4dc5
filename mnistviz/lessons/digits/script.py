"""The scripts of the page of the digits: a batch taken apart, and a loader at work."""

from mnistviz.codegen import parts
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.spec.fields import BATCH_SIZE, CLASSES, SIDE
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "mnist_digits.py"


def script(network: NetworkSpec, digit: DigitSpec, index: int) -> str:
    """Write the script that takes a batch apart down to one pixel, and flattens it.

    Run from the repository root by plain `python`, it prints a line for each thing that the page
    shows, `name: value`.

    Args:
        network: whose first layer the flattened digits go to.
        digit: the digit.
        index: place of the pixel in the flattened digit, 0 to 783.
    """
    row, column = divmod(index, SIDE)
    heading = ['"""A batch of MNIST, taken apart axis by axis down to one number."""']
    body = [
        *parts.data_lines(digit),
        "",
        *_apart(digit, row, column),
        "",
        *_values(),
        "",
        f"index = row * {SIDE} + column",
        'print("index:", index)',
        'print("same number:", inputs[image, index].item() == value.item())',
        'print("same memory:", inputs.data_ptr() == images.data_ptr())',
        "",
        "# Every unit of the first layer meets every one of the inputs.",
        f"layer = nn.Linear(inputs.shape[1], {network.sizes[1]})",
        'print("layer:", tuple(layer(inputs).shape), "weights:", layer.weight.numel())',
        "",
        f'print("batch:", torch.bincount(labels, minlength={CLASSES}).tolist())',
        f'print("set:", torch.bincount(trainset.targets, minlength={CLASSES}).tolist())',
    ]
    return parts.complete(heading, body)


def _apart(digit: DigitSpec, row: int, column: int) -> list[str]:
    length = digit.batch_length
    return [
        f"image, row, column = {digit.image}, {row}, {column}",
        f'print("images:", tuple(images.shape))  # {length} images, 1 channel, rows, columns',
        'print("images[i]:", tuple(images[image].shape))  # 1 channel, rows, columns',
        'print("images[i, 0]:", tuple(images[image, 0].shape))  # rows, columns',
        'print("images[i, 0, row]:", tuple(images[image, 0, row].shape))  # columns',
        "value = images[image, 0, row, column]  # one number",
        f'print("labels:", tuple(labels.shape))  # {length} labels, one for each image',
        'print("label:", labels[image].item())',
        'print("inputs:", tuple(inputs.shape))  # one line of numbers for each image',
    ]


def _values() -> list[str]:
    return [
        "# From what the network gets back to what is stored.",
        'print("after Normalize:", f"{value.item():.6f}")',
        f"unit = value * {STD} + {MEAN}",
        'print("after ToTensor:", f"{unit.item():.6f}")',
        'print("stored:", round(unit.item() * 255))',
    ]


def loader_script(digit: DigitSpec, size: int, seed: int, count: int) -> str:
    """Write the script that lets one loader go through the training digits twice.

    Args:
        digit: of which only the set matters.
        size: digits in a batch.
        seed: of the order.
        count: how many labels of each pass are printed.
    """
    lines = parts.data_lines(DigitSpec(data=digit.data, seed=seed))
    # Up to the loader; with its own batch size, and as one writes it where nothing is there yet.
    loader = "\n".join(lines[1 : lines.index(")", 4) + 1])
    loader = loader.replace(f"batch_size={BATCH_SIZE}", f"batch_size={size}")
    loader = loader.replace("download=False", "download=True")
    body = [
        *loader.splitlines(),
        "images, labels = next(iter(trainloader))  # the first batch",
        "print(tuple(images.shape), tuple(labels.shape), len(trainloader))",
        "",
        f"trainloader.generator.manual_seed({seed})  # back to the start",
        "for number in (1, 2):",
        "    passed = [labels for images, labels in trainloader]  # a loop: one whole pass",
        f'    print("pass", number, torch.cat(passed)[:{count}].tolist())',
    ]
    return parts.complete(['"""Two passes over one loader."""'], body)
