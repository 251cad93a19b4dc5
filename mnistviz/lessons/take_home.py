"""All that a person can take home of one network and one digit, file by file and in one zip."""

import io
from importlib.metadata import version
from pathlib import PurePosixPath

import torch

from mnistviz.codegen import notebook
from mnistviz.digits.mnist import SAMPLE_ROOT
from mnistviz.digits.packing import pack
from mnistviz.lessons.classify import script
from mnistviz.network.files import saving
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import Data
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.words import say

_DIGITS = PurePosixPath("mnistviz/assets")
"""Where the scripts look for the sample of digits first."""

_PACKAGES = ("torch", "torchvision", "matplotlib", "safetensors")
"""What script and notebook need; safetensors is for the script of a loaded network alone."""


def folder_name(network: NetworkSpec) -> str:
    """Name the folder in the zip, and so the zip without its ending."""
    return script.file_name(network).removesuffix(".py")


def notebook_name(network: NetworkSpec) -> str:
    """Name the file of the notebook."""
    return f"{folder_name(network)}.ipynb"


def torch_name(network: NetworkSpec) -> str:
    """Name the file of the `state_dict`."""
    return saving.file_name(network).replace(".safetensors", ".pt")


def notebook_text(network: NetworkSpec, digit: DigitSpec) -> str:
    """Write the notebook; see `mnistviz.codegen.notebook`."""
    return notebook.notebook(network, digit, torch_name(network))


def state_dict(layers: Parameters) -> bytes:
    """Write parameters as `torch.save` does, under the names of a `state_dict()`: `fc1.weight`.

    Args:
        layers: the parameters; of each weight, (outputs, inputs), and bias a copy is saved.
    """
    state = {}
    for layer in layers:
        # A view would bring all that it is a view of.
        state[f"{layer.name}.weight"] = layer.weight.detach().clone().contiguous()
        state[f"{layer.name}.bias"] = layer.bias.detach().clone()
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def zipped(network: NetworkSpec, digit: DigitSpec, layers: Parameters | None) -> bytes:
    """Pack everything: script, notebook, weights, what they need, and the sample of digits.

    The full set is not in it: torchvision downloads that.

    Args:
        network: it, in its style.
        digit: which the script and the notebook classify.
        layers: its parameters; None as long as they are still being trained.
    """
    files = {
        "README.md": _readme(network, digit, layers is not None).encode(),
        "requirements.txt": _requirements(network).encode(),
        script.file_name(network): script.script(network, digit).encode(),
        notebook_name(network): notebook_text(network, digit).encode(),
    }
    if layers is not None:
        files[saving.file_name(network)] = saving.to_safetensors(network, layers)
        files[torch_name(network)] = state_dict(layers)
    if digit.data is Data.SAMPLE:
        for file in sorted((SAMPLE_ROOT / "MNIST").rglob("*")):
            if file.is_file():
                files[str(_DIGITS / file.relative_to(SAMPLE_ROOT).as_posix())] = file.read_bytes()
    folder = folder_name(network)
    return pack({f"{folder}/{name}": content for name, content in files.items()})


def _readme(network: NetworkSpec, digit: DigitSpec, has_weights: bool) -> str:
    parts = [
        "readme",
        *(["readme_weights"] if has_weights else []),
        "readme_sample" if digit.data is Data.SAMPLE else "readme_full",
    ]
    values = {
        "architecture": network.architecture,
        "script": script.file_name(network),
        "notebook": notebook_name(network),
        "safetensors": saving.file_name(network),
        "torch_file": torch_name(network),
        "torch": _version("torch"),
    }
    return "\n\n".join(say("take_home", part, **values) for part in parts) + "\n"


def _requirements(network: NetworkSpec) -> str:
    needed = _PACKAGES if network.loaded else _PACKAGES[:3]
    return "".join(f"{name}\n" for name in needed)


def _version(package: str) -> str:
    """Return the version of a package without what says for which machine it was built."""
    return version(package).partition("+")[0]
