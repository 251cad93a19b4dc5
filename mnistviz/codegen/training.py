"""The code that trains a network, exactly as the app does."""

from collections.abc import Iterable

from mnistviz.codegen.models import Goal, made_lines, parameter_names, run_lines
from mnistviz.codegen.parts import data_lines, input_lines, loader_lines, right_lines, source
from mnistviz.spec.fields import Augment, Optimizer, Split, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.training import augmentation
from mnistviz.training.learners import BETAS, EPS, MOMENTUM


def training_lines(network: NetworkSpec, with_test: bool = False) -> list[str]:
    """Train the network that `codegen.models.made_lines` has written.

    Args:
        network: it, with its training.
        with_test: whether the test digits are asked after each epoch.
    """
    training = training_of(network)
    tensors = network.style is Style.TENSORS
    return [
        # Two blank lines after a function.
        *([""] if tensors else []),
        "# The training: in each epoch all training digits once, in a new order.",
        *loader_lines("trainloader", training.batch_size, training.seed),
        *(_tensors_start(network) if tensors else _modules_start(training)),
        *(_augment(training) if training.augment is not Augment.NONE else []),
        *(_test(network) if with_test else []),
        "",
        "",
        *_train(network, with_test),
        "",
        "",
        "# One thread adds numbers up in one order only, so each run ends in the same weights.",
        "torch.set_num_threads(1)",
        "train()",
        *(_tensors_end() if tensors else []),
    ]


def training_of(network: NetworkSpec) -> TrainSpec:
    """Return the training of a network.

    Raises:
        ValueError: it has none.
    """
    if network.training is None:
        raise ValueError("a network without a training")
    return network.training


def _modules_start(training: TrainSpec) -> list[str]:
    match training.optimizer:
        case Optimizer.SGD:
            call = f"SGD(model.parameters(), lr={training.lr!r})"
        case Optimizer.MOMENTUM:
            call = f"SGD(model.parameters(), lr={training.lr!r}, momentum={MOMENTUM!r})"
        case Optimizer.ADAM:
            call = f"Adam(model.parameters(), lr={training.lr!r})"
    return [
        "# CrossEntropyLoss takes the softmax itself, so the model ends in its logits. Ending in",
        "# probabilities, it would have softmax taken twice, and learn more slowly.",
        "criterion = nn.CrossEntropyLoss()",
        f"optimizer = torch.optim.{call}",
    ]


def _tensors_start(network: NetworkSpec) -> list[str]:
    zeros = "[torch.zeros_like(w) for w in parameters]"
    states = {
        Optimizer.SGD: [],
        Optimizer.MOMENTUM: [f"velocities = {zeros}"],
        Optimizer.ADAM: [f"means = {zeros}", f"squares = {zeros}"],
    }
    return [
        "parameters = [",
        *(f"    {weights}, {bias}," for weights, bias in parameter_names(network)),
        "]",
        "for w in parameters:",
        "    w.requires_grad_()  # autograd records what is computed from it, for its gradient",
        *states[training_of(network).optimizer],
        "",
        "",
        "def cross_entropy(logits, labels):",
        '    """Average -log(p) over a batch, where p is the probability of the true digit."""',
        "    log_p = torch.log_softmax(logits, dim=1)  # stays exact where p would round to 0",
        "    return -log_p[torch.arange(len(labels)), labels].mean()",
    ]


def _tensors_end() -> list[str]:
    return ["for w in parameters:", "    w.requires_grad_(False)  # the training is over"]


def _names(network: NetworkSpec) -> tuple[str, str]:
    """Return what the script calls the network and the loss."""
    tensors = network.style is Style.TENSORS
    return ("network", "cross_entropy") if tensors else ("model", "criterion")


def _augment(training: TrainSpec) -> list[str]:
    seed = augmentation.chance_seed(training.seed)
    return [
        "# What makes each epoch show the digits in other forms.",
        f"forms = torch.Generator().manual_seed({seed})",
        "",
        "",
        *source(augmentation.augment),
    ]


def _test(network: NetworkSpec) -> list[str]:
    model, loss = _names(network)
    return [
        "",
        "",
        "def test(epoch):",
        '    """Print loss and accuracy on the test digits, from which nothing is learned."""',
        "    with torch.no_grad():",
        f"        logits = {model}(test_inputs)",
        f"        loss = {loss}(logits, test_labels).item()",
        *(f"    {line}" for line in right_lines("test_labels")),
        "    accuracy = right.sum().item() / len(right)",
        '    print(f"epoch {epoch}: test loss {loss:.8g}, test accuracy {accuracy:.8g}")',
    ]


def _train(network: NetworkSpec, with_test: bool) -> list[str]:
    training, tensors = training_of(network), network.style is Style.TENSORS
    counts = with_test or (tensors and training.optimizer is Optimizer.ADAM)
    model, loss = _names(network)
    stop = "# infinite or NaN: the training has broken down"
    stopped = [
        f"            if not torch.isfinite(loss):  {stop}",
        '                print(f"step {step}: the loss is infinite or NaN")',
        "                test(epoch)",
        "                return",
    ]
    quiet = ["            if not torch.isfinite(loss):", f"                return  {stop}"]
    draws = f"torch.rand({augmentation.DRAWS}, len(images), generator=forms)"
    varied = [f"            images = augment(images, {draws})"]
    epochs = f"range(1, {training.epochs + 1})" if with_test else f"range({training.epochs})"
    name = "epoch" if with_test else "_"
    return [
        "def train():",
        *(["    step = 0"] if counts else []),
        f"    for {name} in {epochs}:",
        "        for images, labels in trainloader:",
        *(varied if training.augment is not Augment.NONE else []),
        f"            logits = {model}(images.view(images.shape[0], -1))",
        f"            loss = {loss}(logits, labels)",
        *(["            step += 1"] if counts else []),
        *(stopped if with_test else quiet),
        *(f"            {line}" for line in (_by_hand(training) if tensors else _by_optimizer())),
        *(["        test(epoch)"] if with_test else []),
    ]


def _by_optimizer() -> list[str]:
    return ["optimizer.zero_grad()", "loss.backward()", "optimizer.step()"]


def _by_hand(training: TrainSpec) -> list[str]:
    """Change the parameters as `training.learners.TensorLearner` does, operation by operation."""
    lr, (first, second) = repr(training.lr), BETAS
    match training.optimizer:
        case Optimizer.SGD:
            loop, update = "w in parameters", [f"w -= {lr} * w.grad"]
        case Optimizer.MOMENTUM:
            loop = "w, velocity in zip(parameters, velocities, strict=True)"
            update = [
                f"velocity *= {MOMENTUM!r}",
                "velocity += w.grad",
                f"w -= {lr} * velocity",
            ]
        case Optimizer.ADAM:
            loop = "w, mean, square in zip(parameters, means, squares, strict=True)"
            update = [
                f"mean *= {first!r}",
                f"mean += (1 - {first!r}) * w.grad",
                f"square *= {second!r}",
                f"square += (1 - {second!r}) * w.grad * w.grad",
                "# Both averages start at 0, so they are too small at first: correct that.",
                f"m, s = mean / (1 - {first!r}**step), square / (1 - {second!r}**step)",
                f"w -= {lr} * (m / (torch.sqrt(s) + {EPS!r}))",
            ]
    return [
        "loss.backward()",
        "with torch.no_grad():",
        f"    for {loop}:",
        *(f"        {line}" for line in update),
        "        w.grad = None",
    ]


def model_lines(
    network: NetworkSpec, digit: DigitSpec, goal: Goal = Goal.PROBABILITIES
) -> list[str]:
    """Write the network in its style, train it if it is trained, and run it.

    Args:
        network: it, in its style.
        digit: of its batch are the `inputs`.
        goal: what the script wants; the lines end in `probabilities`, in `logits`, or in the model.

    Raises:
        ValueError: the network was trained on another set than the digit's.
    """
    learning: list[str] = []
    if network.training is not None:
        if network.training.data is not digit.data:
            raise ValueError(f"trained on {network.training.data}, asked on {digit.data}")
        learning = ["", *training_lines(network)]
    run = run_lines(network, digit.batch_length, goal)
    return [*made_lines(network, goal), *learning, *(["", *run] if run else [])]


def opening_lines(
    network: NetworkSpec,
    digit: DigitSpec,
    goal: Goal = Goal.PROBABILITIES,
    also: Iterable[Split] = (),
) -> list[str]:
    """Write what most scripts begin with: the batch as `inputs`, then `model_lines`.

    Args:
        network: it, in its style.
        digit: whose batch.
        goal: see `model_lines`.
        also: parts of the set that the script needs beside the digit's own and the training's.

    Raises:
        ValueError: the network was trained on another set than the digit's.
    """
    return [
        *data_lines(digit, also, learns=network.training is not None),
        *input_lines(digit),
        "",
        *model_lines(network, digit, goal),
    ]
