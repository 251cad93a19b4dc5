"""What is done before the first visitor comes, so that nobody waits for it."""

import gc
import importlib

import torch
import torch.nn.functional as F

from mnistviz import data, network
from mnistviz.parameters import parameters
from mnistviz.spec import Data, DigitSpec, NetworkSpec, Style
from mnistviz.ui import cached

IMPORTED_LATER = (
    "pandas",
    "plotly.subplots",
    "pyarrow.compute",
    "streamlit.material_icon_names",
    "mnistviz.ui.activations",
    "mnistviz.ui.activations_under",
    "mnistviz.ui.classify",
    "mnistviz.ui.clinic",
    "mnistviz.ui.clinic_knobs",
    "mnistviz.ui.clinic_measure",
    "mnistviz.ui.clinic_shuffled",
    "mnistviz.ui.clinic_under",
    "mnistviz.ui.digits",
    "mnistviz.ui.digits_under",
    "mnistviz.ui.digits_view",
    "mnistviz.ui.draw",
    "mnistviz.ui.draw_pad",
    "mnistviz.ui.draw_photo",
    "mnistviz.ui.draw_set",
    "mnistviz.ui.draw_set_cards",
    "mnistviz.ui.draw_set_state",
    "mnistviz.ui.draw_set_train",
    "mnistviz.ui.draw_steps",
    "mnistviz.ui.draw_weights",
    "mnistviz.ui.full_set",
    "mnistviz.ui.initialization",
    "mnistviz.ui.initialization_under",
    "mnistviz.ui.initialization_units",
    "mnistviz.ui.inside",
    "mnistviz.ui.inside_layers",
    "mnistviz.ui.inside_stage",
    "mnistviz.ui.inside_under",
    "mnistviz.ui.learning",
    "mnistviz.ui.links",
    "mnistviz.ui.loaded_notice",
    "mnistviz.ui.modules",
    "mnistviz.ui.modules_under",
    "mnistviz.ui.pages",
    "mnistviz.ui.sidebar",
    "mnistviz.ui.softmax",
    "mnistviz.ui.softmax_under",
    "mnistviz.ui.tensors",
    "mnistviz.ui.train",
    "mnistviz.ui.train_glass",
    "mnistviz.ui.train_glass_weight",
    "mnistviz.ui.train_presets",
    "mnistviz.ui.train_results",
    "mnistviz.ui.train_results_under",
    "mnistviz.ui.train_results_view",
    "mnistviz.ui.train_under",
)
"""What Streamlit and the frame would import when the first page runs."""


def warm_up() -> None:
    """Load the digits, use every part of torch and plotly once, and freeze the collector.

    Streamlit collects all garbage after every run of a script, and while it looks through the
    hundreds of thousands of objects that torch brings, everybody waits: about 0.2 s. Frozen, they
    are not looked at any more. The first optimizer imports a large part of them, so it is made
    here too.
    """
    for name in IMPORTED_LATER:
        importlib.import_module(name)
    digit = DigitSpec()
    for style in Style:
        cached.probabilities(NetworkSpec(style=style), digit.data, digit.batch, digit.seed)
    cached.sheet(digit.data, digit.batch, digit.seed)
    cached.picture(digit)
    cached.softmax_bars(NetworkSpec(), digit, truth=0, zoom=False).to_json()
    _train_once()
    gc.collect()
    gc.freeze()


def _train_once() -> None:
    """Make one step of training on a network of its own: backward pass and optimizer."""
    spec = NetworkSpec(hidden=(1,))
    model = network.build(spec, parameters(spec))
    assert isinstance(model, torch.nn.Module)
    batch = cached.batch(Data.SAMPLE, 0, spec.seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = F.nll_loss(torch.log(model(data.flatten(batch.images))), batch.labels)
    torch.autograd.backward(loss)
    optimizer.step()
