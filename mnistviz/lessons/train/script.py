"""The script of the page Train: the training of exactly what is on the screen."""

from mnistviz.codegen import models
from mnistviz.codegen.parts import complete, set_lines
from mnistviz.codegen.training import training_lines, training_of
from mnistviz.spec.fields import INPUTS, Split
from mnistviz.spec.specs import NetworkSpec


def script(network: NetworkSpec) -> str:
    """Write the whole script of a training.

    Run by plain `python`, it prints a line after each epoch, as
    `epoch 1: test loss 0.45123456, test accuracy 0.871`; in the root of the repository the last one
    says what the app's last mark says. Where the loss becomes infinite or NaN, it prints the step,
    and the line of this epoch is the last one.

    Args:
        network: what is trained, with its training, in its style.
    """
    heading = [
        f'"""The network {network.architecture} learns to read digits.',
        "",
        "Prints its loss and its accuracy on the test digits after each epoch.",
        '"""',
    ]
    body = [
        *set_lines(training_of(network).data, Split),
        "",
        "testloader = torch.utils.data.DataLoader(testset, batch_size=len(testset))",
        "test_images, test_labels = next(iter(testloader))  # one batch with all of them",
        f"test_inputs = test_images.view(test_images.shape[0], -1)  # (digits, {INPUTS})",
        "",
        *models.made_lines(network, models.Goal.LOGITS),
        "",
        *training_lines(network, with_test=True),
    ]
    return complete(heading, body)


def file_name(network: NetworkSpec) -> str:
    """Name the file in which a person takes the script home."""
    sizes = "_".join(str(size) for size in network.sizes)
    return f"train_{network.style.value}_{training_of(network).optimizer.value}_{sizes}.py"
