"""What is done before the first visitor comes, so that nobody waits for it."""

import gc

import torch
import torch.nn.functional as F

from mnistviz import data, network
from mnistviz.figures import bars
from mnistviz.parameters import parameters
from mnistviz.spec import Data, DigitSpec, NetworkSpec, Style
from mnistviz.ui import cached


def warm_up() -> None:
    """Load the digits, use every part of torch and plotly once, and freeze the collector.

    Streamlit collects all garbage after every run of a script, and while it looks through the
    hundreds of thousands of objects that torch brings, everybody waits: about 0.2 s. Frozen, they
    are not looked at any more. The first optimizer imports a large part of them, so it is made
    here too.
    """
    digit = DigitSpec()
    for style in Style:
        ten = cached.probabilities(NetworkSpec(style=style), Data.SAMPLE, digit.batch, digit.seed)
    cached.sheet(digit.data, digit.batch, digit.seed)
    cached.picture(digit)
    bars.softmax_bars(ten[0], truth=0).to_json()
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
    F.nll_loss(torch.log(model(data.flatten(batch.images))), batch.labels).backward()
    optimizer.step()
