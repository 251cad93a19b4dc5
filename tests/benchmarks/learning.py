"""How fast training is, beside three loops that do the same steps; and how it looks in a browser.

The loops: the lesson's own, with a DataLoader and transforms; the barest one with autograd, on
digits in memory; and one with the gradients written out and nothing recorded, as the near-limit.
Plain SGD in all four, the same network, the same batches.
"""

import statistics
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from playwright.sync_api import Browser
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from mnistviz.digits import mnist
from mnistviz.digits.mnist import SAMPLE_ROOT
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Optimizer
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training.loop import train
from tests.serving import Server

TURNS = 5
NETWORK = NetworkSpec()
TRAINING = TrainSpec(optimizer=Optimizer.SGD)

LIMITS = {"the lesson's loop": 8.0, "barest autograd": 1.1, "gradients by hand": 0.8}
"""How many times as fast as each loop the recorded training has to be at least."""

PLAYED_SECONDS = 3
FRAMES_LIMIT = 20


def drawn() -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    layers = parameters(NETWORK)
    return [layer.weight.clone() for layer in layers], [layer.bias.clone() for layer in layers]


def lesson_loop(epochs: int) -> None:
    """The classic loop, as every tutorial has it."""
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    trainset = datasets.MNIST(SAMPLE_ROOT, train=True, transform=transform)
    loader = DataLoader(trainset, batch_size=TRAINING.batch_size, shuffle=True)
    model = nn.Sequential(
        nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)
    )
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=TRAINING.lr)
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images.view(images.shape[0], -1)), labels)
            loss.backward()
            optimizer.step()


def autograd_loop(epochs: int, inputs: torch.Tensor, labels: torch.Tensor) -> None:
    """The barest loop with autograd: index a batch, forward, backward, SGD step."""
    weights, biases = drawn()
    every = [*weights, *biases]
    for tensor in every:
        tensor.requires_grad_()
    optimizer = torch.optim.SGD(every, lr=TRAINING.lr)
    for order, _ in zip(mnist.orders(len(inputs), TRAINING.seed), range(epochs), strict=False):
        for first in range(0, len(order), TRAINING.batch_size):
            chosen = order[first : first + TRAINING.batch_size]
            x = inputs[chosen]
            for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
                x = F.relu(F.linear(x, weight, bias))
            loss = F.cross_entropy(F.linear(x, weights[-1], biases[-1]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def hand_loop(epochs: int, inputs: torch.Tensor, labels: torch.Tensor) -> None:
    """Gradients written out, nothing else: no loss, no record, no test."""
    weights, biases = drawn()
    for order, _ in zip(mnist.orders(len(inputs), TRAINING.seed), range(epochs), strict=False):
        for first in range(0, len(order), TRAINING.batch_size):
            chosen = order[first : first + TRAINING.batch_size]
            outs = [inputs[chosen]]
            for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
                outs.append(F.relu(F.linear(outs[-1], weight, bias)))
            grad = torch.softmax(F.linear(outs[-1], weights[-1], biases[-1]), 1)
            grad[torch.arange(len(chosen)), labels[chosen]] -= 1
            grad /= len(chosen)
            steps = []
            for layer in range(len(weights) - 1, -1, -1):
                steps.append((layer, grad.t() @ outs[layer], grad.sum(0)))
                if layer:
                    grad = (grad @ weights[layer]) * (outs[layer] > 0)
            for layer, of_weight, of_bias in steps:
                weights[layer].sub_(of_weight, alpha=TRAINING.lr)
                biases[layer].sub_(of_bias, alpha=TRAINING.lr)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def arithmetic() -> bool:
    """Compare examples per second, in turns."""
    torch.set_num_threads(1)
    examples = mnist.examples(mnist.load(SAMPLE_ROOT))
    inputs, labels = examples.take(torch.arange(len(examples.train_labels)))
    digits = len(labels)
    loops: dict[str, tuple[int, Callable[[], object]]] = {
        "the lesson's loop": (1, lambda: lesson_loop(1)),
        "barest autograd": (
            TRAINING.epochs,
            lambda: autograd_loop(TRAINING.epochs, inputs, labels),
        ),
        "gradients by hand": (TRAINING.epochs, lambda: hand_loop(TRAINING.epochs, inputs, labels)),
        "train(...), recorded": (TRAINING.epochs, lambda: list(train(NETWORK, TRAINING, examples))),
    }
    rates: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(TURNS):
        for name, (epochs, work) in loops.items():
            rates[name].append(epochs * digits / seconds(work))
    medians = {name: statistics.median(measured) for name, measured in rates.items()}
    own = medians["train(...), recorded"]
    print(f"\nTraining {NETWORK.architecture}, one thread, median of {TURNS} turns")
    print(f"  {'':24}{'digits per second':>18}  ratio  limit")
    good = True
    for name, rate in medians.items():
        limit = LIMITS.get(name)
        ratio = f"{own / rate:7.2f}{limit:7.1f}" if limit else ""
        print(f"  {name:24}{rate:18,.0f}{ratio}")
        good &= limit is None or own / rate >= limit
    return good


def on_screen(context: Browser, app: Server) -> bool:
    """Time a whole training from the button on, and count the pictures while it plays."""
    page = context.new_page(viewport={"width": 1400, "height": 900}, bypass_csp=True)
    page.goto(f"{app.url}/train?seed=11")
    train_button = page.locator(".st-key-train_go").get_by_role("button", disabled=False)
    train_button.wait_for()
    page.wait_for_timeout(1500)
    began = time.perf_counter()
    train_button.click()
    page.locator(".st-key-train_status").get_by_text("digits per second.").wait_for()
    finished = time.perf_counter() - began
    page.wait_for_timeout(6000)
    player = page.locator(".player")
    player.locator(".play").click()
    before = player.evaluate("element => element.drawn")
    page.wait_for_timeout(1000 * PLAYED_SECONDS)
    frames = (player.evaluate("element => element.drawn") - before) / PLAYED_SECONDS
    page.close()
    print("\nThe default training in Chromium")
    print(f"  from pressing Train to the finished run: {finished:.2f} s")
    print(f"  pictures a second while it plays: {frames:.0f}, at least {FRAMES_LIMIT}")
    return frames >= FRAMES_LIMIT
