"""What the server may take of the machine: one number of bytes, shared out, and one of visitors.

Both can be said by environment variables. Where they are not, the bytes are those of the machine,
or fewer where its control group gives fewer, and the visitors are as many as fit. The limits of
what computes for long (`training/pool.py`) are here too.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

MEMORY = "MNISTVIZ_MEMORY"
"""The environment variable with the bytes that the server may take, such as `2G` or `690 MB`."""

SESSIONS = "MNISTVIZ_MAX_SESSIONS"
"""The environment variable with the pages that may be open at once; 0 means any number."""

UNKNOWN = 2_000_000_000
"""Bytes of a machine that does not say how many it has."""

ITSELF = 750_000_000
"""Bytes of a server that has started, where they cannot be read: with PyTorch's plain wheels."""

SMALLEST, LARGEST = 24_000_000, 200_000_000
"""Bytes of a large store. With fewer a page would compute its own results again while it is drawn;
with more nothing is faster."""

RESULTS = 40_000_000
"""Bytes of the store of results at most. A visitor with a small network that nobody else has leaves
half a megabyte there on the way through all pages, and little of it is asked for again: with more,
the server would grow with each of hundreds of visitors."""

SMALL = 64_000_000
"""Bytes of a small store at most; at least, and where there is little, it is half a large one."""

SESSION_BYTES = 2_000_000
"""What a page that is open takes at most beside what all share."""

FEWEST_SESSIONS, MOST_SESSIONS = 10, 200
"""Pages that are open at once. More of them wait longer for an answer than anybody likes to."""

FOLDER_BYTES = 256_000_000
"""Bytes of all finished trainings in the cache folder; the least recently read go first."""

AT_ONCE = 4
"""Trainings that take turns, and as many measurements; more wait in a line."""

TENURE = 3.0
"""Seconds that one of them computes before it goes to the end of its line, if there is one."""

GIVES_WAY = 0.05
"""Seconds that it waits at most while pages are computed."""

NICE = 5
"""How far the threads of the pool stand behind all others at the system's processors, 0 to 19."""

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "KI": 2**10, "MI": 2**20, "GI": 2**30}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]I?|)B?")


class BadLimit(ValueError):
    """A variable whose value means nothing; the message says which."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is shared out.

    Attributes:
        results: bytes of all that was computed for a page and may be asked for again.
        runs: bytes of all trainings.
        loaded: bytes of all parameters that people have loaded.
        own_sets: bytes of all trainings on sets of one's own.
        shuffled: bytes of all trainings on shuffled labels.
        sessions: pages that are open at once; 0 for any number.
    """

    results: int
    runs: int
    loaded: int
    own_sets: int
    shuffled: int
    sessions: int


@cache
def current() -> Limits:
    """Return the limits of this process, which has started: what it takes by now is its own.

    Raises:
        BadLimit: a variable means nothing.
    """
    return share_out(memory(os.environ), resident(), os.environ)


def share_out(total: int, own: int, variables: Mapping[str, str]) -> Limits:
    """Share out what is left of the memory: one half for the stores, one for those who visit.

    Args:
        total: bytes that the server may take.
        own: bytes that it takes without visitors.
        variables: of the environment.

    Raises:
        BadLimit: a variable means nothing.
    """
    half = max(0, total - own) // 2
    large = min(max(half // 4, SMALLEST), LARGEST)
    small = min(large // 2, SMALL)
    fitting = min(max(half // SESSION_BYTES, FEWEST_SESSIONS), MOST_SESSIONS)
    results = min(large, RESULTS)
    return Limits(results, large, large, small, small, sessions(variables, fitting))


def sessions(variables: Mapping[str, str], fitting: int) -> int:
    """Return how many pages may be open at once.

    Raises:
        BadLimit: the variable is not a whole number.
    """
    asked = variables.get(SESSIONS, "").strip()
    if not asked:
        return fitting
    if not (asked.isascii() and asked.isdecimal()):
        raise BadLimit(f"{SESSIONS} is {asked!r}, but must be a whole number; 0 for any number")
    return int(asked)


def memory(variables: Mapping[str, str]) -> int:
    """Return how many bytes the server may take.

    Raises:
        BadLimit: the variable is no amount.
    """
    asked = variables.get(MEMORY, "").strip()
    if not asked:
        return min([of_machine(), *of_groups()])
    amount = _AMOUNT.fullmatch(asked.upper())
    size = int(float(amount[1]) * _UNITS[amount[2]]) if amount else 0
    if size < 10**8:
        raise BadLimit(f"{MEMORY} is {asked!r}, but must be an amount such as 2G or 690 MB")
    return size


def of_machine() -> int:
    """Return the bytes of the machine."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return UNKNOWN


def of_groups(root: Path = Path("/")) -> Iterator[int]:
    """Find what the control groups of this process give, of both versions.

    Args:
        root: of the file system.
    """
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, kinds, path = line.split(":", 2)
        if not kinds:
            mount, name = root / "sys/fs/cgroup", "memory.max"
        elif "memory" in kinds.split(","):
            mount, name = root / "sys/fs/cgroup/memory", "memory.limit_in_bytes"
        else:
            continue
        # A group has no more than those around it. In a container the path may be that of outside.
        group = PurePosixPath(path.lstrip("/"))
        for folder in (group, *group.parents):
            said = _read(mount / folder / name).strip()
            if said.isdecimal():
                yield int(said)


def resident() -> int:
    """Return the bytes that this process takes now."""
    pages = _read(Path("/proc/self/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if len(pages) > 1 else ITSELF


def check() -> None:
    """End the process with a sentence where a variable means nothing."""
    try:
        share_out(memory(os.environ), ITSELF, os.environ)
    except BadLimit as error:
        sys.exit(str(error))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
