"""Runs: trainings that are recorded while they go, one for each spec, shared by all who ask.

A run is computed by a thread of its own, and only while somebody watches it. Whoever reads it reads
what is there; nobody waits for anybody. Runs stand in one line (`pool`), and what one process has
learned others read (`shared`).
"""

import threading
import time
import traceback
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mnistviz.digits import mnist
from mnistviz.limits import LARGEST
from mnistviz.network.bounded import BoundedStore
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import pool
from mnistviz.training.loop import Mark, StepRecord, train
from mnistviz.training.shared import Place, Record

UNSEEN = 3.0
"""Seconds after which a watcher who did not call `watch` again counts as gone."""

LOOKS_EVERY = 0.2
"""Seconds after which a run that waits looks how it stands, and tells how far one is that goes."""

PAUSE_WITHIN = 1.0
"""Seconds that a pause waits at most until the step that is under way is done."""

HELD = 4
"""Times its parameters that an unfinished run holds beside its snapshots: weights, gradients, and
the two means of Adam."""

RECORD_BYTES = 4096
"""What a run takes at least, also before its first step."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        step: updates so far.
        steps: updates in all.
        seconds: that were computed so far.
        running: whether it is being computed now.
        finished: whether nothing is left to do: all steps are done, or the loss was no number.
        error: what went wrong in our own code; empty if nothing did.
        ahead: trainings that come before this one may go on; 0 while it does.
        elsewhere: whether another process computes it; `step` is what that one has told.
    """

    step: int
    steps: int
    seconds: float
    running: bool
    finished: bool
    error: str = ""
    ahead: int = 0
    elsewhere: bool = False


class Run:
    """One training and its record.

    Attributes:
        spec: the network, with its training.
        losses: of every step so far, from step 1.
        accuracies: of every step's batch.
        marks: by step, what was recorded at a few of them; step 0 is the first.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        examples: Callable[[], mnist.Examples],
        place: Callable[[NetworkSpec], Place] | None = None,
    ) -> None:
        """Prepare a run; nothing is computed before somebody watches.

        Args:
            spec: the network, with its training.
            examples: gives the digits when they are needed.
            place: gives its place in the folder of all processes, if it has one.
        """
        self.spec = spec
        self.losses, self.accuracies = array("f"), array("f")
        self.marks: dict[int, Mark] = {}
        self.exploded = False
        self._examples = examples
        self._find_place = place
        self._place: Place | None = None
        self._told: int | None = None
        self._told_at = 0.0
        self._records: Iterator[StepRecord] | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._seen: dict[str, float] = {}
        self._paused: set[str] = set()
        self._seconds = 0.0
        self._finished = False
        self._error = ""

    @property
    def training(self) -> TrainSpec:
        """How it is trained."""
        assert self.spec.training is not None
        return self.spec.training

    @property
    def size(self) -> int:
        """Bytes that the run takes: its record, and what it computes with until it is finished."""
        copies = sum(mark.layers is not None for mark in list(self.marks.values()))
        copies += HELD if self._records is not None else 0
        return RECORD_BYTES + 4 * self.spec.parameter_count * copies + 8 * len(self.losses)

    @property
    def has_failed(self) -> bool:
        """Tell whether an error of our own has ended it."""
        return bool(self._error)

    @property
    def layers(self) -> Parameters:
        """The parameters of the last mark: those at the end, once the run is finished."""
        marks = list(self.marks.values())
        return next(mark.layers for mark in reversed(marks) if mark.layers is not None)

    def progress(self) -> Progress:
        """Tell how far the run is."""
        with self._changed:
            return Progress(
                len(self.losses) if self._told is None else self._told,
                self.training.steps,
                self._seconds,
                self._thread is not None,
                self._finished,
                self._error,
                0 if self._finished else pool.LINE.ahead(self),
                self._told is not None,
            )

    def watch(self, who: str) -> Progress:
        """Have the run go on for at least `UNSEEN` seconds, unless `who` has paused it.

        Args:
            who: any name of the watcher, the same at every call.

        Returns:
            How far it is.
        """
        with self._changed:
            if who not in self._paused:
                self._seen[who] = time.monotonic()
                if not self._finished and self._thread is None:
                    self._thread = threading.Thread(
                        target=self._work, name="mnistviz-run", daemon=True
                    )
                    self._thread.start()
        return self.progress()

    def pause(self, who: str) -> None:
        """Stop watching; `watch` does not start the run again before `go_on`.

        Where nobody else watches, the run stands when this returns (or `PAUSE_WITHIN` seconds
        have passed): the step that a page names after it is the step where it stays.
        """
        with self._changed:
            self._paused.add(who)
            self._seen.pop(who, None)
            if not self.is_watched:
                self._changed.wait_for(lambda: self._thread is None, PAUSE_WITHIN)

    def is_paused(self, who: str) -> bool:
        """Tell whether a watcher has paused it."""
        return who in self._paused

    def go_on(self, who: str) -> Progress:
        """Watch again after a pause."""
        with self._changed:
            self._paused.discard(who)
        return self.watch(who)

    def leave(self, who: str) -> None:
        """Watch no more. If nobody else does, the run stops where it is, ready to go on.

        Who has paused it finds it paused again.
        """
        with self._changed:
            self._seen.pop(who, None)

    def stop(self, who: str) -> None:
        """Leave the run, and forget a pause."""
        with self._changed:
            self._paused.discard(who)
            self._seen.pop(who, None)

    def abandon(self) -> None:
        """Let nobody watch any more."""
        with self._changed:
            self._seen.clear()

    def wait(self, seconds: float) -> Progress:
        """Wait until the run stops, but not longer than some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._thread is None, seconds)
        return self.progress()

    @property
    def is_watched(self) -> bool:
        """Whether somebody has called `watch` within the last `UNSEEN` seconds."""
        now = time.monotonic()
        with self._changed:
            return any(now - latest < UNSEEN for latest in self._seen.values())

    def _work(self) -> None:
        """Compute while somebody watches; the thread of the run."""
        pool.stand_back()
        while self._goes_on():
            try:
                self._go_on()
            except Exception as error:
                # A thread has nobody to raise it to: those who watch are told by the progress.
                self._error = f"{type(error).__name__}: {error}"
                self._finished = True
                traceback.print_exc()

    def _goes_on(self) -> bool:
        """Decide whether the thread goes on or ends; `watch` cannot start it in between."""
        with self._changed:
            if self.is_watched and not self._finished:
                return True
            pool.LINE.leave(self)
            if self._place is not None:
                self._place.free()
            self._place = self._told = self._thread = None
            self._changed.notify_all()
            return False

    def _go_on(self) -> None:
        """Come a little further: to a place, to what others have learned, or by computing."""
        if self._find_place is not None and self._place is None:
            self._take_over(self._find_place(self.spec))
        elif pool.LINE.wait(self, LOOKS_EVERY):
            before = self._seconds
            pool.COURTESY.give_way()
            with pool.CORES:
                self._compute()
            pool.LINE.spend(self, self._seconds - before)
            self._tell()

    def _take_over(self, place: Place) -> None:
        """Make the training this process's own, or take what another one has made of it."""
        if place.take():
            self._place = place
        record = place.read()
        with self._changed:
            if record is not None:
                self.losses, self.accuracies = record.losses, record.accuracies
                self.marks, self.exploded = dict(record.marks), record.exploded
                self._seconds, self._records = record.seconds, None
                self._finished = True
            waits = record is None and self._place is None
            self._told = place.told() if waits else None
            if waits:
                self._changed.wait(LOOKS_EVERY)

    def _tell(self) -> None:
        """Let other processes know how far it is, and at the end what it has recorded."""
        if self._place is None:
            return
        if self._finished:
            self._place.write(
                Record(self.losses, self.accuracies, self.marks, self.exploded, self._seconds)
            )
        elif time.monotonic() - self._told_at > LOOKS_EVERY:
            self._told_at = time.monotonic()
            self._place.tell(len(self.losses))

    def _compute(self) -> None:
        """Compute for one slice of time."""
        if self._records is None:
            self._records = train(self.spec.untrained, self.training, self._examples())
        began = time.perf_counter()
        for record in self._records:
            self._keep(record)
            now = time.perf_counter()
            if now - began > pool.COURTESY.share or not self._seen:
                self._seconds += now - began
                return
        self._seconds += time.perf_counter() - began
        self._finished = True
        self._records = None

    def _keep(self, record: StepRecord) -> None:
        if record.mark is not None:
            self.marks[record.step] = record.mark
        if record.step:
            self.accuracies.append(record.accuracy)
            self.losses.append(record.loss)
        self.exploded = self.exploded or not record.finite


class Runs:
    """The runs of a server, by spec, bounded by the memory that they take.

    One that is watched is never dropped.
    """

    def __init__(
        self,
        examples: Callable[[TrainSpec], mnist.Examples],
        limit: int = LARGEST,
        place: Callable[[NetworkSpec], Place] | None = None,
    ) -> None:
        """Begin without runs.

        Args:
            examples: gives the digits that a training asks for.
            limit: bytes that all runs may take together.
            place: gives the place of a run in the folder of all processes; without it each process
                trains by itself.
        """
        self._examples, self._place = examples, place
        # Nobody else may look for a run while one is made.
        self._lock = threading.Lock()
        self._runs = BoundedStore[NetworkSpec, Run](
            limit, lambda _, run: run.size, lambda run: run.is_watched
        )

    def get(self, spec: NetworkSpec) -> Run:
        """Return the run of a spec; the same one for everybody.

        Args:
            spec: the network, with its training. The styles with modules share one run: their
                arithmetic is the same.
        """
        training = spec.training
        assert training is not None
        if spec.style is not Style.TENSORS:
            spec = replace(spec, style=Style.MODULE)
        with self._lock:
            run = self._runs.get(spec)
            # What has failed once, for want of memory perhaps, deserves another try.
            if run is None or (run.has_failed and not run.is_watched):
                run = Run(spec, lambda: self._examples(training), self._place)
                self._runs.put(spec, run)
            return run

    def close(self) -> None:
        """Let nobody watch any more, and wait a moment until the threads have ended."""
        all_runs = self._runs.values()
        for run in all_runs:
            run.abandon()
        for run in all_runs:
            run.wait(0.5)

    def leave(self, who: str, but: Run | None = None) -> None:
        """Watch no run any more, but one."""
        for run in self._runs.values():
            if run is not but:
                run.leave(who)

    @property
    def size(self) -> int:
        """Bytes that all runs take."""
        return self._runs.size
