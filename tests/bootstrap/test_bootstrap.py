"""Tests of scripts/bootstrap.py: offline, and without installing anything."""

from __future__ import annotations

import gzip
import http.server
import os
import socket
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import bootstrap
from scripts.bootstrap import BootstrapError, Choice, Interpreter

SCRIPT = Path(bootstrap.__file__)
LINUX = Interpreter(
    version=(3, 13, 1),
    implementation="cpython",
    free_threaded=False,
    bits=64,
    platform="linux",
    machine="x86_64",
    glibc=(2, 36),
)
VERSIONS = {"torch": "2.15.0", "torchvision": "0.29.2"}
TORCH_WHEEL = "torch-2.15.0+cpu-cp313-cp313-manylinux_2_28_x86_64.whl"
VISION_WHEEL = "torchvision-0.29.2+cpu-py3-none-manylinux_2_28_x86_64.whl"


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """A requirements-dev.txt that includes a requirements.txt, which is returned."""
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest\n")
    path = tmp_path / "requirements.txt"
    path.write_text("# The app\ntorch==2.15.0\ntorchvision==0.29.2\nplotly>=7.1,<8\n")
    return path


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment without pip, which is quick to make."""
    path = tmp_path / "environment"
    venv.create(path, with_pip=False, symlinks=os.name != "nt")
    return path


class TestPython:
    def test_accepts_the_oldest_supported_one(self) -> None:
        bootstrap.require_python((3, 11, 0))

    def test_refuses_an_older_one_in_one_sentence(self) -> None:
        with pytest.raises(SystemExit) as stop:
            bootstrap.require_python((3, 10, 14))
        assert "needs Python 3.11 or newer, but this is Python 3.10" in str(stop.value)

    def test_describes_the_running_one(self) -> None:
        described = bootstrap.describe_interpreter(Path(sys.executable))
        assert described is not None
        assert described.version == sys.version_info[:3]
        assert described.platform == sys.platform
        assert described.implementation == sys.implementation.name
        assert described.bits == (64 if sys.maxsize > 2**32 else 32)

    def test_describes_a_missing_one_as_none(self, tmp_path: Path) -> None:
        assert bootstrap.describe_interpreter(tmp_path / "python") is None

    def test_names_the_debian_package_when_venv_is_missing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            bootstrap.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else 1
        )
        with pytest.raises(BootstrapError, match=r"ensurepip is missing.*python3-venv"):
            bootstrap.require_venv_modules()

    def test_knows_where_windows_keeps_the_environment_s_python(self) -> None:
        assert bootstrap.venv_python(Path("e"), "nt") == Path("e") / "Scripts" / "python.exe"
        assert bootstrap.venv_python(Path("e"), "posix") == Path("e") / "bin" / "python"


class TestRequirements:
    @pytest.mark.parametrize(
        ("line", "name"),
        [
            ("-r other.txt", "other.txt"),
            ("-rother.txt", "other.txt"),
            ("--requirement other.txt", "other.txt"),
            ("--requirement=other.txt", "other.txt"),
            ("-c limits.txt", "limits.txt"),
            ("requests", None),
            ("--no-binary :all:", None),
        ],
    )
    def test_finds_included_files(self, line: str, name: str | None) -> None:
        assert bootstrap.included_file(line) == name

    def test_finds_the_pins_through_includes(self, requirements: Path) -> None:
        dev = requirements.with_name("requirements-dev.txt")
        assert bootstrap.pinned_version(dev, "torch") == "2.15.0"
        assert bootstrap.pinned_version(dev, "torchvision") == "0.29.2"
        assert bootstrap.pinned_version(dev, "plotly") is None
        assert bootstrap.pinned_version(dev, "numpy") is None

    def test_the_hash_follows_includes(self, requirements: Path) -> None:
        dev = requirements.with_name("requirements-dev.txt")
        before = bootstrap.content_hash(dev)
        requirements.write_text(requirements.read_text() + "pillow\n")
        assert bootstrap.content_hash(dev) != before

    def test_the_hash_ignores_comments_and_line_endings(self, requirements: Path) -> None:
        before = bootstrap.content_hash(requirements)
        text = "torch==2.15.0  # a word\r\n\r\ntorchvision==0.29.2\r\nplotly>=7.1,<8"
        requirements.write_bytes(text.encode())
        assert bootstrap.content_hash(requirements) == before

    def test_files_that_include_each_other_come_to_an_end(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("-r b.txt\n")
        (tmp_path / "b.txt").write_text("-r a.txt\n")
        assert len(bootstrap.requirement_files(tmp_path / "a.txt")) == 2

    def test_a_missing_file_is_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(BootstrapError, match=r"Cannot read .*none\.txt: "):
            bootstrap.requirement_files(tmp_path / "none.txt")


class TestStamp:
    def test_holds_for_the_file_and_what_it_includes(
        self, tmp_path: Path, requirements: Path
    ) -> None:
        dev = requirements.with_name("requirements-dev.txt")
        bootstrap.write_stamp(tmp_path, dev, LINUX)
        assert bootstrap.is_installed(tmp_path, dev, LINUX)
        assert bootstrap.is_installed(tmp_path, requirements, LINUX)

    def test_does_not_hold_for_a_file_that_includes_more(
        self, tmp_path: Path, requirements: Path
    ) -> None:
        bootstrap.write_stamp(tmp_path, requirements, LINUX)
        dev = requirements.with_name("requirements-dev.txt")
        assert not bootstrap.is_installed(tmp_path, dev, LINUX)

    def test_ends_with_a_change_of_the_included_file(
        self, tmp_path: Path, requirements: Path
    ) -> None:
        dev = requirements.with_name("requirements-dev.txt")
        bootstrap.write_stamp(tmp_path, dev, LINUX)
        requirements.write_text("torch==2.16.0\n")
        assert not bootstrap.is_installed(tmp_path, requirements, LINUX)
        assert not bootstrap.is_installed(tmp_path, dev, LINUX)

    def test_ends_with_another_python(self, tmp_path: Path, requirements: Path) -> None:
        bootstrap.write_stamp(tmp_path, requirements, LINUX)
        newer = LINUX._replace(version=(3, 13, 2))
        assert not bootstrap.is_installed(tmp_path, requirements, newer)

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"python": "3.13.1", "requirements": 1}'])
    def test_a_damaged_one_counts_as_none(
        self, tmp_path: Path, requirements: Path, text: str
    ) -> None:
        (tmp_path / bootstrap.STAMP_NAME).write_text(text)
        assert not bootstrap.is_installed(tmp_path, requirements, LINUX)


class TestInstallation:
    @pytest.fixture
    def pip(self, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
        """Replace pip; return the list of the commands that would have run."""
        commands: list[list[str]] = []

        def run_pip(command: list[str]) -> int:
            commands.append(command)
            return 0

        monkeypatch.setattr(bootstrap, "run_pip", run_pip)
        monkeypatch.setattr(bootstrap, "ensure_pip", lambda _venv: None)
        monkeypatch.setattr(
            bootstrap, "choose_torch", lambda *_: Choice(False, "PyTorch: as it comes.")
        )
        return commands

    def test_installs_once(
        self, environment: Path, requirements: Path, pip: list[list[str]]
    ) -> None:
        arguments = [str(requirements), "--venv", str(environment)]
        assert bootstrap.main(arguments) == 0
        assert bootstrap.main(arguments) == 0
        assert len(pip) == 1
        assert pip[0][:4] == [str(bootstrap.venv_python(environment)), "-m", "pip", "install"]

    def test_the_app_needs_nothing_more_after_the_tests(
        self, environment: Path, requirements: Path, pip: list[list[str]]
    ) -> None:
        dev = requirements.with_name("requirements-dev.txt")
        assert bootstrap.main([str(dev), "--venv", str(environment)]) == 0
        assert bootstrap.main([str(requirements), "--venv", str(environment)]) == 0
        assert len(pip) == 1

    def test_a_failure_leaves_no_stamp_and_says_so(
        self,
        environment: Path,
        requirements: Path,
        pip: list[list[str]],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        arguments = [str(requirements), "--venv", str(environment)]
        assert bootstrap.main(arguments) == 0
        requirements.write_text("no-such-package\n")
        monkeypatch.setattr(bootstrap, "run_pip", lambda _command: 2)
        assert bootstrap.main(arguments) == 1
        assert "failed (pip ended with 2)" in capsys.readouterr().err
        assert not (environment / bootstrap.STAMP_NAME).exists()

    def test_a_mistaken_name_leaves_no_environment(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place = tmp_path / "new"
        assert bootstrap.main([str(tmp_path / "none.txt"), "--venv", str(place)]) == 1
        assert capsys.readouterr().err.count("\n") == 1
        assert not place.exists()

    def test_an_environment_with_an_older_python_is_refused(
        self,
        environment: Path,
        requirements: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        old = LINUX._replace(version=(3, 10, 4))
        monkeypatch.setattr(bootstrap, "describe_interpreter", lambda _python: old)
        assert bootstrap.main([str(requirements), "--venv", str(environment)]) == 1
        assert "has Python 3.10.4" in capsys.readouterr().err

    def test_nothing_to_do_is_quick_and_silent(self, environment: Path, requirements: Path) -> None:
        described = bootstrap.describe_interpreter(bootstrap.venv_python(environment))
        assert described is not None
        bootstrap.write_stamp(environment, requirements, described)
        command = [sys.executable, str(SCRIPT), str(requirements), "--venv", str(environment)]
        seconds = []
        for _ in range(3):
            started = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            seconds.append(time.perf_counter() - started)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        # It takes 0.06 s; the limit leaves room for a busy machine.
        assert min(seconds) < 0.5

    def test_pip_takes_no_part_in_choosing_when_torch_is_there(
        self, environment: Path, requirements: Path, pip: list[list[str]]
    ) -> None:
        place = environment / "lib" / "python3.13" / "site-packages"
        place.mkdir(parents=True)
        assert not bootstrap.torch_is_there(environment, VERSIONS)
        (place / "torch-2.15.0+cpu.dist-info").mkdir()
        (place / "torchvision-0.29.2.dist-info").mkdir()
        assert bootstrap.torch_is_there(environment, VERSIONS)
        assert not bootstrap.torch_is_there(environment, {**VERSIONS, "torch": "2.15"})
        assert bootstrap.torch_arguments(environment, requirements, LINUX) == []

    def test_the_cpu_wheels_are_asked_for_by_name(
        self,
        environment: Path,
        requirements: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(bootstrap, "choose_torch", lambda *_: Choice(True, "PyTorch: CPU."))
        more = bootstrap.torch_arguments(environment, requirements, LINUX)
        assert more == [
            "--extra-index-url",
            bootstrap.CPU_INDEX,
            "torch==2.15.0+cpu",
            "torchvision==0.29.2+cpu",
        ]
        assert capsys.readouterr().out == "PyTorch: CPU.\n"

    def test_requirements_without_torch_ask_for_nothing(
        self, environment: Path, tmp_path: Path
    ) -> None:
        plain = tmp_path / "plain.txt"
        plain.write_text("platformdirs\n")
        assert bootstrap.torch_arguments(environment, plain, LINUX) == []


class TestGpu:
    @pytest.fixture
    def devices(self, tmp_path: Path) -> Path:
        path = tmp_path / "dev"
        path.mkdir()
        (path / "null").touch()
        return path

    @staticmethod
    def smi(tmp_path: Path, body: str) -> Callable[[str], str]:
        """Return a look-up that finds an nvidia-smi with that body."""
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        return lambda _name: str(program)

    def test_none(self, devices: Path) -> None:
        assert not bootstrap.has_nvidia_gpu(devices, lambda _name: None)

    @pytest.mark.parametrize("name", ["nvidia0", "nvidia3"])
    def test_a_device_file_is_enough(self, devices: Path, name: str) -> None:
        (devices / name).touch()
        assert bootstrap.has_nvidia_gpu(devices, lambda _name: None)

    @pytest.mark.parametrize("name", ["nvidiactl", "nvidia-uvm", "nvidia-modeset"])
    def test_the_driver_s_other_files_are_not(self, devices: Path, name: str) -> None:
        (devices / name).touch()
        assert not bootstrap.has_nvidia_gpu(devices, lambda _name: None)

    @pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ("echo 'GPU 0: NVIDIA T4 (UUID: GPU-1)'", True),
            ("echo 'No devices were found'; exit 6", False),
            ("exit 0", False),
        ],
    )
    def test_nvidia_smi_is_asked(
        self, devices: Path, tmp_path: Path, body: str, expected: bool
    ) -> None:
        assert bootstrap.has_nvidia_gpu(devices, self.smi(tmp_path, body)) is expected

    def test_an_nvidia_smi_that_does_not_start_is_no_gpu(self, devices: Path) -> None:
        assert not bootstrap.has_nvidia_gpu(devices, lambda _name: str(devices / "gone"))


class TestWheels:
    @pytest.mark.parametrize(
        ("name", "fits"),
        [
            (TORCH_WHEEL, True),
            ("torch-2.15.0+cpu-cp313-cp313-linux_x86_64.whl", True),
            ("torch-2.15.0+cpu-cp313-cp313-manylinux2014_x86_64.whl", True),
            (
                "torch-2.15.0+cpu-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
                True,
            ),
            ("torch-2.15.0+cpu-cp310-abi3-manylinux_2_28_x86_64.whl", True),
            ("torch-2.15.0+cpu-py3-none-manylinux_2_28_x86_64.whl", True),
            ("torch-2.15.0+cpu-1-cp313-cp313-manylinux_2_28_x86_64.whl", True),
            ("torch-2.15.0-cp313-cp313-manylinux_2_28_x86_64.whl", False),
            ("torch-2.15.0+cu132-cp313-cp313-manylinux_2_28_x86_64.whl", False),
            ("torch-2.15.0+cpu.cxx11.abi-cp313-cp313-linux_x86_64.whl", False),
            ("torch-2.15.1+cpu-cp313-cp313-manylinux_2_28_x86_64.whl", False),
            ("torch-2.15.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl", False),
            ("torch-2.15.0+cpu-cp313-cp313t-manylinux_2_28_x86_64.whl", False),
            ("torch-2.15.0+cpu-cp314-abi3-manylinux_2_28_x86_64.whl", False),
            ("torch-2.15.0+cpu-cp313-cp313-manylinux_2_28_aarch64.whl", False),
            ("torch-2.15.0+cpu-cp313-cp313-manylinux_2_39_x86_64.whl", False),
            ("torch-2.15.0+cpu-cp313-cp313-musllinux_1_2_x86_64.whl", False),
            ("torch-2.15.0+cpu-cp313-cp313-win_amd64.whl", False),
            ("torch-2.15.0+cpu.tar.gz", False),
        ],
    )
    def test_fit(self, name: str, fits: bool) -> None:
        assert bootstrap.wheel_fits(name, "torch", "2.15.0+cpu", LINUX) is fits

    def test_a_free_threaded_python_has_wheels_of_its_own(self) -> None:
        free = LINUX._replace(free_threaded=True)
        name = "torch-2.15.0+cpu-cp313-cp313t-manylinux_2_28_x86_64.whl"
        assert bootstrap.wheel_fits(name, "torch", "2.15.0+cpu", free)
        assert not bootstrap.wheel_fits(TORCH_WHEEL, "torch", "2.15.0+cpu", free)

    def test_without_glibc_no_manylinux_wheel_fits(self) -> None:
        musl = LINUX._replace(glibc=None)
        assert not bootstrap.wheel_fits(TORCH_WHEEL, "torch", "2.15.0+cpu", musl)

    def test_are_found_on_a_page(self) -> None:
        page = (
            "<a href='/whl/cpu/torch-2.15.0%2Bcpu-cp313-cp313-linux_x86_64.whl#sha256=12'>x</a>"
            '<a data-x="1" HREF="a.whl">a</a> <a href="a.whl.metadata">no</a>'
        )
        assert bootstrap.wheels_on(page) == [
            "torch-2.15.0+cpu-cp313-cp313-linux_x86_64.whl",
            "a.whl",
        ]


class Index:
    """A small index on this machine; `pages` are the wheels by package."""

    def __init__(self, pages: dict[str, list[str]], pause: float = 0.0, zipped: bool = False):
        self.stop = threading.Event()
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                package = self.path.strip("/")
                if package not in pages or not self.path.endswith("/"):
                    self.send_error(404)
                    return
                links = (f'<a href="/{name.replace("+", "%2B")}">x</a>' for name in pages[package])
                body = "\n".join(links).encode()
                self.send_response(200)
                if zipped:
                    body = gzip.compress(body)
                    self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                for byte in body:
                    # Each byte comes in good time; only together they take too long.
                    if pause and index.stop.wait(pause):
                        return
                    self.wfile.write(bytes([byte]))

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        # A short poll, as closing the server waits for one.
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self) -> str:
        return self.url

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def silent_url() -> Iterator[str]:
    """The address of a server that takes the connection and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


class TestCpuIndex:
    @pytest.fixture(autouse=True)
    def no_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Reach the server on this machine whatever proxy is set."""
        monkeypatch.setenv("no_proxy", "127.0.0.1")

    @pytest.mark.parametrize("zipped", [False, True])
    def test_good(self, zipped: bool) -> None:
        pages = {"torch": ["torch-2.14.0+cpu-x.whl", TORCH_WHEEL], "torchvision": [VISION_WHEEL]}
        with Index(pages, zipped=zipped) as url:
            assert bootstrap.cpu_index_problem(VERSIONS, LINUX, url, 3.0) is None

    def test_an_aarch64_machine_needs_wheels_of_its_own(self) -> None:
        arm = LINUX._replace(machine="aarch64")
        pages = {"torch": [TORCH_WHEEL], "torchvision": [VISION_WHEEL]}
        with Index(pages) as url:
            assert "no torch 2.15.0+cpu" in str(
                bootstrap.cpu_index_problem(VERSIONS, arm, url, 3.0)
            )
        pages = {name: [wheels[0].replace("x86_64", "aarch64")] for name, wheels in pages.items()}
        with Index(pages) as url:
            assert bootstrap.cpu_index_problem(VERSIONS, arm, url, 3.0) is None

    def test_another_kind_of_machine_is_not_even_asked_for(self) -> None:
        other = LINUX._replace(machine="riscv64")
        problem = bootstrap.cpu_index_problem(VERSIONS, other, "http://127.0.0.1:1", 3.0)
        assert problem == "there are no CPU wheels for riscv64"

    def test_torchvision_without_cpu_wheel(self) -> None:
        plain = VISION_WHEEL.replace("+cpu", "")
        with Index({"torch": [TORCH_WHEEL], "torchvision": [plain]}) as url:
            problem = bootstrap.cpu_index_problem(VERSIONS, LINUX, url, 3.0)
        assert "has no torchvision 0.29.2+cpu" in str(problem)

    def test_no_page_of_torchvision(self) -> None:
        with Index({"torch": [TORCH_WHEEL]}) as url:
            problem = bootstrap.cpu_index_problem(VERSIONS, LINUX, url, 3.0)
        assert "no usable answer" in str(problem)

    def test_refused(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}"
            started = time.monotonic()
            problem = bootstrap.cpu_index_problem(VERSIONS, LINUX, url, 3.0)
        assert "no usable answer" in str(problem)
        assert time.monotonic() - started < 1.0

    def test_hanging(self, silent_url: str) -> None:
        started = time.monotonic()
        problem = bootstrap.cpu_index_problem(VERSIONS, LINUX, silent_url, 0.2)
        assert "no usable answer" in str(problem)
        assert 0.15 < time.monotonic() - started < 1.0

    def test_an_answer_that_trickles_in_does_not_hold_up_either(self) -> None:
        pages = {"torch": [TORCH_WHEEL], "torchvision": [VISION_WHEEL]}
        with Index(pages, pause=0.05) as url:
            started = time.monotonic()
            problem = bootstrap.cpu_index_problem(VERSIONS, LINUX, url, 0.2)
            assert "no usable answer" in str(problem)
            assert time.monotonic() - started < 1.0

    def test_the_limit_is_three_seconds_in_all(self) -> None:
        assert bootstrap.CPU_INDEX_SECONDS == 3.0


class TestChoice:
    @staticmethod
    def choose(
        interpreter: Interpreter = LINUX,
        forced: str = "",
        gpu: bool = False,
        problem: str | None = None,
    ) -> Choice:
        """Choose with everything given that is otherwise looked up."""
        return bootstrap.choose_torch(
            VERSIONS,
            interpreter,
            {"MNISTVIZ_TORCH": forced},
            lambda: gpu,
            lambda _versions, _interpreter: problem,
        )

    def test_no_gpu_and_a_good_index_give_the_cpu_wheels(self) -> None:
        choice = self.choose()
        assert choice.cpu
        assert "CPU wheels, about 0.75 GB on disk" in choice.message

    def test_a_problem_with_the_index_gives_the_plain_wheels(self) -> None:
        choice = self.choose(problem="the index sleeps")
        assert not choice.cpu
        assert "about 5.5 GB on disk (the index sleeps)" in choice.message

    def test_a_gpu_gives_the_plain_wheels(self) -> None:
        choice = self.choose(gpu=True)
        assert not choice.cpu
        assert "there is an NVIDIA GPU" in choice.message

    @pytest.mark.parametrize("platform", ["darwin", "win32"])
    def test_other_systems_have_plain_wheels_without_cuda(self, platform: str) -> None:
        for forced in ("", "cpu", "plain"):
            choice = self.choose(LINUX._replace(platform=platform), forced)
            assert not choice.cpu
            assert "less than 1 GB" in choice.message

    def test_the_environment_forces_the_cpu_wheels(self) -> None:
        assert self.choose(forced="CPU", gpu=True, problem="no answer").cpu

    def test_the_environment_forces_the_plain_wheels(self) -> None:
        assert not self.choose(forced="plain").cpu

    def test_another_word_in_the_environment_is_refused(self) -> None:
        with pytest.raises(BootstrapError, match="'fast', but must be 'cpu' or 'plain'"):
            self.choose(forced="fast")

    def test_each_message_is_one_line(self) -> None:
        choices = [self.choose(), self.choose(gpu=True), self.choose(problem="no answer")]
        assert all("\n" not in choice.message for choice in choices)


class TestProgress:
    @pytest.mark.parametrize("terminal", [False, True])
    def test_makes_few_lines_of_many(
        self, terminal: bool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        progress = bootstrap.Progress(terminal)
        for number in range(200):
            progress.note(f"Collecting package{number}>=1 (from -r requirements.txt (line 1))\n")
            progress.note(f"  Downloading package{number}-1.0-py3-none-any.whl (12 kB)\n")
            progress.tick()
        progress.note("  Downloading https://h/torch-2.15.0%2Bcpu-cp313-x-y.whl (190.5 MB)\n")
        progress.note("Installing collected packages: a, b, c\n")
        progress.finish()
        lines = capsys.readouterr().out.replace("\r", "").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        assert said == ["downloading torch 2.15.0+cpu (190.5 MB)", "unpacking 3 packages"]

    def test_says_something_during_a_long_wait(self, capsys: pytest.CaptureFixture[str]) -> None:
        progress = bootstrap.Progress(terminal=False)
        progress.note("Collecting torch==2.15.0\n")
        progress.started -= 75
        progress.last_said -= 75
        progress.tick()
        progress.tick()
        assert capsys.readouterr().out == "  1:15 package 1, torch==2.15.0\n"

    def test_pip_s_last_lines_are_shown_when_it_fails(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code = "import sys; print('Collecting x'); print('ERROR: no x', file=sys.stderr); exit(3)"
        assert bootstrap.run_pip([sys.executable, "-c", code]) == 3
        assert "ERROR: no x" in capsys.readouterr().out

    def test_pip_s_lines_are_not_shown_when_it_succeeds(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert bootstrap.run_pip([sys.executable, "-c", "print('Collecting x')"]) == 0
        assert capsys.readouterr().out == ""

    def test_an_unfinished_process_yields_silence(self) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", "import time; print('a', flush=True); time.sleep(0.3)"],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            heard = list(bootstrap.lines_or_silence(process, 0.05))
        assert "a\n" in heard
        assert None in heard
