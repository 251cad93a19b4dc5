"""Tests of the page of the digits: every number against numpy, every error raised by Python."""

from __future__ import annotations

import base64
import io
import sys
from contextlib import nullcontext
from functools import cache
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms

from mnistviz.codegen.parts import LOADERS
from mnistviz.digits import mnist
from mnistviz.lessons.digits import batches, figures, notebook_script, pixels
from mnistviz.lessons.digits import script as snippet
from mnistviz.spec.fields import Split
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.digits import stage, under
from tests.helpers.scripts import run

MINUS = "\N{MINUS SIGN}"
PLACES = [(0, 0), (9, 27), (9, 28), (5, 406), (31, 755), (31, 783)]


@cache
def digits() -> mnist.Digits:
    return mnist.load(mnist.SAMPLE_ROOT)


@cache
def batch(number: int = 0) -> mnist.Batch:
    return mnist.batch(digits(), number, 7)


class TestPixel:
    @pytest.mark.parametrize(("image", "index"), PLACES)
    @pytest.mark.parametrize("number", [0, 62])
    def test_it_is_the_one_at_its_row_and_column(self, number: int, image: int, index: int) -> None:
        got = pixels.pixel(batch(number), image, index)
        raw = int(batch(number).pixels.numpy()[image].reshape(784)[index])
        assert (got.index, got.row, got.column) == (index, index // 28, index % 28)
        assert got.raw == raw == batch(number).pixels[image, got.row, got.column]
        assert got.unit == pytest.approx(raw / 255, abs=1e-7)
        assert got.normal == pytest.approx(raw / 127.5 - 1, abs=1e-6)

    @pytest.mark.parametrize("index", [-1, 784])
    def test_there_are_784(self, index: int) -> None:
        with pytest.raises(IndexError, match="784"):
            pixels.pixel(batch(), 0, index)

    def test_there_are_64_images(self) -> None:
        with pytest.raises(IndexError):
            pixels.pixel(batch(), 64, 0)

    def test_all_values_are_those_of_torchvision(self) -> None:
        stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
        units = transforms.ToTensor()(Image.fromarray(stored))
        normals = transforms.Normalize((0.5,), (0.5,))(units)
        np.testing.assert_array_equal(pixels.units(), units.numpy().ravel())
        np.testing.assert_array_equal(pixels.normals(), normals.numpy().ravel())


class TestCells:
    def test_stored_values_are_written_as_they_are(self) -> None:
        assert stage.cells(0) == [str(raw) for raw in range(256)]

    @pytest.mark.parametrize(("form", "scale", "shift"), [(1, 255, 0), (2, 127.5, -1)])
    def test_they_are_right_to_two_decimals_and_short(
        self, form: int, scale: float, shift: float
    ) -> None:
        texts = stage.cells(form)
        read = [float(text.replace(MINUS, "-")) for text in texts]
        wanted = np.arange(256) / scale + shift
        np.testing.assert_allclose(read, wanted, atol=0.00501)
        assert max(map(len, texts)) <= 4
        assert f"{MINUS}0" not in texts
        assert [texts[0], texts[255]] == [{1: "0", 2: f"{MINUS}1"}[form], "1"]


class TestBatch:
    @pytest.mark.parametrize(("number", "length"), [(0, 64), (62, 32)])
    def test_each_index_takes_an_axis_away(self, number: int, length: int) -> None:
        images = batch(number).images
        assert pixels.indexing_shapes(images, 5, 402) == (
            (length, 1, 28, 28),
            (1, 28, 28),
            (28, 28),
            (28,),
            (),
        )
        assert pixels.shares_memory(images)

    @pytest.mark.parametrize("number", [0, 62])
    def test_histograms_are_those_of_numpy(self, number: int) -> None:
        before, after = pixels.histograms(batch(number))
        raw = batch(number).pixels.numpy().ravel().astype(int)
        counts = np.bincount(raw // 16, minlength=16)
        np.testing.assert_array_equal(before.counts, counts)
        np.testing.assert_array_equal(after.counts, counts)
        assert before.counts.sum() == 784 * len(batch(number).labels)
        assert before.mean == pytest.approx(raw.mean())
        assert before.std == pytest.approx(raw.std())
        assert after.mean == pytest.approx(raw.mean() / 127.5 - 1, abs=1e-6)
        assert after.std == pytest.approx(raw.std() / 127.5, abs=1e-6)
        np.testing.assert_allclose(after.edges, before.edges / 127.5 - 1, atol=1e-6)

    @pytest.mark.parametrize("split", Split)
    def test_moments_are_those_of_numpy(self, split: Split) -> None:
        stored, _ = digits().part(split)
        units = stored.numpy().astype(np.float64) / 255
        mean, std = pixels.moments(stored)
        assert (mean, std) == pytest.approx((units.mean(), units.std()))
        # The sample is like all of MNIST, of which everybody knows these two.
        assert (mean, std) == pytest.approx((0.1307, 0.3081), abs=2e-3)
        centered = transforms.Normalize((mean,), (std,))(torch.from_numpy(units))
        assert float(centered.mean()) == pytest.approx(0, abs=1e-6)
        assert float(centered.std(correction=0)) == pytest.approx(1, abs=1e-6)

    def test_digits_are_counted(self) -> None:
        labels = batch().labels
        wanted = tuple(labels.tolist().count(digit) for digit in range(10))
        assert pixels.class_counts(labels) == wanted
        assert pixels.class_counts(digits().train_labels) == (400,) * 10
        assert pixels.class_counts(torch.tensor([3])) == (0, 0, 0, 1, 0, 0, 0, 0, 0, 0)


class TestNeighbors:
    @pytest.mark.parametrize("index", [0, 27, 406, 755, 756, 783])
    def test_the_two_pixels_stand_one_above_the_other(self, index: int) -> None:
        said = stage.neighbors(index)
        place = np.arange(784).reshape(28, 28)
        assert place[said["row"], said["column"]] == said["above"]
        assert place[said["row"] + 1, said["column"]] == said["below"] == said["above"] + 28
        assert index in (said["above"], said["below"])


class TestLoader:
    @pytest.mark.parametrize("size", [1, 8, 32, 64, 128, 256, 4000, 5000])
    def test_a_set_is_cut_as_a_loader_cuts_it(self, size: int) -> None:
        made = batches.cut(4000, size)
        loader = torch.utils.data.DataLoader(list(range(4000)), batch_size=size)
        lengths = [len(part) for part in loader]
        assert (made.batches, made.last) == (len(loader), lengths[-1])

    def test_each_epoch_has_an_order_of_its_own_and_the_first_is_that_of_the_app(self) -> None:
        first, second = batches.epochs(4000, 7, 2)
        assert torch.equal(first, mnist.order(4000, 7))
        assert sorted(second.tolist()) == list(range(4000))
        assert not torch.equal(first, second)
        assert all(map(torch.equal, batches.epochs(4000, 7, 2), (first, second)))
        assert not torch.equal(batches.epochs(4000, 8, 1)[0], first)

    def test_the_batch_size_does_not_change_the_order(self) -> None:
        loader = torch.utils.data.DataLoader(
            list(range(4000)),
            batch_size=64,
            shuffle=True,
            generator=torch.Generator().manual_seed(8),
        )
        two = [torch.cat(list(loader)) for _ in range(2)]
        assert all(map(torch.equal, batches.epochs(4000, 8, 2), two))

    def test_the_page_keeps_the_beginnings(self) -> None:
        whole = batches.epochs(4000, 8, 2)
        shown = under.orders(4000, 8)
        assert [list(order) for order in shown] == [order[:16].tolist() for order in whole]


class TestErrors:
    def test_there_is_no_second_channel(self) -> None:
        with pytest.raises(IndexError) as error:
            _ = batch().images[5, 1]
        assert pixels.channel_error(batch().images, 5) == f"IndexError: {error.value}"


def loaded(split: Split, size: int) -> dict[str, object]:
    """Run the cell that loads the digits, with the digits of the app."""
    code = notebook_script.loading(split, size)
    assert code.count('"data"') == 1
    space: dict[str, object] = {}
    exec(code.replace('"data"', repr(str(mnist.SAMPLE_ROOT))), space)
    return space


def run_cell(code: str, space: dict[str, object]) -> list[str]:
    """Run a cell and return the lines that it prints."""
    lines: list[str] = []
    exec(code, {**space, "print": lambda *values: lines.append(" ".join(map(str, values)))})
    return lines


class TestNotebook:
    @pytest.mark.parametrize(("split", "size", "count"), [("training", 64, 63), ("test", 8, 125)])
    def test_its_loader_makes_the_batches_of_the_page(
        self, split: str, size: int, count: int
    ) -> None:
        loader = loaded(Split(split), size)[LOADERS[Split(split)]]
        assert isinstance(loader, torch.utils.data.DataLoader)
        images, labels = next(iter(loader))
        assert len(loader) == batches.cut(len(loader.dataset), size).batches == count
        assert (images.shape, labels.shape) == ((size, 1, 28, 28), (size,))
        assert [float(images.min()), float(images.max())] == [-1, 1]
        first, second = (torch.cat([labels for _, labels in loader]) for _ in range(2))
        assert not torch.equal(first, second)
        wanted = digits().part(Split(split))[1]
        assert torch.equal(first.sort().values, wanted.sort().values)

    @pytest.mark.parametrize(("split", "number", "length"), [("training", 0, 64), ("test", 15, 40)])
    def test_a_batch_is_two_tensors(self, split: str, number: int, length: int) -> None:
        digit = DigitSpec(split=Split(split), batch=number)
        one = mnist.batch(digits(), number, digit.seed, digit.split)
        ran = notebook_script.looking(digit, one.images, one.labels)
        assert ran.error == ""
        printed = [
            "<class 'torch.Tensor'>",
            f"torch.Size([{length}, 1, 28, 28])",
            f"torch.Size([{length}])",
        ]
        assert ran.printed.splitlines() == printed
        # The same cell, with the loader of the cell before.
        assert run_cell(ran.code, loaded(digit.split, 64)) == printed

    @pytest.mark.parametrize("image", [1, 63])
    def test_what_matplotlib_draws_is_the_digit(
        self, monkeypatch: pytest.MonkeyPatch, image: int
    ) -> None:
        drawn: list[tuple[np.ndarray, dict[str, str]]] = []
        pyplot = ModuleType("matplotlib.pyplot")
        vars(pyplot)["imshow"] = lambda array, **options: drawn.append((array, options))
        monkeypatch.setitem(sys.modules, "matplotlib", SimpleNamespace(pyplot=pyplot))
        monkeypatch.setitem(sys.modules, "matplotlib.pyplot", pyplot)
        exec(notebook_script.drawing(image), {"images": batch().images})
        ((array, options),) = drawn
        assert options == {"cmap": "gray"}
        assert array.shape == (28, 28)
        stored = batch().pixels[image].numpy()
        np.testing.assert_array_equal(np.rint((array + 1) * 127.5), stored)

    def test_a_loader_has_no_next(self) -> None:
        loader = loaded(Split.TRAIN, 64)["trainloader"]
        assert isinstance(loader, torch.utils.data.DataLoader)
        with pytest.raises(AttributeError) as error:
            iter(loader).next()
        ran = notebook_script.old_next(Split.TRAIN)
        assert ran.error == f"AttributeError: {error.value}"

    @pytest.mark.parametrize("number", [0, 62])
    def test_the_old_way_to_flatten_takes_64_digits_for_granted(self, number: int) -> None:
        images = batch(number).images
        before = images.clone()
        ran = notebook_script.old_resize(images)
        assert (ran.error, ran.printed) == ("", "torch.Size([64, 1, 784])")
        assert torch.equal(images, before)
        with pytest.raises(RuntimeError) if number else nullcontext():
            images.view(64, 1, 784)


class TestFigures:
    def test_the_histogram_shows_shares_in_their_gray(self) -> None:
        before, _ = pixels.histograms(batch())
        figure = figures.histogram(before.counts, before.edges, (0, 255))
        (bars,) = figure.data
        np.testing.assert_allclose(bars.y, before.counts / 50176)
        assert [bars.marker.color[0], bars.marker.color[-1]] == [
            "rgb(0, 0, 0)",
            "rgb(255, 255, 255)",
        ]
        assert bars.hovertext[3].startswith("48 to 63: ")
        assert f"{before.counts[3]:,} pixels" in bars.hovertext[3]
        _, after = pixels.histograms(batch())
        (bars,) = figures.histogram(after.counts, after.edges, (-1, 1)).data
        assert bars.hovertext[0].startswith(f"{MINUS}1 to {MINUS}0.882: ")
        assert bars.hovertext[15].startswith("0.882 to 1: ")
        assert figure.layout.xaxis.range == (-0.5, 255.5)

    def test_class_bars_write_their_counts(self) -> None:
        (bars,) = figures.class_bars([1000, *[0] * 9]).data
        assert [bars.text[0], bars.hovertext[9]] == ["1,000", "9: 0"]

    def test_a_row_of_digits_is_the_digits(self) -> None:
        uri = figures.digit_row(batch().pixels[:2].numpy(), places=3)
        picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
        raw = np.array(picture)
        assert raw.shape == (28, 90, 2)
        np.testing.assert_array_equal(raw[:, 30:58, 0], batch().pixels[1].numpy())
        assert not raw[:, 60:, 1].any()


class TestScripts:
    @pytest.mark.parametrize(
        ("digit", "index", "network"),
        [
            (DigitSpec(image=5), 402, NetworkSpec()),
            (DigitSpec(batch=62, image=31, seed=3), 783, NetworkSpec(hidden=())),
            (DigitSpec(image=63), 0, NetworkSpec(hidden=(1024,))),
        ],
    )
    def test_it_prints_the_numbers_of_the_page(
        self, digit: DigitSpec, index: int, network: NetworkSpec
    ) -> None:
        script = snippet.script(network, digit, index)
        said = dict(line.split(": ", 1) for line in run(script).splitlines())
        taken = mnist.batch(digits(), digit.batch, digit.seed)
        wanted = pixels.pixel(taken, digit.image, index)
        length, units = len(taken.labels), network.sizes[1]
        names = ("images", "images[i]", "images[i, 0]", "images[i, 0, row]")
        shapes = pixels.indexing_shapes(taken.images, digit.image, index)
        assert [said[name] for name in names] == [str(shape) for shape in shapes[:4]]
        assert said["labels"] == f"({length},)"
        assert said["inputs"] == f"({length}, 784)"
        assert int(said["label"]) == taken.labels[digit.image]
        assert int(said["stored"]) == wanted.raw
        assert float(said["after ToTensor"]) == pytest.approx(wanted.unit, abs=1e-6)
        assert float(said["after Normalize"]) == pytest.approx(wanted.normal, abs=1e-6)
        assert [said["index"], said["same number"], said["same memory"]] == [
            str(index),
            "True",
            "True",
        ]
        assert said["layer"] == f"({length}, {units}) weights: {784 * units}"
        assert said["batch"] == str(list(pixels.class_counts(taken.labels)))
        assert said["set"] == str([400] * 10)

    @pytest.mark.parametrize(("size", "seed"), [(64, 8), (256, 0)])
    def test_the_loader_says_what_the_page_shows(self, size: int, seed: int) -> None:
        script = snippet.loader_script(DigitSpec(), size, seed, under.SHOWN)
        assert "download=True" in script
        assert "train=True" in script
        lines = run(script).splitlines()
        assert "\n".join(lines) == under.loader_output(DigitSpec(), size, seed)

    def test_the_full_set_is_fetched_into_its_own_folder(self) -> None:
        script = snippet.loader_script(DigitSpec(data="full"), 64, 8, 16)
        assert "MNISTVIZ_DATA" in script
        assert "mnistviz/assets" not in script
        compile(script, "script", "exec")
