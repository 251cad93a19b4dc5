"""`make load`: how the app stands a full house, beside a bare Streamlit page under the same load.

A visitor opens the page, waits for the others, and then clicks: at once after each answer, or at a
pace. `make load ARGS="--sessions 60 --pace 5"`; with `--servers 2`, two processes behind nginx,
counted together.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from scripts import scale
from tests.load.session import NoAnswer, Session
from tests.serving import ROOT, Server, free_port, serve

HEAD = f"{'':10} {'answers/s':>9} {'p50 ms':>8} {'p95 ms':>8} {'errors':>7} {'CPU ms':>7} {'MB':>6}"


@dataclass(frozen=True)
class House:
    """A server, and what its visitors do.

    Attributes:
        name: for the table.
        url: where it is.
        pids: its processes; none of a server of somebody else.
        page: that all visitors open.
        key: of the widget that they change.
        values: that they give it, one after the other.
    """

    name: str
    url: str
    pids: tuple[int, ...]
    page: str
    key: str
    values: tuple[str, ...]


@dataclass
class Load:
    """What was measured.

    Attributes:
        times: seconds from a click to its answer.
        in_time: answers that came before the time was up.
        errors: by what was said.
        cpu: milliseconds of the server's processor for a click.
        memory: megabytes of the server at the end.
    """

    times: list[float] = field(default_factory=list)
    in_time: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    cpu: float = 0.0
    memory: float = 0.0

    def quantile(self, share: float) -> float:
        """Return a quantile of the times, in milliseconds; NaN without any."""
        if len(self.times) < 2:
            return float("nan")
        return (
            1000
            * statistics.quantiles(self.times, n=100, method="inclusive")[round(100 * share) - 1]
        )


async def click(
    session: Session, house: House, load: Load, number: int, options: argparse.Namespace
) -> None:
    """Click until the time is up."""
    chance = random.Random(number)
    end = time.perf_counter() + options.seconds
    turn = number
    if options.pace:
        await asyncio.sleep(chance.uniform(0, options.pace))
    while (began := time.perf_counter()) < end:
        turn += 1
        await session.choose(house.key, house.values[turn % len(house.values)])
        answered = time.perf_counter()
        load.times.append(answered - began)
        load.in_time += answered < end
        if options.pace:
            # Steady visitors would all come at the same moments.
            rest = chance.uniform(0.5, 1.5) * options.pace - (answered - began)
            await asyncio.sleep(max(0.0, min(rest, end - answered)))


@asynccontextmanager
async def trainings(house: House, options: argparse.Namespace) -> AsyncIterator[None]:
    """Have so many more visitors wait, each for a training that no other has asked for."""
    seconds = 2 * (options.timeout + options.seconds)
    pupils = [Session(house.url, seconds) for _ in range(options.trainings)]
    seeds = random.sample(range(1_000_000), len(pupils))
    waits = [
        asyncio.create_task(pupil.open(query=f"weights=trained&epochs=50&batch_size=4&seed={seed}"))
        for pupil, seed in zip(pupils, seeds, strict=True)
    ]
    # Each has to arrive before the clicks are counted.
    await asyncio.sleep(2 if waits else 0)
    yield
    if any(wait.done() for wait in waits):
        print(f"{'':10} a training ended before the clicks did")
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
    await asyncio.gather(*(pupil.close() for pupil in pupils))


async def measure(house: House, count: int, options: argparse.Namespace) -> Load:
    """Have so many visitors come, and click when all of them are there."""
    load = Load()
    sessions = [Session(house.url, options.timeout) for _ in range(count)]

    def said(results: list[BaseException | None]) -> None:
        for result in results:
            if isinstance(result, NoAnswer):
                load.errors[str(result)] += 1
            elif result is not None:
                raise result

    opened = await asyncio.gather(*(s.open(house.page) for s in sessions), return_exceptions=True)
    said(opened)
    there = [s for s, result in zip(sessions, opened, strict=True) if result is None]
    before = cpu_seconds(house.pids)
    clicks = (click(s, house, load, number, options) for number, s in enumerate(there))
    async with trainings(house, options):
        said(await asyncio.gather(*clicks, return_exceptions=True))
    load.cpu = 1000 * (cpu_seconds(house.pids) - before) / max(1, len(load.times))
    load.memory = sum(psutil.Process(pid).memory_info().rss for pid in house.pids) / 1e6
    await asyncio.gather(*(s.close() for s in there), return_exceptions=True)
    return load


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return what processes have used of the processors so far."""
    every = [psutil.Process(pid).cpu_times() for pid in pids]
    return float(sum(times.user + times.system for times in every))


def line(name: str, load: Load, options: argparse.Namespace) -> str:
    """Return the line of the table."""
    return (
        f"{name:10} {load.in_time / options.seconds:9.1f} {load.quantile(0.5):8.0f} "
        f"{load.quantile(0.95):8.0f} {sum(load.errors.values()):7} {load.cpu:7.1f} "
        f"{load.memory:6.0f}"
    )


def ratios(own: Load, base: Load) -> str:
    """Return the line of the table with the app's figures in those of the bare page."""
    rate = own.in_time / base.in_time
    halves = [own.quantile(share) / base.quantile(share) for share in (0.5, 0.95)]
    return f"{'ratio':10} {rate:9.2f} {halves[0]:8.2f} {halves[1]:8.2f}"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--sessions", type=int, nargs="+", default=[20, 60, 200])
    parser.add_argument("--seconds", type=float, default=30.0, help="of clicks, for each number")
    parser.add_argument("--pace", type=float, default=0.0, help="seconds between two clicks")
    parser.add_argument("--page", default="", help="its address; without one the landing page")
    parser.add_argument("--widget", default="activation=sigmoid,tanh,relu,gelu")
    parser.add_argument("--trainings", type=int, default=0, help="that run beside the clicks")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one answer")
    parser.add_argument("--servers", type=int, default=1, help="of the app, several behind nginx")
    parser.add_argument("--url", help="of a server that runs already, instead of two of its own")
    return parser.parse_args()


def houses(options: argparse.Namespace, stack: ExitStack) -> list[House]:
    """Start the servers: the bare page and the app; or name the one that runs already."""
    key, _, values = options.widget.partition("=")
    widget = (options.page, key, tuple(values.split(",")))
    if options.url:
        return [House("mnistviz", options.url, (), *widget)]

    def start(script: Path, cwd: Path) -> Server:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # Whoever is refused is not measured.
        environment = {"MNISTVIZ_MAX_SESSIONS": "0"}
        return stack.enter_context(serve(script, folder, cwd, environment))

    bare_folder = ROOT / "tests" / "benchmarks" / "bare"
    bare = start(bare_folder / "bare_page.py", bare_folder)
    apps = [start(ROOT / "app.py", ROOT) for _ in range(options.servers)]
    url = apps[0].url if len(apps) == 1 else behind_nginx(apps, stack)
    return [
        House("bare page", bare.url, (bare.process.pid,), "", "seed", tuple("01234")),
        House("mnistviz", url, tuple(app.process.pid for app in apps), *widget),
    ]


def behind_nginx(servers: Iterable[Server], stack: ExitStack) -> str:
    """Start nginx in front of servers, as `make scale` has it, and return its address."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    address = f"127.0.0.1:{free_port()}"
    addresses = [f"127.0.0.1:{urlsplit(server.url).port}" for server in servers]
    nginx = scale.start_nginx(stack, scale.write_nginx(folder, scale.render(addresses, address)))
    scale.wait_for(f"http://{address}", nginx)
    return f"http://{address}"


def main() -> int:
    """Measure and print; tell whether all were answered."""
    options = arguments()
    failures = 0
    with ExitStack() as stack:
        several = houses(options, stack)
        for count in options.sessions:
            how = f"a click every {options.pace:g} s" if options.pace else "saturating"
            print(f"\n{count} sessions, {how}, {options.seconds:g} s\n{HEAD}")
            loads = []
            for house in several:
                loads.append(asyncio.run(measure(house, count, options)))
                print(line(house.name, loads[-1], options), flush=True)
                for text, times in loads[-1].errors.items():
                    print(f"{'':10} {times} times: {text}")
            # The bare page is only compared with: it may well give way before the app does.
            failures += sum(loads[-1].errors.values())
            if len(loads) == 2 and loads[0].in_time:
                print(ratios(loads[1], loads[0]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
