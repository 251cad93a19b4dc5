"""Make the virtual environment of mnistviz and install a requirements file into it.

Usage::

    python scripts/bootstrap.py requirements.txt [--venv .venv]

It needs only Python 3.11 or newer and its standard library. When the requirements are installed
already it returns at once and does not touch the network.

On a Linux machine without an NVIDIA GPU, the plain wheels of PyTorch bring several gigabytes of
CUDA libraries that nothing there can use. So the script then takes the CPU wheels from PyTorch's
own index, provided that the index answers quickly and has what is needed. Set ``MNISTVIZ_TORCH``
to ``cpu`` or ``plain`` to make that choice yourself.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

OLDEST_PYTHON = (3, 11)


def require_python(version: "tuple[int, ...]" = sys.version_info[:3]) -> None:
    """Refuse a Python that is too old."""
    if version < OLDEST_PYTHON:
        sys.exit(
            f"mnistviz needs Python 3.11 or newer, but this is Python {version[0]}.{version[1]}: "
            "install a newer one and start again with it."
        )


# Here and not in main(), because an older Python stumbles over the types further down.
require_python()

STAMP_NAME = "mnistviz-installed.json"

# The one place that names PyTorch's index of wheels without CUDA.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CPU_INDEX_SECONDS = 3.0
CPU_INDEX_BYTES = 20_000_000
# Both must come from the same index: a torchvision that was compiled with CUDA does not load beside
# a torch without it.
TORCH_PACKAGES = ("torch", "torchvision")
# Measured: torch, torchvision and, with CUDA, the nvidia packages and triton.
CPU_SIZE = "about 0.75 GB on disk"
CUDA_SIZE = "about 5.5 GB on disk"
MODEST_SIZE = "less than 1 GB on disk"

# A download that is larger than this is worth a line of its own.
LARGE_DOWNLOAD_MEGABYTES = 20.0
# How often somebody who waits hears that the installation goes on.
TERMINAL_SECONDS = 1.0
LOG_SECONDS = 20.0


class BootstrapError(Exception):
    """A failure that one sentence explains to the person who started the script."""


class Interpreter(NamedTuple):
    """What must be known of a Python to tell which wheels fit it."""

    version: tuple[int, int, int]
    implementation: str
    free_threaded: bool
    bits: int
    platform: str
    machine: str
    glibc: tuple[int, int] | None

    @property
    def version_text(self) -> str:
        """Return the version as people write it, such as ``3.13.1``."""
        return ".".join(str(part) for part in self.version)


class Choice(NamedTuple):
    """Which wheels of PyTorch to install, and the line that says so."""

    cpu: bool
    message: str


def meaningful_lines(path: Path) -> list[str]:
    """Return a requirements file's lines without comments, blank lines and outer spaces."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BootstrapError(f"Cannot read {path}: {error.strerror}.") from error
    stripped = (re.sub(r"(^|\s)#.*$", "", line).strip() for line in text.splitlines())
    return [line for line in stripped if line]


def included_file(line: str) -> str | None:
    """Return the file that a ``-r`` or ``-c`` line names, or None for any other line."""
    match = re.match(r"(?:-[rc]\s*|--(?:requirement|constraint)(?:\s+|=))(\S.*)$", line)
    return match.group(1) if match else None


def requirement_files(path: Path) -> dict[Path, list[str]]:
    """Return the lines of a requirements file and of all that it includes, by resolved path."""
    files: dict[Path, list[str]] = {}
    waiting = [path.resolve()]
    while waiting:
        current = waiting.pop()
        if current in files:
            continue
        files[current] = meaningful_lines(current)
        names = (included_file(line) for line in files[current])
        waiting.extend((current.parent / name).resolve() for name in names if name)
    return files


def content_hash(path: Path) -> str:
    """Hash what a requirements file asks for, its included files too.

    Comments, blank lines and line endings make no difference, for they change nothing that pip
    installs. The order of the lines does.
    """
    digest = hashlib.sha256()
    for lines in requirement_files(path).values():
        # The names of the included files are part of the lines; a separator ends each file.
        digest.update("\n".join(lines).encode("utf-8") + b"\0")
    return digest.hexdigest()


def pinned_version(path: Path, package: str) -> str | None:
    """Return the version that ``package==version`` pins in the file or in what it includes."""
    pattern = re.compile(rf"{re.escape(package)}\s*==\s*([^\s;,*]+)\s*(?:;.*)?$", re.IGNORECASE)
    for lines in requirement_files(path).values():
        for line in lines:
            match = pattern.match(line)
            if match:
                return match.group(1)
    return None


def read_stamp(venv: Path) -> dict[str, object]:
    """Return what the stamp says, or an empty dictionary when there is none to trust."""
    try:
        stamp = json.loads((venv / STAMP_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv: Path, requirements: Path, interpreter: Interpreter) -> None:
    """Note that a requirements file is installed, and thereby each file that it includes."""
    stamp = {
        "python": interpreter.version_text,
        "requirements": sorted({content_hash(path) for path in requirement_files(requirements)}),
    }
    temporary = venv / (STAMP_NAME + ".part")
    temporary.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
    os.replace(temporary, venv / STAMP_NAME)


def remove_stamp(venv: Path) -> None:
    """Remove the stamp, so that an installation that breaks off leaves none behind."""
    with contextlib.suppress(FileNotFoundError):
        (venv / STAMP_NAME).unlink()


def is_installed(venv: Path, requirements: Path, interpreter: Interpreter) -> bool:
    """Tell whether the stamp holds this requirements file for this Python."""
    stamp = read_stamp(venv)
    installed = stamp.get("requirements")
    return (
        stamp.get("python") == interpreter.version_text
        and isinstance(installed, list)
        and content_hash(requirements) in installed
    )


def venv_python(venv: Path, system: str = os.name) -> Path:
    """Return the path of the environment's Python, on Windows as well."""
    return venv / "Scripts" / "python.exe" if system == "nt" else venv / "bin" / "python"


# It imports nothing slow, as it runs at every start of the app.
_PROBE = """
import os, sys
libc = ""
try:
    libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
except (AttributeError, ValueError, OSError):
    pass
machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE")
print("|".join([
    ".".join(map(str, sys.version_info[:3])), sys.implementation.name,
    "t" if "t" in getattr(sys, "abiflags", "") else "", str(sys.maxsize.bit_length() + 1),
    sys.platform, machine or "", libc,
]))
"""


def describe_interpreter(python: Path) -> Interpreter | None:
    """Start a Python and ask what it is; None when it is missing or does not start."""
    try:
        answer = subprocess.run(
            [str(python), "-I", "-S", "-c", _PROBE], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    fields = answer.stdout.strip().split("|")
    if len(fields) != 7:
        return None
    version, implementation, free_threaded, bits, platform, machine, libc = fields
    major, minor, micro = (int(part) for part in version.split("."))
    glibc = re.match(r"glibc (\d+)\.(\d+)", libc)
    return Interpreter(
        version=(major, minor, micro),
        implementation=implementation,
        free_threaded=bool(free_threaded),
        bits=int(bits),
        platform=platform,
        machine=machine.lower(),
        glibc=(int(glibc.group(1)), int(glibc.group(2))) if glibc else None,
    )


def require_venv_modules() -> None:
    """Explain what to install when this Python cannot make environments with pip."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise BootstrapError(
            f"This Python cannot make a virtual environment, as its module {missing[0]} is "
            "missing: on Debian and Ubuntu, install the package python3-venv and start again."
        )


def create_venv(venv: Path) -> Interpreter:
    """Make the environment, or repair one whose Python has gone, and return its Python."""
    require_venv_modules()
    say(f"Making the virtual environment {venv} ...")
    for link in (venv / "bin").glob("python*"):
        # The Python behind it was removed, and venv does not replace a link that exists.
        if link.is_symlink() and not link.exists():
            link.unlink()
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(venv)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    interpreter = describe_interpreter(venv_python(venv))
    if made.returncode != 0 or interpreter is None:
        say(made.stdout.strip())
        raise BootstrapError(
            f"The virtual environment {venv} could not be made: see the lines above. If that "
            "folder exists, remove it and start again."
        )
    return interpreter


def ensure_pip(venv: Path) -> None:
    """Give the environment pip when it has none, as after a creation that broke off."""
    python = str(venv_python(venv))

    def succeeds(*arguments: str) -> bool:
        done = subprocess.run([python, *arguments], capture_output=True, check=False)
        return done.returncode == 0

    if not succeeds("-c", "import pip") and not succeeds("-m", "ensurepip"):
        raise BootstrapError(
            f"The virtual environment {venv} has no pip and cannot install it: on Debian and "
            f"Ubuntu, install the package python3-venv, remove {venv} and start again."
        )


def has_nvidia_gpu(
    device_directory: Path = Path("/dev"),
    which: Callable[[str], str | None] = shutil.which,
) -> bool:
    """Tell whether this machine, or this container, has an NVIDIA GPU to compute with.

    A device file is proof. ``nvidia-smi`` is asked too, for there are GPUs without such a file
    (Windows Subsystem for Linux) or before their first use; merely having the program is no proof,
    as a package may have brought it. ``/proc/driver/nvidia`` is no proof either: a container shows
    it as soon as its host has the driver, even when it may not use the GPU.
    """
    if any(re.match(r"nvidia\d+$", path.name) for path in device_directory.glob("nvidia*")):
        return True
    program = which("nvidia-smi")
    if program is None:
        return False
    try:
        listing = subprocess.run(
            [program, "-L"], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return listing.returncode == 0 and "GPU 0" in listing.stdout


def compatible_platform(tag: str, interpreter: Interpreter) -> bool:
    """Tell whether a wheel's platform tag, such as ``manylinux_2_28_x86_64``, fits."""
    if tag == f"linux_{interpreter.machine}":
        return True
    older_names = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
    match = re.match(r"(manylinux_(\d+)_(\d+)|manylinux\d+)_(.+)$", tag)
    if match is None or match.group(4) != interpreter.machine or interpreter.glibc is None:
        return False
    if match.group(2):
        needed = (int(match.group(2)), int(match.group(3)))
    elif match.group(1) in older_names:
        needed = older_names[match.group(1)]
    else:
        return False
    return interpreter.glibc >= needed


def compatible_python(python_tag: str, abi_tag: str, interpreter: Interpreter) -> bool:
    """Tell whether one Python tag and one ABI tag of a wheel fit."""
    major, minor, _ = interpreter.version
    own = f"cp{major}{minor}"
    if interpreter.implementation != "cpython":
        return False
    if abi_tag == "none":
        return python_tag in ("py3", own, f"py{major}{minor}")
    if abi_tag == "abi3":
        match = re.match(r"cp3(\d+)$", python_tag)
        return not interpreter.free_threaded and match is not None and int(match.group(1)) <= minor
    return python_tag == own and abi_tag == own + ("t" if interpreter.free_threaded else "")


def wheel_fits(filename: str, package: str, version: str, interpreter: Interpreter) -> bool:
    """Tell whether a wheel is that version of that package, for this Python and this platform."""
    parts = filename[: -len(".whl")].split("-") if filename.endswith(".whl") else []
    if len(parts) not in (5, 6) or parts[0].lower() != package or parts[1] != version:
        return False
    pythons, abis, platforms = (part.split(".") for part in parts[-3:])
    return any(compatible_platform(tag, interpreter) for tag in platforms) and any(
        compatible_python(python, abi, interpreter) for python in pythons for abi in abis
    )


def wheels_on(page: str) -> list[str]:
    """Return the file names of the wheels that an index page links to."""
    # Imported here because a start with nothing to install must not wait for it.
    from urllib.parse import unquote

    links = re.findall(r"""href\s*=\s*["']([^"'#?]+\.whl)["'#?]""", page, flags=re.IGNORECASE)
    return [unquote(link).rsplit("/", 1)[-1] for link in links]


def fetch(url: str, seconds: float) -> str:
    """Return the text at an address. ``seconds`` bounds each single wait, not the whole."""
    import gzip
    from urllib.request import Request, urlopen

    request = Request(url, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    with urlopen(request, timeout=seconds) as response:
        body: bytes = response.read(CPU_INDEX_BYTES)
        if response.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
    return body.decode("utf-8", errors="replace")


def fetch_all(urls: Sequence[str], seconds: float) -> list[str] | None:
    """Fetch pages at the same time; None when not all of them are there after ``seconds``.

    The time is for everything: the name's look-up, the connection and an answer that trickles in.
    No timeout of a socket covers all of that, so threads do the waiting and are left behind.
    """
    import queue
    import threading

    answers: queue.Queue[tuple[int, str | None]] = queue.Queue()

    def work(number: int, url: str) -> None:
        try:
            answers.put((number, fetch(url, seconds)))
        except Exception:
            # Whatever goes wrong on the way to a page, the answer is that there is no page.
            answers.put((number, None))

    for number, url in enumerate(urls):
        threading.Thread(target=work, args=(number, url), daemon=True).start()
    pages: dict[int, str] = {}
    deadline = time.monotonic() + seconds
    while len(pages) < len(urls):
        try:
            number, page = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None
        if page is None:
            return None
        pages[number] = page
    return [pages[number] for number in range(len(urls))]


def cpu_index_problem(
    versions: Mapping[str, str],
    interpreter: Interpreter,
    index: str = CPU_INDEX,
    seconds: float = CPU_INDEX_SECONDS,
) -> str | None:
    """Say why the CPU wheels cannot be had from the index, or return None when they can."""
    if interpreter.machine not in ("x86_64", "aarch64") or interpreter.bits != 64:
        return f"there are no CPU wheels for {interpreter.machine}"
    # The slash at the end matters: without it the server answers with a redirection or an error.
    pages = fetch_all([f"{index}/{package}/" for package in versions], seconds)
    if pages is None:
        return f"PyTorch's index of CPU wheels gave no usable answer within {seconds:g} s"
    for (package, version), page in zip(versions.items(), pages, strict=True):
        wanted = f"{version}+cpu"
        if not any(wheel_fits(name, package, wanted, interpreter) for name in wheels_on(page)):
            return f"PyTorch's index of CPU wheels has no {package} {wanted} for this machine"
    return None


def forced_choice(environment: Mapping[str, str]) -> str | None:
    """Return ``cpu`` or ``plain`` when ``MNISTVIZ_TORCH`` says so, None when it is not set."""
    value = environment.get("MNISTVIZ_TORCH", "").strip().lower()
    if value in ("cpu", "plain"):
        return value
    if value:
        raise BootstrapError(f"MNISTVIZ_TORCH is {value!r}, but must be 'cpu' or 'plain'.")
    return None


def choose_torch(
    versions: Mapping[str, str],
    interpreter: Interpreter,
    environment: Mapping[str, str] = os.environ,
    has_gpu: Callable[[], bool] = has_nvidia_gpu,
    index_problem: Callable[[Mapping[str, str], Interpreter], str | None] = cpu_index_problem,
) -> Choice:
    """Decide between the CPU wheels and the plain ones."""
    forced = forced_choice(environment)
    if interpreter.platform != "linux":
        # Only on Linux do the plain wheels depend on CUDA.
        return Choice(False, f"PyTorch: the plain wheels, {MODEST_SIZE}.")
    plain = f"PyTorch: the plain wheels with CUDA, {CUDA_SIZE}"
    if forced == "cpu":
        return Choice(True, f"PyTorch: the CPU wheels, {CPU_SIZE} (MNISTVIZ_TORCH=cpu).")
    if forced == "plain":
        return Choice(False, f"{plain} (MNISTVIZ_TORCH=plain).")
    if has_gpu():
        return Choice(False, f"{plain} (there is an NVIDIA GPU).")
    problem = index_problem(versions, interpreter)
    if problem:
        return Choice(False, f"{plain} ({problem}).")
    return Choice(True, f"PyTorch: the CPU wheels, {CPU_SIZE} (there is no NVIDIA GPU).")


def torch_is_there(venv: Path, versions: Mapping[str, str]) -> bool:
    """Tell whether the environment holds the pinned versions already, of whichever kind."""
    places = [*venv.glob("lib/python*/site-packages"), venv / "Lib" / "site-packages"]

    def has(place: Path, name: str) -> bool:
        # The second form is a build such as 2.15.0+cpu.
        return any(place.glob(f"{name}.dist-info")) or any(place.glob(f"{name}+*.dist-info"))

    names = [f"{package}-{version}" for package, version in versions.items()]
    return any(all(has(place, name) for name in names) for place in places)


def torch_arguments(venv: Path, requirements: Path, interpreter: Interpreter) -> list[str]:
    """Return what pip must be told to get the right wheels of PyTorch, and say what was chosen."""
    pins = {package: pinned_version(requirements, package) for package in TORCH_PACKAGES}
    versions = {package: version for package, version in pins.items() if version}
    if len(versions) < len(TORCH_PACKAGES) or torch_is_there(venv, versions):
        return []
    choice = choose_torch(versions, interpreter)
    say(choice.message)
    if not choice.cpu:
        return []
    # Naming the exact builds lets pip fail rather than mix wheels of the two kinds.
    builds = [f"{package}=={version}+cpu" for package, version in versions.items()]
    return ["--extra-index-url", CPU_INDEX, *builds]


def say(text: str) -> None:
    """Print a line at once, also when the output goes to a file."""
    print(text, flush=True)


def pip_command(venv: Path, requirements: Path, more: Sequence[str]) -> list[str]:
    """Return the command that installs the requirements file."""
    return [
        str(venv_python(venv)),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        # pip's own bars turn into hundreds of lines wherever the output is not a terminal, and
        # with --quiet it says nothing at all, for minutes. So it reports by lines, and `Progress`
        # makes few words of them.
        "--progress-bar",
        "off",
        "-r",
        str(requirements),
        *more,
    ]


class Progress:
    """Turns pip's many lines into a short account of what it is doing.

    On a terminal one line counts the seconds and is written over; anywhere else there is a line
    now and then.
    """

    def __init__(self, terminal: bool) -> None:
        """Start the clock."""
        self.terminal = terminal
        self.every = TERMINAL_SECONDS if terminal else LOG_SECONDS
        self.started = time.monotonic()
        self.last_said = self.started
        self.doing = "looking for the packages"
        self.packages = 0

    def note(self, line: str) -> None:
        """Take one line of pip's into account."""
        line = line.strip()
        if line.startswith("Collecting "):
            self.packages += 1
            self.doing = f"package {self.packages}, {line.split()[1]}"
        elif line.startswith("Downloading "):
            self._note_download(line)
        elif line.startswith("Installing collected packages"):
            count = line.count(",") + 1
            self.doing = f"unpacking {count} package{'' if count == 1 else 's'}"
            self._say(f"  {self.doing}")

    def _note_download(self, line: str) -> None:
        """Give a large download a line of its own."""
        match = re.match(r"Downloading (?:\S*/)?([^\s-]+)-(\S+?)-.*\(([\d.]+) ([kMG])B\)", line)
        if match is None:
            return
        name, version, size, unit = match.groups()
        version = version.replace("%2B", "+")
        self.doing = f"downloading {name} {version} ({size} {unit}B)"
        if float(size) * {"k": 0.001, "M": 1.0, "G": 1000.0}[unit] >= LARGE_DOWNLOAD_MEGABYTES:
            self._say(f"  {self.doing}")

    def tick(self) -> None:
        """Show that the work goes on, when the last word was long enough ago."""
        if time.monotonic() - self.last_said < self.every:
            return
        seconds = int(time.monotonic() - self.started)
        text = f"  {seconds // 60}:{seconds % 60:02} {self.doing}"
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + text[:width].ljust(width), end="", flush=True)
            self.last_said = time.monotonic()
        else:
            self._say(text)

    def finish(self) -> None:
        """Clear the line that was written over."""
        if self.terminal:
            print("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r", end="", flush=True)

    def _say(self, text: str) -> None:
        """Print a line that stays."""
        self.finish()
        say(text)
        self.last_said = time.monotonic()


def lines_or_silence(process: subprocess.Popen[str], every: float) -> Iterator[str | None]:
    """Yield a process's lines as they come, and None whenever none came for ``every`` seconds."""
    import queue
    import threading

    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        if process.stdout is not None:
            for line in process.stdout:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=every)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line


def run_pip(command: Sequence[str]) -> int:
    """Run pip, tell how it gets on, print its errors when it fails; return its exit code."""
    progress = Progress(sys.stdout.isatty())
    output: list[str] = []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in lines_or_silence(process, min(1.0, progress.every)):
            if line is not None:
                output.append(line)
                progress.note(line)
            progress.tick()
        code = process.wait()
    progress.finish()
    if code != 0:
        say("".join(output[-25:]).rstrip())
    return code


def install(venv: Path, requirements: Path, interpreter: Interpreter) -> None:
    """Install a requirements file into the environment and write the stamp."""
    remove_stamp(venv)
    ensure_pip(venv)
    more = torch_arguments(venv, requirements, interpreter)
    say(f"Installing {requirements} into {venv} ...")
    started = time.monotonic()
    code = run_pip(pip_command(venv, requirements, more))
    if code != 0:
        raise BootstrapError(
            f"The installation of {requirements} failed (pip ended with {code}): see the lines "
            "above, then start again."
        )
    write_stamp(venv, requirements, interpreter)
    say(f"Installed in {time.monotonic() - started:.0f} seconds.")


def bootstrap(venv: Path, requirements: Path) -> None:
    """Make sure that the environment exists and that the requirements are installed in it."""
    # Read first, so that a mistaken name leaves no environment behind.
    requirement_files(requirements)
    interpreter = describe_interpreter(venv_python(venv)) or create_venv(venv)
    if interpreter.version < OLDEST_PYTHON:
        raise BootstrapError(
            f"The virtual environment {venv} has Python {interpreter.version_text}, but mnistviz "
            f"needs Python 3.11 or newer: remove {venv} and start again."
        )
    if not is_installed(venv, requirements, interpreter):
        install(venv, requirements, interpreter)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script and return its exit code."""
    parser = argparse.ArgumentParser(
        description="Make the virtual environment and install a requirements file into it."
    )
    parser.add_argument("requirements", type=Path, help="the requirements file")
    parser.add_argument("--venv", type=Path, default=Path(".venv"), help="default: .venv")
    options = parser.parse_args(arguments)
    try:
        bootstrap(options.venv, options.requirements)
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the installation was complete.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
