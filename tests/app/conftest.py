"""What keeps the tests of the app apart from each other, from the machine and from the network."""

from __future__ import annotations

import gc
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.components.v2 import manifest_scanner

from mnistviz.digits import mnist
from mnistviz.digits.download import Download, Source
from mnistviz.ui.frame.warm_up import warm_up
from mnistviz.ui.session import cached
from scripts.make_sample import idx_bytes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def fast() -> Iterator[None]:
    """Do what the server does once at its start, and not what AppTest does for each session."""
    # If not, collecting garbage takes most of the time.
    warm_up()
    with pytest.MonkeyPatch.context() as patch:
        # AppTest looks through every package that is installed for components; ours are not there.
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: [])
        yield
    gc.unfreeze()


@pytest.fixture
def silent() -> Iterator[str]:
    """An address where somebody listens and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.fixture
def refused() -> Iterator[str]:
    """An address where nobody listens: the port is taken, so that nobody will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder in which the app looks for the full set; it is not there yet."""
    return tmp_path / "full"


@pytest.fixture
def download_from(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Download]]:
    """Let the app's one download ask another server."""
    made: list[Download] = []

    def use(address: str) -> Download:
        download = Download(root, Source((address,)))
        made.append(download)
        monkeypatch.setattr(cached, "full_download", lambda: download)
        return download

    yield use
    for download in made:
        download.stop()


@pytest.fixture(autouse=True)
def apart(
    root: Path,
    refused: str,
    download_from: Callable[[str], Download],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Run where Streamlit finds its settings; no full set is there and no way to it."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(mnist.CACHE_VARIABLE, str(root))
    download_from(refused)
    yield
    # A training leaves its record there: some megabytes, and of no other test.
    shutil.rmtree(root / "runs", ignore_errors=True)
    if root.is_dir() and not os.listdir(root):
        root.rmdir()
    if os.path.lexists(root):
        _forget()


def _forget() -> None:
    """Empty the app's caches: a server has one full set all its life, each test its own."""
    cached.digits.clear()
    for function in vars(cached).values():
        if hasattr(function, "cache_clear"):
            function.cache_clear()


@pytest.fixture(scope="session")
def full_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 70,000 digits: those of the sample, last to first, again and again."""
    folder = tmp_path_factory.mktemp("full_set")
    sample = mnist.load(mnist.SAMPLE_ROOT)
    tensors = (sample.train_pixels, sample.train_labels, sample.test_pixels, sample.test_labels)
    for file, tensor in zip(mnist.raw_files(folder), tensors, strict=True):
        count = 60_000 if "train" in file.name else 10_000
        array = np.resize(tensor.numpy().astype(np.uint8)[::-1], (count, *tensor.shape[1:]))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(idx_bytes(array))
    return folder
