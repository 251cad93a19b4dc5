"""The scripts of the page of the digits: a batch taken apart, and a loader at work."""

from mnistviz.codegen import parts
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.spec.fields import CLASSES, SIDE
from mnistviz.spec.specs import DigitSpec, NetworkSpec

FILE_NAME = "mnist_digits.py"


def script(network: NetworkSpec, digit: DigitSpec, index: int) -> str:
    """Write the script that takes a batch apart down to one pixel, and flattens it.

    Run by plain `python`, it prints a line for each thing that the page shows, `name: value`.

    Args:
        network: whose first layer the flattened digits go to.
        digit: the digit.
        index: place of the pixel in the flattened digit, 0 to 783.
    """
    row, column = divmod(index, SIDE)
    stored = parts.SETS[digit.split]
    heading = ['"""A batch of MNIST, taken apart axis by axis down to one number."""']
    body = [
        *parts.data_lines(digit),
        *parts.input_lines(digit),
        "",
        *_apart(digit, row, column),
        "",
        *_VALUES,
        "",
        f"index = row * {SIDE} + column",
        'print("index:", index)',
        'print("same number:", inputs[image, index].item() == value.item())',
        'print("same memory:", inputs.data_ptr() == images.data_ptr())',
        "",
        "# Each unit of the first layer has a weight for each of the inputs.",
        f"layer = nn.Linear(inputs.shape[1], {network.sizes[1]})",
        'print("layer:", tuple(layer(inputs).shape), "weights:", layer.weight.numel())',
        "",
        f'print("batch:", torch.bincount(labels, minlength={CLASSES}).tolist())',
        f'print("set:", torch.bincount({stored}.targets, minlength={CLASSES}).tolist())',
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
        'print("inputs:", tuple(inputs.shape))  # one row of numbers for each image',
    ]


_VALUES = [
    "# Back from what the network gets to what is stored.",
    'print(f"after Normalize: {value:.6f}")',
    f"before = value * {STD} + {MEAN}",
    'print(f"after ToTensor: {before:.6f}")',
    'print("stored:", round(before.item() * 255))',
]


def loader_script(digit: DigitSpec, size: int, seed: int, count: int) -> str:
    """Write the script that loops over one loader twice.

    Args:
        digit: of which only the set and its part matter.
        size: digits in a batch.
        seed: of the order.
        count: how many labels of each loop are printed.
    """
    loader = parts.LOADERS[digit.split]
    body = [
        *parts.set_lines(digit.data, [digit.split]),
        "",
        *parts.loader_lines(loader, size, seed, digit.split),
        f"images, labels = next(iter({loader}))  # the first batch",
        f"print(tuple(images.shape), tuple(labels.shape), len({loader}))",
        "",
        f"{loader}.generator.manual_seed({seed})  # back to the start",
        "for number in (1, 2):",
        f"    batches = [labels for images, labels in {loader}]  # each digit once, in a new order",
        f'    print("epoch", number, torch.cat(batches)[:{count}].tolist())',
    ]
    return parts.complete(['"""One loader, looped over twice."""'], body)
