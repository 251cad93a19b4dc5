"""What is done before the first visitor comes, so that nobody waits for it."""

import gc
import importlib
import pkgutil

import torch
import torch.nn.functional as F

import mnistviz
from mnistviz.network import styles
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.session import cached

IMPORTED_LATER = (
    "pandas",
    "plotly.subplots",
    "pyarrow.compute",
    "streamlit.material_icon_names",
)
"""What Streamlit and plotly would import when the first page runs."""

MAIN_SCRIPT = "mnistviz.ui.frame.main"
"""The one module that draws when it is imported."""


def modules() -> list[str]:
    """Return the name of every module of the app but the main script."""
    infos = pkgutil.walk_packages(mnistviz.__path__, "mnistviz.")
    return [module.name for module in infos if module.name != MAIN_SCRIPT]


def warm_up() -> None:
    """Load the digits, use every part of torch and plotly once, and freeze the collector.

    Whenever all garbage is collected, the hundreds of thousands of objects that torch brings are
    looked through, and everybody waits. Frozen, they are not looked at any more.
    """
    for name in (*IMPORTED_LATER, *modules()):
        importlib.import_module(name)
    digit = DigitSpec()
    for style in Style:
        cached.rows(NetworkSpec(style=style), digit)
    cached.sheet(digit)
    cached.picture(digit)
    cached.softmax_bars(NetworkSpec(), digit, truth=0, zoom=False).to_json()
    _learn_once()
    gc.collect()
    gc.freeze()


def _learn_once() -> None:
    """Go back through a network of its own by autograd, which starts its threads."""
    spec = NetworkSpec(hidden=(1,))
    model = styles.build(spec, parameters(spec))
    assert isinstance(model, torch.nn.Module)
    digit = DigitSpec(seed=spec.seed)
    labels = cached.batch_of(digit).labels
    torch.autograd.backward(F.nll_loss(torch.log(model(cached.inputs(digit))), labels))
