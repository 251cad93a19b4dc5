"""What is done before the first visitor comes, so that nobody waits for it."""

import gc
import importlib

import torch
import torch.nn.functional as F

from mnistviz.digits import mnist
from mnistviz.network import styles
from mnistviz.network.parameters import parameters
from mnistviz.spec.fields import Data, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.session import cached

IMPORTED_LATER = (
    "pandas",
    "plotly.subplots",
    "pyarrow.compute",
    "streamlit.material_icon_names",
    "mnistviz.ui.activations.stage",
    "mnistviz.ui.activations.under",
    "mnistviz.ui.classify.stage",
    "mnistviz.ui.clinic.stage",
    "mnistviz.ui.clinic.controls",
    "mnistviz.ui.clinic.measure",
    "mnistviz.ui.clinic.shuffled_labels",
    "mnistviz.ui.clinic.under",
    "mnistviz.ui.digits.stage",
    "mnistviz.ui.digits.under",
    "mnistviz.ui.digits.pictures",
    "mnistviz.ui.draw.stage",
    "mnistviz.ui.draw.pad",
    "mnistviz.ui.draw.photo_panel",
    "mnistviz.ui.draw.own_set.panel",
    "mnistviz.ui.draw.own_set.cards",
    "mnistviz.ui.draw.own_set.state",
    "mnistviz.ui.draw.own_set.train",
    "mnistviz.ui.draw.preparation",
    "mnistviz.ui.draw.weights_panel",
    "mnistviz.ui.frame.full_set",
    "mnistviz.ui.initialization.stage",
    "mnistviz.ui.initialization.under",
    "mnistviz.ui.initialization.twins",
    "mnistviz.ui.inside.choice",
    "mnistviz.ui.inside.layers",
    "mnistviz.ui.inside.stage",
    "mnistviz.ui.inside.under",
    "mnistviz.ui.session.learning",
    "mnistviz.ui.session.links",
    "mnistviz.ui.frame.loaded_notice",
    "mnistviz.ui.modules.stage",
    "mnistviz.ui.modules.under",
    "mnistviz.ui.pages",
    "mnistviz.ui.frame.sidebar",
    "mnistviz.ui.softmax.stage",
    "mnistviz.ui.softmax.under",
    "mnistviz.ui.tensors.stage",
    "mnistviz.ui.train.stage",
    "mnistviz.ui.train.one_step",
    "mnistviz.ui.train.one_weight",
    "mnistviz.ui.train.presets",
    "mnistviz.ui.train.results.panel",
    "mnistviz.ui.train.results.under",
    "mnistviz.ui.train.results.view",
    "mnistviz.ui.train.under",
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
    model = styles.build(spec, parameters(spec))
    assert isinstance(model, torch.nn.Module)
    batch = cached.batch(Data.SAMPLE, 0, spec.seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = F.nll_loss(torch.log(model(mnist.flatten(batch.images))), batch.labels)
    torch.autograd.backward(loss)
    optimizer.step()
