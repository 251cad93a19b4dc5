"""Reads one file of `torch.save`, in a process of its own that can do little else.

`weights_only=True` keeps a pickle from calling what it likes, but bounds neither memory nor time.
So the file is read here, under limits of the system, and what goes back is safetensors: numbers
that need not be trusted. Started by `mnistviz.network.files.readers` with the file's path; it needs
torch, the standard library, `picking` and `orders`, nothing else of mnistviz.

The talk over standard input and output: the child writes `READY`; it gets eight bytes with the
length of the file, and the file; it answers `TENSORS` or `REFUSED`, eight bytes with a length, and
so many bytes of safetensors or of JSON.
"""

import codecs
import io
import json
import select
import sys
from typing import Any

from mnistviz.network.files.picking import TYPES, Refused, stand_ins, tensors

READY = b"R"
TENSORS = b"T"
REFUSED = b"E"

LEFT = 3
"""The exit code of a child that has waited in vain."""

CPU_SECONDS = 10
"""What reading one file may compute."""

SPARE_BYTES = 64_000_000
"""Memory that reading may take beside four times the size of the file."""


def can_limit() -> bool:
    """Tell whether the system keeps a process to an amount of memory; of those in use, Linux."""
    return sys.platform == "linux"


def limit(size: int) -> None:
    """Let this process take so much more memory and time, no files and no children.

    Args:
        size: bytes of the file that will be read.
    """
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:
        in_use = int(file.read().split()[0]) * resource.getpagesize()
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    memory = in_use + 4 * size + SPARE_BYTES
    for what, most, last in (
        (resource.RLIMIT_AS, memory, memory),
        # The first signal tells the server that the time was over; the last one would not.
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        # No number is left for a file that is opened from here on.
        (resource.RLIMIT_NOFILE, 3, 3),
    ):
        hard = resource.getrlimit(what)[1]
        if hard != resource.RLIM_INFINITY:
            most, last = min(most, hard), min(last, hard)
        resource.setrlimit(what, (most, last))


def safetensors(
    named: dict[str, Any], metadata: dict[str, str], torch: Any, most: int
) -> list[bytes]:
    """Write tensors in the order in which they come, piece by piece.

    Args:
        named: the tensors.
        metadata: what to say of the rest of the file.
        torch: the library.
        most: bytes that the numbers may have together.

    Raises:
        Refused: they have more, as a tensor may say the same few numbers over and over.
    """
    table: dict[str, Any] = {"__metadata__": metadata}
    end = 0
    for key, tensor in named.items():
        begin, end = end, end + tensor.numel() * tensor.element_size()
        if end > most:
            raise Refused("large", key=key[:200], shape=list(tensor.shape)[:20])
        table[key] = {
            "dtype": TYPES[str(tensor.dtype)],
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
    header = json.dumps(table).encode()
    pieces = [len(header).to_bytes(8, "little"), header]
    for tensor in named.values():
        pieces.append(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return pieces


def read(data: bytes, torch: Any) -> list[bytes]:
    """Read a file and give its tensors back as pieces of safetensors.

    Raises:
        Refused: it cannot be read, it takes too much memory, or what it holds cannot be used.
    """
    try:
        allowed = [(each, name) for name, each in stand_ins(data).items()]
        with torch.serialization.safe_globals(allowed):
            content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        named, metadata = tensors(content, torch)
        return safetensors(named, metadata, torch, max(2 * len(data), 1_000_000))
    except Refused:
        raise
    except MemoryError:
        raise Refused("memory") from None
    except Exception as error:
        # Whatever a broken file may set off in there, it is the file's fault.
        text = f"{type(error).__name__}: {error}"
        if "alloc" in text:
            raise Refused("memory") from None
        raise Refused("unreadable", text=text[:300]) from None


def _rehearse(torch: Any) -> None:
    """Read a file of our own, so that all is imported before files can no longer be opened."""
    for new in (True, False):
        written = io.BytesIO()
        torch.save({"weight": torch.zeros(1, 1)}, written, _use_new_zipfile_serialization=new)
        read(written.getvalue(), torch)
    # As such text do the bytes of an array stand in a pickle.
    codecs.lookup("latin1")
    # And so do names in an archive that another program has written.
    codecs.lookup("cp437")
    torch.frombuffer(bytearray(8), dtype=torch.float64)
    try:
        read(b"no file", torch)
    except Refused:
        json.dumps({})


def main(seconds: float, packages: list[str]) -> int:
    """Wait for one file, answer, and end.

    Args:
        seconds: so long it waits for the file.
        packages: folders in which torch may lie, beside the usual ones.

    Returns:
        The exit code: 0 after an answer, `LEFT` if there came no file.
    """
    sys.path += [folder for folder in packages if folder not in sys.path]
    import torch

    torch.set_num_threads(1)
    _rehearse(torch)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    target.write(READY)
    target.flush()
    if not select.select([source], [], [], seconds)[0]:
        return LEFT
    size = int.from_bytes(source.read(8), "little")
    limit(size)
    data = source.read(size)
    if not size or len(data) < size:
        return LEFT
    try:
        kind, pieces = TENSORS, read(data, torch)
    except Refused as refused:
        kind, pieces = REFUSED, [json.dumps(refused.facts).encode()]
    target.write(kind + sum(map(len, pieces)).to_bytes(8, "little"))
    for piece in pieces:
        target.write(piece)
    target.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
