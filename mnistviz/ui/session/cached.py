"""The core, computed once per server for each spec. What comes back is shared: read-only.

`st.cache_resource` makes a second session wait for the first one's answer; it serves what takes
long. What takes a moment is `kept`, whose look-up is thirty times faster.
"""

import threading
from dataclasses import replace
from functools import lru_cache

import plotly.graph_objects as go
import streamlit as st
import torch

import mnistviz.network.parameters
from mnistviz import limits
from mnistviz.digits import mnist
from mnistviz.digits.arrays import Floats
from mnistviz.digits.download import Download
from mnistviz.figures import bars, pictures
from mnistviz.network import answers, forward, styles
from mnistviz.network.files.readers import Readers
from mnistviz.network.files.store import LoadedStore
from mnistviz.network.parameters import Parameters
from mnistviz.results import kept
from mnistviz.spec.fields import TRAINING_DIGITS, Activation, Data, Style
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.training import chance, pool
from mnistviz.training.runs import Run, Runs
from mnistviz.training.shared import Place
from mnistviz.ui.session.gate import GATE
from mnistviz.ui.session.measured import end_if_asked, measured
from mnistviz.ui.session.memo import once_per_batch

# These networks run fastest on one thread, and threads of later sessions take this value. It has
# to be said before the first tensor of the process is touched.
torch.set_num_threads(1)

pool.COURTESY.towards(GATE.is_busy)


@st.cache_resource(max_entries=2, show_spinner=False)
def digits(data: Data) -> mnist.Digits:
    """Return a set of digits; see `mnistviz.digits.mnist.load`."""
    return mnist.load(mnist.root_of(data), TRAINING_DIGITS[data])


@st.cache_resource(max_entries=1, show_spinner=False)
def full_download() -> Download:
    """Return the one download of the full set that this server has."""
    return Download(mnist.full_root())


@once_per_batch(maxsize=64)
def batch_of(digit: DigitSpec) -> mnist.Batch:
    """Return the batch of a digit; see `mnistviz.digits.mnist.batch`."""
    return mnist.batch(digits(digit.data), digit.batch, digit.seed, digit.split)


def inputs(digit: DigitSpec) -> torch.Tensor:
    """Return the batch of a digit as a network gets it: normalized, float32 of shape (B, 784)."""
    return mnist.flatten(batch_of(digit).images)


def label(digit: DigitSpec) -> int:
    """Return which digit it is, 0 to 9."""
    return int(batch_of(digit).labels[digit.image])


def pixels(digit: DigitSpec) -> torch.Tensor:
    """Return the stored picture of a digit, uint8 of shape (28, 28). Shared: read-only."""
    return batch_of(digit).pixels[digit.image]


@lru_cache(maxsize=2)
def examples(data: Data) -> mnist.Examples:
    """Return a set of digits as a network gets it; see `mnistviz.digits.mnist.examples`.

    There are two sets, and each run holds one: letting it go would free nothing.
    """
    return mnist.examples(digits(data))


@st.cache_resource(max_entries=1, show_spinner=False)
def runs() -> Runs:
    """Return the runs of this server."""
    return Runs(lambda training: examples(training.data), limits.current().runs, Place)


def run(spec: NetworkSpec) -> Run:
    """Return the run of a network with a training; see `mnistviz.training.runs`."""
    return runs().get(spec)


@st.cache_resource(max_entries=1, show_spinner=False)
def loaded_store() -> LoadedStore:
    """Return what people have loaded on this server."""
    return LoadedStore(limits.current().loaded)


@st.cache_resource(max_entries=1, show_spinner=False)
def weight_readers() -> Readers:
    """Return the children of this server that read files of `torch.save`."""
    return Readers()


def parameters(spec: NetworkSpec) -> Parameters:
    """Return the parameters of a spec, drawn, learned or loaded.

    Where they are drawn, every style and activation shares them. Where they are learned and the run
    is not finished, this waits for it: have it finished before.

    Raises:
        LookupError: they were loaded, and had to make room for others since; `state.current`
            names no such network.
    """
    if spec.loaded:
        stored = loaded_store().get(spec.loaded)
        if stored is None:
            raise LookupError(spec.loaded)
        return stored
    spec = same_numbers(spec)
    if spec.training is None:
        return _parameters(replace(spec, activation=Activation.NONE))
    return _learned(spec)


def same_numbers(spec: NetworkSpec) -> NetworkSpec:
    """Return the spec that stands for all styles that share their parameters.

    Where they are drawn or loaded, these are all four. Bare tensors learn by sums of their own, in
    which the last bits differ.
    """
    if spec.training is not None and spec.style is Style.TENSORS:
        return spec
    return replace(spec, style=Style.MODULE)


@kept(maxsize=12)
def _learned(spec: NetworkSpec) -> Parameters:
    # The thread that waits is the one that watches.
    who = f"thread {threading.get_ident()}"
    training_run = run(spec)
    try:
        while not training_run.go_on(who).finished:
            with GATE.outside():
                training_run.wait(1)
            end_if_asked()
    finally:
        training_run.leave(who)
    return training_run.layers


def generalization(spec: NetworkSpec) -> chance.Generalization:
    """Return the accuracies of a trained network on training and test digits.

    Where its run is not finished, this waits for it; see `parameters`.
    """
    spec = same_numbers(spec)
    parameters(spec)
    return _generalization(spec)


@measured(maxsize=64)
def _generalization(spec: NetworkSpec) -> chance.Generalization:
    assert spec.training is not None
    return chance.generalization(run(spec), examples(spec.training.data))


@kept(maxsize=12)
def _parameters(spec: NetworkSpec) -> Parameters:
    return mnistviz.network.parameters.parameters(spec)


@once_per_batch(maxsize=512)
def rows(spec: NetworkSpec, digit: DigitSpec) -> Floats:
    """Classify the batch of a digit with the network written in the spec's style.

    Returns:
        float32 of shape (B, 10).
    """
    built = styles.build(spec, parameters(spec))
    return styles.probabilities(built, inputs(digit)).numpy()


def row(spec: NetworkSpec, digit: DigitSpec) -> Floats:
    """Return the ten probabilities of a digit, float32 of shape (10,); see `rows`."""
    probabilities: Floats = rows(spec, digit)[digit.image]
    return probabilities


@once_per_batch(maxsize=512)
def right_answers(spec: NetworkSpec, digit: DigitSpec) -> int:
    """Return how many digits of the batch a network reads correctly."""
    return answers.count_right(rows(spec, digit), batch_of(digit).labels.tolist())


@kept(maxsize=256)
def softmax_bars(spec: NetworkSpec, digit: DigitSpec, truth: int, zoom: bool) -> go.Figure:
    """Return the bars of one digit; see `mnistviz.figures.bars.softmax_bars`."""
    return bars.softmax_bars(row(spec, digit), truth, zoom)


@kept(maxsize=512)
def naive_overflow(spec: NetworkSpec, digit: DigitSpec) -> float | None:
    """Tell whether the formula of softmax fails on a digit; see `answers.naive_overflow`."""
    logits = forward.logits(spec, parameters(spec), inputs(digit))
    return answers.naive_overflow(logits[digit.image])


def steps(spec: NetworkSpec, digit: DigitSpec) -> tuple[forward.Step, ...]:
    """Return every step of the forward pass; see `forward.steps`."""
    return forward.steps(spec, parameters(spec), batch_of(digit).images, digit.image)


def model_text(spec: NetworkSpec) -> str:
    """Return what `print(model)` shows."""
    return str(styles.build(spec, parameters(spec)))


@once_per_batch(maxsize=64)
def sheet(digit: DigitSpec) -> str:
    """Return the batch of a digit as one picture of 8 by 8 digits, a `data:` address."""
    return pictures.data_uri(pictures.sheet(batch_of(digit).pixels.numpy()))


@kept(maxsize=512)
def picture(digit: DigitSpec) -> str:
    """Return one digit as a picture of 28 by 28 pixels, a `data:` address."""
    return pictures.data_uri(pixels(digit).numpy())
