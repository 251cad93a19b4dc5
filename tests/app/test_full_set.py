"""Tests of the full MNIST on the page: there, on its way, not to be had, damaged."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mnistviz.digits import mnist
from mnistviz.digits.download import Download, State, Status
from mnistviz.spec.fields import Value
from mnistviz.ui.session import cached
from tests.app.session import Session, assert_shows, link

CHOSEN: dict[str, Value] = {"layers": 1, "w1": 32, "activation": "tanh", "seed": 5}
"""Settings that shall be kept, whatever becomes of the full set."""


@dataclass
class Told:
    """A download that stands where the test says, and notes that it was asked to start."""

    now: Status
    starts: list[Status] = field(default_factory=list)

    def status(self) -> Status:
        return self.now

    def start(self) -> Status:
        self.starts.append(self.now)
        self.now = Status(State.RUNNING)
        return self.now


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    download = Told(Status(State.IDLE))
    monkeypatch.setattr(cached, "full_download", lambda: download)
    return download


def assert_shows_sample(session: Session, settings: dict[str, Value]) -> None:
    """Check that the page goes on with the sample, while the full set is still what is chosen."""
    wanted = Session.open(**link({**settings, "data": "sample"}))
    assert session.settings == {**wanted.settings, "data": "full"}
    assert session.bars == wanted.bars
    assert session.place == wanted.place
    assert session.component("digit_grid") == wanted.component("digit_grid")


class TestThere:
    @pytest.fixture(autouse=True)
    def there(self, root: Path, full_set: Path) -> None:
        root.symlink_to(full_set)

    @pytest.mark.parametrize(
        "settings",
        [
            {},
            {"batch": 937, "image": 31},
            {"batch": 500, "image": 63, "seed": 999_999},
            {**CHOSEN, "style": "tensors", "batch": 62, "image": 40},
        ],
    )
    def test_is_read_without_the_network(
        self, settings: dict[str, Value], told: Told, full_set: Path
    ) -> None:
        session = Session.open(data="full", **link(settings))
        assert_shows(session, {"data": "full", **settings}, full_set)
        assert session.warnings == session.errors == session.progress == []
        assert told.starts == []

    def test_can_be_chosen_on_the_page(self, full_set: Path) -> None:
        session = Session.open(batch="7", image="3").set(data="full")
        assert_shows(session, {"data": "full", "batch": 7, "image": 3}, full_set)

    def test_the_neighbors_of_a_batch_are_counted_to_its_own_end(self, full_set: Path) -> None:
        session = Session.open(data="full", image="50").press("digit_grid", "batch", -1)
        assert_shows(session, {"data": "full", "batch": 937, "image": 31}, full_set)

    def test_back_in_the_sample_the_batch_is_one_that_it_has(self) -> None:
        session = Session.open(data="full", batch="500", image="40").set(data="sample")
        assert_shows(session, {"batch": 62, "image": 31})

    def test_the_code_loads_it(self) -> None:
        session = Session.open(data="full", classify_code_open="true")
        (code,) = (code.value for code in session.at.code)
        assert mnist.CACHE_VARIABLE in code
        assert "mnistviz/assets" not in code


class TestOnItsWay:
    def test_starts_when_it_is_chosen_and_only_then(self, told: Told) -> None:
        session = Session.open(**link(CHOSEN))
        assert told.starts == []
        session.set(data="full")
        assert len(told.starts) == 1
        session.set(image=3)
        Session.open(data="full")
        assert len(told.starts) == 1

    @pytest.mark.parametrize(
        ("fetched", "words"), [(0, "0.0 of 11.6 MB"), (5_800_000, "5.8 of 11.6 MB")]
    )
    def test_says_how_much_has_come(self, told: Told, fetched: int, words: str) -> None:
        told.now = Status(State.RUNNING, fetched)
        session = Session.open(data="full", **link(CHOSEN))
        (progress,) = session.progress
        assert words in progress
        assert "sample" in progress
        assert session.warnings == session.errors == []
        assert_shows_sample(session, CHOSEN)

    def test_the_page_can_be_used_meanwhile(self, told: Told) -> None:
        session = Session.open(data="full")
        session.set(**CHOSEN).press("digit_view", "image", 9)
        assert_shows_sample(session, {**CHOSEN, "image": 9})
        assert len(session.progress) == 1

    def test_is_shown_when_it_has_come(self, told: Told, root: Path, full_set: Path) -> None:
        session = Session.open(data="full", **link(CHOSEN))
        assert len(session.progress) == 1
        root.symlink_to(full_set)
        told.now = Status(State.DONE)
        assert_shows(session.run(), {"data": "full", **CHOSEN}, full_set)
        assert session.progress == session.warnings == session.errors == []

    def test_a_real_download_that_runs(
        self, silent: str, download_from: Callable[[str], Download]
    ) -> None:
        download = download_from(silent)
        session = Session.open(data="full")
        assert len(session.progress) == 1
        assert download.status() == Status(State.RUNNING)


class TestNotToBeHad:
    def test_without_a_network_it_is_one_sentence(self) -> None:
        # The settings of all tests here know no server but one that refuses.
        session = Session.open(data="full", batch="20", **link(CHOSEN))
        end = time.monotonic() + 60
        while session.progress:
            assert time.monotonic() < end
            time.sleep(0.05)
            session.run()
        assert session.warnings == [
            "The full MNIST could not be downloaded: the servers that offer MNIST cannot be "
            "reached from here. The app goes on with the sample, and your settings are kept."
        ]
        assert session.errors == []
        assert "fetch_again" in session.buttons
        assert_shows_sample(session, {**CHOSEN, "batch": 20})

    @pytest.fixture
    def blocked(self, root: Path) -> Path:
        """A file where the folder should be: a download fails at once, without a child."""
        root.write_text("in the way")
        return root

    def test_everybody_is_told_and_nobody_tries_again_unasked(self, told: Told) -> None:
        told.now = Status(State.FAILED, reason="it broke off")
        one, other = Session.open(data="full"), Session.open(data="full", layers="1")
        for session in (one, other, one.run()):
            (warning,) = session.warnings
            assert "could not be downloaded: it broke off. " in warning
        assert told.starts == []
        assert Session.open().warnings == []

    def test_a_folder_that_cannot_be_written_is_said(self, blocked: Path) -> None:
        (warning,) = Session.open(data="full").warnings
        assert "the folder for it cannot be written" in warning
        assert str(blocked) not in warning

    def test_a_batch_that_only_the_full_set_has_is_kept(
        self, blocked: Path, full_set: Path
    ) -> None:
        session = Session.open(data="full", batch="500", image="2")
        assert session.settings["batch"] == 500
        assert session.place[0] in range(63)
        # It is there when the set is.
        blocked.unlink()
        blocked.symlink_to(full_set)
        assert_shows(session.run(), {"data": "full", "batch": 500, "image": 2}, full_set)

    def test_try_again_starts_it_again(self, told: Told) -> None:
        told.now = Status(State.FAILED, reason="it broke off")
        session = Session.open(data="full", **link(CHOSEN)).click("fetch_again")
        assert [status.state for status in told.starts] == [State.FAILED]
        assert len(session.progress) == 1
        assert session.warnings == []
        assert "fetch_again" not in session.buttons
        assert_shows_sample(session, CHOSEN)

    def test_try_again_finds_what_somebody_has_put_there(
        self, blocked: Path, full_set: Path
    ) -> None:
        session = Session.open(data="full", **link(CHOSEN))
        blocked.unlink()
        blocked.symlink_to(full_set)
        session.click("fetch_again")
        assert session.warnings == []
        assert_shows(session, {"data": "full", **CHOSEN}, full_set)

    def test_the_sample_can_be_chosen_instead(self, blocked: Path) -> None:
        session = Session.open(data="full", **link(CHOSEN)).set(data="sample")
        assert session.warnings == []
        assert_shows(session, CHOSEN)


class TestDamaged:
    @pytest.fixture
    def raw(self, root: Path) -> Path:
        """The folder of the four files, to be damaged; they are as small as the sample's."""
        return Path(shutil.copytree(mnist.SAMPLE_ROOT / "MNIST", root / "MNIST")) / "raw"

    @pytest.mark.parametrize("batch", ["0", "500"])
    @pytest.mark.parametrize(
        ("name", "damage"),
        [
            ("train-images-idx3-ubyte", lambda whole: whole[: len(whole) // 2]),
            ("train-labels-idx1-ubyte", lambda whole: whole[:10]),
            ("t10k-images-idx3-ubyte", lambda whole: b""),
            ("t10k-labels-idx1-ubyte", lambda whole: b"<html>Please log in</html>" * 50),
        ],
    )
    def test_is_told_and_the_sample_used(
        self, raw: Path, told: Told, name: str, damage: Callable[[bytes], bytes], batch: str
    ) -> None:
        (raw / name).write_bytes(damage((raw / name).read_bytes()))
        session = Session.open(data="full", **link(CHOSEN), batch=batch)
        (error,) = session.errors
        assert str(raw) not in error
        assert mnist.REMEDY in error
        assert "The app goes on with the sample." in error
        assert session.settings["batch"] == int(batch)
        if batch == "0":
            assert_shows_sample(session, CHOSEN)
        # What is there is not overwritten unasked.
        assert told.starts == []

    @pytest.mark.parametrize("place", [{"batch": "500"}, {"batch": "62", "image": "40"}])
    def test_a_set_of_another_size_is_not_taken_for_mnist(
        self, raw: Path, place: dict[str, str]
    ) -> None:
        session = Session.open(data="full", **place)
        (error,) = session.errors
        assert mnist.REMEDY in error

    def test_is_read_again_when_it_is_mended(self, root: Path, raw: Path, full_set: Path) -> None:
        file = raw / "train-images-idx3-ubyte"
        file.write_bytes(b"")
        session = Session.open(data="full")
        assert len(session.errors) == 1
        shutil.rmtree(root)
        root.symlink_to(full_set)
        assert_shows(session.run(), {"data": "full"}, full_set)
        assert session.errors == []
