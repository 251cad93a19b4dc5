"""The script that fine-tunes a network with a set of one's own, as the app does."""

from mnistviz.codegen import models, parts
from mnistviz.digits.own_set import FIFTH, OwnSet
from mnistviz.network.files import saving
from mnistviz.spec.fields import Data, Optimizer, Split, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.fine_tuning import Settings, batch_size, split

FILE_NAME = "train_on.py"

FOLDER = "own"
"""Where the script looks for the unpacked set."""

RESULT = "mnist_own.safetensors"
"""What the script writes."""

_HEADING = [
    '"""The network {network} learns digits of your own.',
    "",
    "Prints which share of the digits it reads correctly, at first and after each epoch.",
    '"""',
]

_OWN = [
    "",
    "# The set as it was downloaded from the page, unpacked into the folder own.",
    f'own = datasets.MNIST("{FOLDER}", download=False, transform=transform)',
]

_HELD = [
    f"# About a fifth is held back: the digits whose gray levels add up to a multiple of {FIFTH}.",
    f"held = own.data.sum(dim=(1, 2)) % {FIFTH} == 0",
    "learned = torch.utils.data.Subset(own, (~held).nonzero().flatten().tolist())",
    "held_back = torch.utils.data.Subset(own, held.nonzero().flatten().tolist())",
]

_TEST = [
    "",
    "",
    "def accuracy(digits):",
    '    """Return the share of digits that the model reads correctly."""',
    "    loader = torch.utils.data.DataLoader(digits, batch_size=len(digits))",
    "    images, labels = next(iter(loader))  # one batch with all of them",
    "    with torch.no_grad():",
    "        logits = model(images.view(len(images), -1))",
    *(f"    {line}" for line in parts.right_lines("labels")),
    "    return right.sum().item() / len(right)",
    "",
    "",
    "def report(epoch):",
]


def script(spec: NetworkSpec, own: OwnSet, settings: Settings) -> str:
    """Write the script of a fine-tuning.

    Run with the unpacked set in the folder `own` and the weights under their `saving.file_name`, it
    prints lines as `epoch 1: learned 0.92, held back 0.75, test 0.91` (without the middle if
    nothing is held back), and writes what came out as `mnist_own.safetensors`. The numbers are
    those of the app in the root of the repository.

    Args:
        spec: the network that is trained on.
        own: the set.
        settings: how it is trained.
    """
    learned, held = split(own, settings)
    lines = [
        "torch.set_num_threads(1)  # sums in one order only: each run ends in the same weights",
        "",
        *parts.set_lines(Data.SAMPLE, Split if settings.mixed else [Split.TEST]),
        *_OWN,
        *(["", *_HELD] if len(held) else ["learned = own  # all of them"]),
        "",
        *_network(spec),
        *_report(bool(len(held))),
        "",
        "",
        "criterion = nn.CrossEntropyLoss()",
        f"optimizer = torch.optim.{_optimizer(settings)}",
        *_loop(settings, batch_size(len(learned))),
        "",
        f'save_file(model.state_dict(), "{RESULT}")',
    ]
    heading = [_HEADING[0].format(network=spec.architecture), *_HEADING[1:]]
    return parts.complete(heading, lines)


def _network(spec: NetworkSpec) -> list[str]:
    """Write the network with layers of the file's names, and load the file into it."""
    style = Style.FUNCTIONAL if spec.style is Style.FUNCTIONAL else Style.MODULE
    plain = NetworkSpec(style, spec.hidden, spec.activation, training=TrainSpec())
    # It is loaded next: no seed need be set.
    lines = (line for line in models.made_lines(plain) if "manual_seed" not in line)
    return [
        *lines,
        f'model.load_state_dict(load_file("{saving.file_name(spec)}"))',
    ]


def _report(held: bool) -> list[str]:
    learned, test = "learned {accuracy(learned):.8g}", "test {accuracy(testset):.8g}"
    if not held:
        return [*_TEST, f'    print(f"epoch {{epoch}}: {learned}, {test}")']
    return [
        *_TEST,
        f'    print(f"epoch {{epoch}}: {learned}, "',
        f'          f"held back {{accuracy(held_back):.8g}}, {test}")',
    ]


def _optimizer(settings: Settings) -> str:
    name = "Adam" if settings.optimizer is Optimizer.ADAM else "SGD"
    return f"{name}(model.parameters(), lr={settings.lr!r})"


def _loop(settings: Settings, size: int) -> list[str]:
    mixed = [
        "    # As many of MNIST's, different ones each time, so that it does not forget those.",
        "    others = torch.randperm(len(trainset), generator=drawn)[: len(learned)].tolist()",
        "    others = torch.utils.data.Subset(trainset, others)",
        "    digits = torch.utils.data.ConcatDataset([learned, others])",
    ]
    seeded = f"torch.Generator().manual_seed({settings.seed})"
    digits = "digits" if settings.mixed else "learned"
    return [
        f"shuffled = {seeded}",
        *([f"drawn = {seeded}"] if settings.mixed else []),
        "report(0)",
        f"for epoch in range(1, {settings.epochs + 1}):",
        *(mixed if settings.mixed else []),
        "    loader = torch.utils.data.DataLoader(",
        f"        {digits}, batch_size={size}, shuffle=True, generator=shuffled",
        "    )",
        "    for images, labels in loader:",
        "        loss = criterion(model(images.view(len(images), -1)), labels)",
        "        optimizer.zero_grad()",
        "        loss.backward()",
        "        optimizer.step()",
        "    report(epoch)",
    ]
