"""The code that trains a network, exactly as the app does."""

from mnistviz.codegen.models import (
    made_lines,
    parameter_names,
    run_lines,
)
from mnistviz.codegen.parts import loader_lines
from mnistviz.spec.fields import Optimizer, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
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
        "# The training: all digits once per epoch, each time in another order.",
        *loader_lines("learnloader", training.batch_size, training.seed),
        *(_tensors_start(network) if tensors else _modules_start(training)),
        *(_test(network) if with_test else []),
        "",
        "",
        *_train(network, with_test),
        "",
        "",
        "# One thread: with networks of this size it is fast, and the sums have one order only.",
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
        "# CrossEntropyLoss wants logits and takes their softmax itself, so the model has none: of",
        "# probabilities it would take the softmax once more, and learn little from the outcome.",
        "criterion = nn.CrossEntropyLoss()",
        f"optimizer = torch.optim.{call}",
    ]


def _tensors_start(network: NetworkSpec) -> list[str]:
    first, *more = parameter_names(network)
    zeros = "[torch.zeros_like(w) for w in parameters]"
    states = {
        Optimizer.SGD: [],
        Optimizer.MOMENTUM: [f"velocities = {zeros}"],
        Optimizer.ADAM: [f"means = {zeros}", f"squares = {zeros}"],
    }
    return [
        f"parameters = [{', '.join(first)}]",
        *(f"parameters += [{', '.join(names)}]" for names in more),
        "for w in parameters:",
        "    w.requires_grad_()  # PyTorch records what is done with it, to find the gradients",
        *states[training_of(network).optimizer],
        "",
        "",
        "def cross_entropy(logits, labels):",
        '    """Take the mean of -log p of the true digits; log_softmax never sees a log of 0."""',
        "    log_p = torch.log_softmax(logits, dim=1)",
        "    return -log_p[torch.arange(len(labels)), labels].mean()",
    ]


def _tensors_end() -> list[str]:
    return ["for w in parameters:", "    w.requires_grad_(False)  # it has learned"]


def _names(network: NetworkSpec) -> tuple[str, str]:
    """Return what the script calls the network and the loss."""
    tensors = network.style is Style.TENSORS
    return ("network", "cross_entropy") if tensors else ("model", "criterion")


def _test(network: NetworkSpec) -> list[str]:
    model, loss = _names(network)
    return [
        "",
        "",
        "def test(epoch):",
        '    """Print how it does on digits that it has not learned from."""',
        "    with torch.no_grad():",
        f"        logits = {model}(test_inputs)",
        f"        loss = {loss}(logits, test_labels).item()",
        "    right = (logits.argmax(dim=1) == test_labels).sum().item()",
        "    accuracy = right / len(test_labels)",
        '    print(f"epoch {epoch}: test loss {loss:.8g}, test accuracy {accuracy:.8g}")',
    ]


def _train(network: NetworkSpec, with_test: bool) -> list[str]:
    training, tensors = training_of(network), network.style is Style.TENSORS
    counts = with_test or (tensors and training.optimizer is Optimizer.ADAM)
    model, loss = _names(network)
    stop = "# the numbers have left the range of float32"
    stopped = [
        f"                {stop}",
        '                print(f"step {step}: the loss is no number any more")',
        "                return test(epoch)",
    ]
    epochs = f"range(1, {training.epochs + 1})" if with_test else f"range({training.epochs})"
    name = "epoch" if with_test else "_"
    return [
        "def train():",
        *(["    step = 0"] if counts else []),
        f"    for {name} in {epochs}:",
        "        for images, labels in learnloader:",
        f"            logits = {model}(images.view(images.shape[0], -1))",
        f"            loss = {loss}(logits, labels)",
        *(["            step += 1"] if counts else []),
        "            if not torch.isfinite(loss):",
        *(stopped if with_test else [f"                return  {stop}"]),
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
                "# Both began with 0; the divisions make up for it.",
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


def model_lines(network: NetworkSpec, digit: DigitSpec) -> list[str]:
    """Write the network in its style, train it if it is trained, and run it.

    The lines lead from `inputs` to `probabilities`; those of a trained network and of bare tensors
    have `logits` on the way.

    Raises:
        ValueError: the network was trained on another set than the digit's.
    """
    learning: list[str] = []
    if network.training is not None:
        if network.training.data is not digit.data:
            raise ValueError(f"trained on {network.training.data}, asked on {digit.data}")
        learning = ["", *training_lines(network)]
    run = run_lines(network, digit.batch_length)
    return [*made_lines(network), *learning, "", *run]
