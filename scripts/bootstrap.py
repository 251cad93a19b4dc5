"""Make the virtual environment of mnistviz and install a requirements file into it.

On Linux without an NVIDIA GPU, the plain wheels of PyTorch bring several gigabytes of CUDA
libraries that nothing there can use. So the script then takes the CPU wheels from PyTorch's own
index, where that answers quickly and has the pinned versions. ``MNISTVIZ_TORCH`` set to ``cpu`` or
``plain`` makes that choice by hand.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from venv import EnvBuilder

RUNNING = sys.version_info[:2]
# Asked here and not in main(), because an older Python stumbles over the types further down.
if RUNNING < (3, 11):
    sys.exit(f"mnistviz needs Python 3.11 or newer, but this is Python {sys.version.split()[0]}.")

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CPU_INDEX_SECONDS = 3.0
# Gigabytes on disk, as measured: PyTorch, and all that comes with it.
CPU_SIZE, CUDA_SIZE, REST_SIZE = 0.75, 5.5, 0.9


def output_of(*command: str, seconds: float | None = None) -> str | None:
    """Return what a command prints, or None when it does not start, end well or end in time."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def read_requirements(path: Path, texts: dict[Path, str]) -> dict[Path, str]:
    """Add the words of a requirements file and of each it includes, one a line, to `texts`."""
    text = path.read_text(encoding="utf-8", errors="replace")
    texts[path] = "\n".join(re.sub(r"(?m)(^|\s)#.*", "", text).split())
    for name in re.findall(r"(?m)^(?:-r|--requirement)[\s=]*(\S+)", texts[path]):
        included = (path.parent / name).resolve()
        if included not in texts:
            read_requirements(included, texts)
    return texts


def fingerprints(texts: dict[Path, str], version: tuple[int, ...]) -> set[str]:
    """Hash each requirements file together with the Python version."""
    return {hashlib.sha256(f"{version} {text}".encode()).hexdigest() for text in texts.values()}


def venv_python(venv: Path, system: str = os.name) -> str:
    """Return the path of the environment's Python."""
    return str(venv / ("Scripts/python.exe" if system == "nt" else "bin/python"))


def python_version(venv: Path) -> tuple[int, ...]:
    """Return the version of the environment's Python, empty when that does not start."""
    # Without the module site, which takes longer than all the rest.
    answer = output_of(venv_python(venv), "-ISc", "import sys; print(*sys.version_info[:3])")
    return tuple(int(part) for part in (answer or "").split())


def disk_hint(folder: Path, needed: float = CPU_SIZE + REST_SIZE) -> str:
    """Return a sentence when a folder's disk has fewer gigabytes free than needed, else ''."""
    folder = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(folder).free / 1e9
    sentence = f" The disk may be full: {folder} has {free:.2f} GB free, {needed:.2f} are needed."
    return sentence if free < needed else ""


def make_venv(venv: Path) -> None:
    """Make the environment, or repair one whose Python has gone."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("This Python has no ensurepip: on Debian and Ubuntu, install python3-venv first.")
    print(f"Making the virtual environment {venv} ...", flush=True)
    for link in (venv / "bin").glob("python*"):
        if not link.exists():
            # The Python behind it was removed, and venv does not replace a link.
            link.unlink()
    try:
        EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(venv)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        sys.exit(f"{venv} could not be made ({error}): remove it, start again.{disk_hint(venv)}")


def has_nvidia_gpu(devices: Path = Path("/dev")) -> bool:
    """Tell whether this machine, or this container, has an NVIDIA GPU to compute with."""
    # Windows Subsystem for Linux has no such device; that nvidia-smi is there proves nothing.
    listing = output_of("nvidia-smi", "-L", seconds=5) or ""
    return any(devices.glob("nvidia[0-9]*")) or "GPU 0" in listing


def cpu_index_has(pins: dict[str, str]) -> bool:
    """Tell whether PyTorch's index shows in good time that it has the pinned CPU wheels."""
    # A process, as no timeout of a socket covers the look-up of a name or an answer that trickles.
    fetch = "import sys, urllib.request as u\nfor url in sys.argv[1:]: print(u.urlopen(url).read())"
    urls = [f"{CPU_INDEX}/{package}/" for package in pins]
    pages = output_of(sys.executable, "-c", fetch, *urls, seconds=CPU_INDEX_SECONDS) or ""
    return all(f"{package}-{version}%2Bcpu-" in pages for package, version in pins.items())


def choose_torch(pins: dict[str, str]) -> tuple[bool, str]:
    """Return whether to take the CPU wheels, and the reason."""
    forced = os.environ.get("MNISTVIZ_TORCH", "").strip().lower()
    if forced not in ("", "cpu", "plain"):
        sys.exit(f"MNISTVIZ_TORCH is {forced!r}, but must be 'cpu' or 'plain'.")
    if sys.platform != "linux":
        return False, "they come without CUDA here"
    if forced:
        return forced == "cpu", f"MNISTVIZ_TORCH={forced}"
    if has_nvidia_gpu():
        return False, "there is an NVIDIA GPU"
    if cpu_index_has(pins):
        return True, "there is no NVIDIA GPU"
    return False, "PyTorch's index did not show its CPU wheels within 3 seconds"


def plan_torch(python: str, texts: dict[Path, str]) -> tuple[list[str], float]:
    """Say which PyTorch comes; return pip's arguments for it and its gigabytes on disk."""
    pattern = r"(?m)^(torch|torchvision)\s*==\s*([^\s;]+)"
    pins = dict(re.findall(pattern, "\n".join(texts.values())))
    # A build's own name, such as +cpu, makes no difference.
    missing = f"[p for p in {pins}.items() if version(p[0]).split('+')[0] != p[1]]"
    check = f"import sys; from importlib.metadata import version; sys.exit(len({missing}))"
    if len(pins) < 2 or output_of(python, "-c", check) is not None:
        return [], 0.0
    cpu, reason = choose_torch(pins)
    size = CUDA_SIZE if sys.platform == "linux" and not cpu else CPU_SIZE
    wheels = "CPU wheels" if cpu else "plain wheels"
    print(f"PyTorch: the {wheels}, about {size} GB on disk ({reason}).", flush=True)
    # Both as exact builds: torchvision with CUDA does not load beside a torch without it.
    builds = [f"{package}=={version}+cpu" for package, version in pins.items()]
    return ["--extra-index-url", CPU_INDEX, *builds] if cpu else [], size


def install(venv: Path, requirements: Path, texts: dict[Path, str]) -> None:
    """Let pip install a requirements file into the environment and tell its progress itself."""
    python = venv_python(venv)
    if not output_of(python, "-m", "pip", "--version") and not output_of(python, "-m", "ensurepip"):
        sys.exit(f"{venv} has no pip and cannot get it: remove it, start again.{disk_hint(venv)}")
    arguments, torch_size = plan_torch(python, texts)
    print(f"Installing {requirements} into {venv} ...", flush=True)
    options = ["--disable-pip-version-check", "--no-input", "-r", str(requirements), *arguments]
    with subprocess.Popen([python, "-m", "pip", "install", *options]) as pip:
        try:
            code = pip.wait()
        except KeyboardInterrupt:
            # Pip heard it too: it gets a moment to remove its temporary files.
            with contextlib.suppress(subprocess.TimeoutExpired):
                pip.wait(3)
            pip.kill()
            raise
    if code != 0:
        hint = f"The first start needs the network.{disk_hint(venv, torch_size + REST_SIZE)}"
        sys.exit(f"The installation failed (pip ended with {code}): see the lines above. {hint}")


def bootstrap(venv: Path, requirements: Path) -> None:
    """Make sure that the environment exists and that the requirements are installed in it."""
    # Read first, so that a mistaken name leaves no environment behind.
    texts = read_requirements(requirements.resolve(), {})
    stamp = venv / "mnistviz-installed.txt"
    version = python_version(venv)
    if stamp.exists() and fingerprints(texts, version) <= set(stamp.read_text().split()):
        return
    # An installation that breaks off must leave none.
    stamp.unlink(missing_ok=True)
    if not version:
        make_venv(venv)
        version = python_version(venv)
    if version < (3, 11):
        sys.exit(f"The Python in {venv} is broken or older than 3.11: remove it, start again.")
    install(venv, requirements, texts)
    stamp.write_text("\n".join(fingerprints(texts, version)))


def main() -> None:
    """Run the script; what goes wrong ends it with a sentence and an exit code."""
    parser = argparse.ArgumentParser(description="Install a requirements file into an environment.")
    parser.add_argument("requirements", type=Path, help="the requirements file")
    parser.add_argument("--venv", type=Path, default=Path(".venv"), help="default: .venv")
    options = parser.parse_args()
    try:
        bootstrap(options.venv, options.requirements)
    except OSError as error:
        sys.exit(f"Cannot use {error.filename or options.venv}: {error.strerror}.")
    except KeyboardInterrupt:
        print("\nStopped before the installation was complete.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
