"""The child processes that read files of `torch.save`: at most one in waiting, a few at work."""

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mnistviz.network.files import child_process
from mnistviz.network.files.records import (
    AGAIN,
    SHOWABLE,
    TO_SAVE,
    WANTED,
    WeightsError,
    shape_text,
)
from mnistviz.words import say
from mnistviz.words.untrusted import code, plain

IDLE_SECONDS = 60.0
"""So long a child waits for a file before it leaves."""

START_SECONDS = 120.0
"""So long a child is waited for until it is ready; the import of torch is most of it."""

READ_SECONDS = 60.0
"""So long its answer is waited for. What a file may compute is bounded in the child, by
`child_process.CPU_SECONDS`: on a busy machine a good file takes long, which is not its fault."""

AT_WORK = 2
"""Children that may read at once: each takes about 250 MB."""

TURN_SECONDS = 120.0
"""So long a file waits for its turn before the person is asked to come again."""

ANSWER_BYTES = 130_000_000
"""What a child may answer: twice the largest file, and its table of contents."""

SAVE_AS_SAFETENSORS = (
    'from safetensors.torch import save_file\nsave_file(model.state_dict(), "weights.safetensors")'
)
"""The two lines that write the same numbers as safetensors, which needs no child."""

_START = """
import runpy, sys
root, *sys.argv = sys.argv[1:]
sys.path.append(root)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""How a child begins: alone, it would not find the package of its own file."""

_PASSED_ON = ("LD_LIBRARY_PATH", "SYSTEMROOT")
"""What a child gets of the server's environment: what finds libraries, and nothing else."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a child.

    Attributes:
        tensors: safetensors, not yet checked.
        facts: if it refused, why; see `child_process.Refused`.
    """

    tensors: bytes = b""
    facts: dict[str, Any] | None = None


class _Child:
    """One process that reads one file."""

    def __init__(self, idle: float) -> None:
        """Start it; it imports torch while we go on.

        Args:
            idle: seconds that it waits for a file.
        """
        folders = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
        environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        self.process = subprocess.Popen(
            # -I: what Python would read from the environment and the current folder is not read.
            [
                sys.executable,
                "-I",
                "-c",
                _START,
                str(Path(child_process.__file__).resolve().parents[3]),
                str(Path(child_process.__file__).resolve()),
                str(idle),
                *folders,
            ],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).anchor,
            env={
                **environment,
                "OMP_NUM_THREADS": "1",
                "CUDA_VISIBLE_DEVICES": "",
                "LANG": "C.UTF-8",
            },
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._into, self._out = self.process.stdin, self.process.stdout
        os.set_blocking(self._into.fileno(), False)
        os.set_blocking(self._out.fileno(), False)
        self._thread: threading.Thread | None = None

    def reap(self) -> None:
        """Start a thread that waits for its end, so that it does not remain as a zombie process."""
        self._thread = threading.Thread(
            target=self.process.wait, name="mnistviz-reader", daemon=True
        )
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def ask(self, data: bytes) -> Answer | None:
        """Give it the file and wait for the answer.

        Returns:
            The answer; None if it had left already, and another child has to be asked.

        Raises:
            WeightsError: it took too long, or it broke off.
        """
        if not self._talk(b"", lambda got: len(got) > 0, START_SECONDS):
            raise WeightsError(say("errors/weights", "no_helper", code=SAVE_AS_SAFETENSORS))
        got = self._talk(len(data).to_bytes(8, "little") + data, _is_whole, READ_SECONDS)
        if _is_whole(got):
            return _answer(bytes(got))
        code = self._code()
        if code == child_process.LEFT:
            return None
        if code == -signal.SIGXCPU:
            most = child_process.CPU_SECONDS
            raise WeightsError(say("errors/weights", "late", seconds=most, wanted=WANTED))
        raise WeightsError(say("errors/weights", "broke_off", wanted=WANTED))

    def _talk(
        self, outgoing: bytes, enough: Callable[[bytearray], bool], seconds: float
    ) -> bytearray:
        """Write and read at once until there is enough or the child has closed its end.

        Raises:
            WeightsError: the time is over, as the machine has other things to do.
        """
        end = time.monotonic() + seconds
        rest, got = memoryview(outgoing), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            if rest:
                selector.register(self._into, selectors.EVENT_WRITE)
            while not enough(got) and len(got) < ANSWER_BYTES:
                if time.monotonic() > end:
                    raise WeightsError(say("errors/weights", "busy", seconds=seconds))
                for key, _ in selector.select(max(end - time.monotonic(), 0)):
                    if key.fileobj is self._into:
                        rest = rest[_write(self._into.fileno(), rest) :]
                        if not rest:
                            selector.unregister(self._into)
                        continue
                    piece = os.read(self._out.fileno(), 1 << 20)
                    if not piece:
                        return got
                    got += piece
        return got

    def _code(self) -> int | None:
        """Return the exit code of a child that has closed its end; it has a second to leave."""
        try:
            return self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """Kill the process, wait for its end and close its pipes."""
        self.process.kill()
        self.process.wait()
        if self._thread is not None:
            self._thread.join()
        self._into.close()
        self._out.close()


def _write(number: int, rest: memoryview) -> int:
    """Write what fits into the pipe; all of it counts as written if nobody reads any more."""
    try:
        return os.write(number, rest[: 1 << 20])
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(rest)


def _is_whole(got: bytearray) -> bool:
    return len(got) >= 9 and len(got) >= 9 + int.from_bytes(got[1:9], "little")


def _answer(got: bytes) -> Answer:
    """Take an answer apart; the child is not trusted."""
    content = got[9 : 9 + int.from_bytes(got[1:9], "little")]
    if got[:1] == child_process.TENSORS:
        return Answer(tensors=content)
    try:
        facts = json.loads(content)
    except (ValueError, RecursionError):
        facts = None
    return Answer(facts=facts if isinstance(facts, dict) else {})


class Readers:
    """The children of a server. Safe to share between threads.

    A child takes seconds to start, as it imports torch. So one is started when somebody is about
    to bring a file (`warm`), waits, and leaves by itself if there comes none. Each reads one file.
    """

    def __init__(self, idle: float = IDLE_SECONDS) -> None:
        """Begin without a child.

        Args:
            idle: seconds that one waits for a file.
        """
        self._idle = idle
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_WORK)
        self._spare: _Child | None = None
        self._closed = False

    def warm(self) -> None:
        """Have a child in waiting; costs nothing if there is one: call it at every run."""
        if not child_process.can_limit():
            return
        with self._lock:
            if self._closed or (self._spare is not None and self._spare.is_alive):
                return
            self._drop()
            try:
                self._spare = _Child(self._idle)
            except OSError:
                # Who brings a file is told, if it is so still.
                return
            self._spare.reap()

    def tensors(self, data: bytes) -> bytes:
        """Return the tensors of a file of `torch.save`, read by a child process.

        Args:
            data: the whole file, checked by `torch_file.check`.

        Returns:
            The tensors as safetensors, to be checked like any other file; metadata `left` names
            what is no tensor.

        Raises:
            WeightsError: the file cannot be read, or not within the limits; or this system has no
                limits.
        """
        if not child_process.can_limit():
            raise WeightsError(say("errors/weights", "no_limit", code=SAVE_AS_SAFETENSORS))
        if not self._turns.acquire(timeout=TURN_SECONDS):
            raise WeightsError(say("errors/weights", "queue"))
        try:
            answer = self._ask(self._take(), data) or self._ask(self._start(), data)
        finally:
            self._turns.release()
        if answer is None:
            raise WeightsError(say("errors/weights", "not_read"))
        if answer.facts is not None:
            raise WeightsError(explain(answer.facts))
        return answer.tensors

    def close(self) -> None:
        """End the child in waiting; none is started any more."""
        with self._lock:
            self._closed = True
            self._drop()

    def _take(self) -> _Child:
        with self._lock:
            child, self._spare = self._spare, None
        return child or self._start()

    def _drop(self) -> None:
        """Take leave of the child in waiting."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None

    def _start(self) -> _Child:
        try:
            return _Child(self._idle)
        except OSError as error:
            raise WeightsError(
                say("errors/weights", "no_process", reason=plain(str(error.strerror)))
            ) from None

    @staticmethod
    def _ask(child: _Child, data: bytes) -> Answer | None:
        try:
            return child.ask(data)
        finally:
            child.close()


def explain(facts: dict[str, Any]) -> str:
    """Return the sentence that says why a child refused a file.

    Args:
        facts: what it said; any value may be missing or wrong.
    """
    key, shape = code(str(facts.get("key", ""))), facts.get("shape")
    # In no other place than inside of code may a file's own text stand.
    values = shape if isinstance(shape, list) else []
    sizes = tuple(size for size in values if isinstance(size, int))
    tensor = say("errors/weights", "tensor_title", key=key, count=shape_text(sizes))
    dtype = code(str(facts.get("dtype", "")))
    texts = {
        "memory": say("errors/weights", "memory", wanted=WANTED),
        "many": say("errors/weights", "too_many", showable=SHOWABLE),
        "twice": say("errors/weights", "twice", key=key, again=AGAIN),
        "large": say("errors/weights", "repeats", tensor=tensor),
        "quantized": say("errors/weights", "quantized", tensor=tensor),
        "sparse": say("errors/weights", "sparse", tensor=tensor),
        "nowhere": say("errors/weights", "meta", tensor=tensor),
        "type": say("errors/weights", "type", tensor=tensor, dtype=dtype),
    }
    if str(facts.get("reason")) in texts:
        return texts[str(facts["reason"])]
    text = str(facts.get("text", ""))
    reason = f" ({code(text, 160)})" if text else ""
    return say("errors/weights", "torch_cannot", reason=reason, to_save=TO_SAVE)
