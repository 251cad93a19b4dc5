"""Tests of what the server may take: where the number comes from, and how it is shared out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mnistviz import limits
from mnistviz.limits import BadLimit


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ("2G", 2_000_000_000),
        ("690 MB", 690_000_000),
        ("1.5GiB", 1_610_612_736),
        (" 512mi ", 536_870_912),
        ("700000000", 700_000_000),
        ("400000 kB", 400_000_000),
    ],
)
def test_an_amount_is_read_as_people_write_it(said: str, size: int) -> None:
    assert limits.memory({limits.MEMORY: said}) == size


@pytest.mark.parametrize("said", ["much", "-2G", "2T", "0", "2", "1,5G", "2G of it", "NaN"])
def test_what_is_no_amount_is_said(said: str) -> None:
    with pytest.raises(BadLimit, match=f"MNISTVIZ_MEMORY is '{said}'"):
        limits.memory({limits.MEMORY: said})


@pytest.mark.parametrize("said", ["many", "-1", "2.5", "²"])
def test_what_is_no_number_of_pages_is_said(said: str) -> None:
    with pytest.raises(BadLimit, match="MNISTVIZ_MAX_SESSIONS"):
        limits.sessions({limits.SESSIONS: said}, 100)


@pytest.mark.parametrize(("said", "count"), [("", 100), (" ", 100), ("7", 7), ("0", 0)])
def test_pages_are_as_many_as_is_said_or_fit(said: str, count: int) -> None:
    assert limits.sessions({limits.SESSIONS: said}, 100) == count


def test_a_bad_value_ends_the_process_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.MEMORY, "a lot")
    with pytest.raises(SystemExit, match=r"MNISTVIZ_MEMORY is 'a lot', but must be an amount"):
        limits.check()


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_a_group_of_version_2_has_no_more_than_those_around_it(tmp_path: Path) -> None:
    write(tmp_path, "proc/self/cgroup", "0::/school/app\n")
    write(tmp_path, "sys/fs/cgroup/school/app/memory.max", "max\n")
    write(tmp_path, "sys/fs/cgroup/school/memory.max", "690000000\n")
    assert list(limits.of_groups(tmp_path)) == [690_000_000]


def test_a_group_of_version_1_is_found_too(tmp_path: Path) -> None:
    write(tmp_path, "proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/docker/1\n0::/\n")
    # In a container its own group is the root, whatever it is called outside.
    write(tmp_path, "sys/fs/cgroup/memory/memory.limit_in_bytes", "1000000000\n")
    assert list(limits.of_groups(tmp_path)) == [1_000_000_000]


def test_without_groups_it_is_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(limits.of_groups(tmp_path)) == []
    monkeypatch.setattr(limits, "of_groups", lambda: iter([10**18]))
    assert limits.memory({}) == limits.of_machine() > 10**8


def test_a_machine_that_does_not_say_has_a_common_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sysconf")
    assert limits.of_machine() == limits.UNKNOWN


@pytest.mark.parametrize("total", [10**8, 690_000_000, 1_200_000_000, 2_700_000_000, 10**11])
def test_what_is_shared_out_fits(total: int) -> None:
    own = 400_000_000
    shared = limits.share_out(total, own, {})
    stores = (shared.results, shared.runs, shared.loaded, shared.own_sets, shared.shuffled)
    assert all(limits.SMALLEST // 2 <= store <= limits.LARGEST for store in stores)
    assert limits.FEWEST_SESSIONS <= shared.sessions <= limits.MOST_SESSIONS
    assert shared.results <= limits.RESULTS
    if total >= 690_000_000:
        assert own + sum(stores) + shared.sessions * limits.SESSION_BYTES <= total


def test_this_process_has_a_size() -> None:
    assert 10**6 < limits.resident() < 10**11
