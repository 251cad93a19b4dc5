"""Tests of how scripts/bootstrap.py chooses the wheels of PyTorch: offline."""

from __future__ import annotations

import http.server
import os
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import bootstrap

PINS = {"torch": "2.15.0", "torchvision": "0.29.2"}
Plan = Callable[..., tuple[list[str], float, str]]


class TestGpu:
    @pytest.fixture(autouse=True)
    def no_programs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Hide an nvidia-smi of this machine."""
        monkeypatch.setenv("PATH", str(tmp_path))

    @pytest.mark.parametrize(
        ("name", "expected"),
        [("null", False), ("nvidia0", True), ("nvidiactl", False), ("nvidia-uvm", False)],
    )
    def test_a_device_file_is_proof(self, tmp_path: Path, name: str, expected: bool) -> None:
        (tmp_path / name).touch()
        assert bootstrap.has_nvidia_gpu(tmp_path) is expected

    @pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ("echo 'GPU 0: NVIDIA T4 (UUID: GPU-1)'", True),
            ("echo 'No devices were found'; exit 6", False),
            ("echo 'No devices were found'", False),
        ],
    )
    def test_nvidia_smi_is_asked(self, tmp_path: Path, body: str, expected: bool) -> None:
        (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / "nvidia-smi").chmod(0o755)
        assert bootstrap.has_nvidia_gpu(tmp_path) is expected


class TestCpuIndex:
    @pytest.fixture
    def index(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
        """An index on this machine: the builds it has, by path. It never answers for others."""
        builds: dict[str, str] = {}
        closing = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path not in builds:
                    closing.wait(10)
                    return
                package = self.path.strip("/")
                name = f"{package}-{PINS[package]}{builds[self.path]}-py3-none-any.whl"
                self.send_response(200)
                self.end_headers()
                self.wfile.write(f'<a href="/whl/{name}">x</a>'.encode())

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(bootstrap, "CPU_INDEX", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield builds
        closing.set()
        server.shutdown()
        server.server_close()

    @pytest.mark.parametrize("build", ["%2Bcpu", "", "%2Bcu132", "%2Bcpu.cxx11.abi"])
    def test_must_have_both(self, index: dict[str, str], build: str) -> None:
        index.update({"/torch/": "%2Bcpu", "/torchvision/": build})
        assert bootstrap.cpu_index_has(PINS) == (build == "%2Bcpu")

    def test_one_that_never_answers_is_left_in_time(
        self, index: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert bootstrap.CPU_INDEX_SECONDS == 3.0
        index["/torch/"] = "%2Bcpu"
        monkeypatch.setattr(bootstrap, "CPU_INDEX_SECONDS", 0.3)
        begin = time.monotonic()
        assert not bootstrap.cpu_index_has(PINS)
        assert 0.3 <= time.monotonic() - begin < 2.0

    @pytest.mark.usefixtures("index")
    def test_one_that_is_not_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "CPU_INDEX", "http://127.0.0.1:9")
        assert not bootstrap.cpu_index_has(PINS)


class TestTorch:
    @pytest.fixture
    def plan(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Plan:
        """A function that plans for a machine; it returns pip's arguments, the size, the line."""
        monkeypatch.setattr(sys, "platform", "linux")

        def plan(
            gpu: bool = False, index: bool = True, forced: str = "", python: str = "gone"
        ) -> tuple[list[str], float, str]:
            monkeypatch.setattr(bootstrap, "has_nvidia_gpu", lambda: gpu)
            monkeypatch.setattr(bootstrap, "cpu_index_has", lambda pins: index and pins == PINS)
            monkeypatch.setenv("MNISTVIZ_TORCH", forced)
            texts = {Path("a"): "-r\nb\npytest", Path("b"): "torch==2.15.0\ntorchvision==0.29.2"}
            return *bootstrap.plan_torch(python, texts), capsys.readouterr().out

        return plan

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({}, "there is no NVIDIA GPU"),
            ({"forced": "CPU", "gpu": True, "index": False}, "MNISTVIZ_TORCH=cpu"),
        ],
    )
    def test_cpu_wheels(self, plan: Plan, options: dict[str, object], reason: str) -> None:
        # Exact builds, as pip would mix the two kinds otherwise.
        builds = ["torch==2.15.0+cpu", "torchvision==0.29.2+cpu"]
        arguments = ["--extra-index-url", bootstrap.CPU_INDEX, *builds]
        line = f"PyTorch: the CPU wheels, about 0.75 GB on disk ({reason}).\n"
        assert plan(**options) == (arguments, 0.75, line)

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({"gpu": True}, "there is an NVIDIA GPU"),
            ({"index": False}, "PyTorch's index did not show its CPU wheels within 3 seconds"),
            ({"forced": "plain"}, "MNISTVIZ_TORCH=plain"),
        ],
    )
    def test_plain_wheels(self, plan: Plan, options: dict[str, object], reason: str) -> None:
        line = f"PyTorch: the plain wheels, about 5.5 GB on disk ({reason}).\n"
        assert plan(**options) == ([], 5.5, line)

    @pytest.mark.parametrize("platform", ["darwin", "win32"])
    def test_other_systems_have_small_plain_wheels(
        self, plan: Plan, monkeypatch: pytest.MonkeyPatch, platform: str
    ) -> None:
        monkeypatch.setattr(sys, "platform", platform)
        line = "PyTorch: the plain wheels, about 0.75 GB on disk (they come without CUDA here).\n"
        for forced in ("", "cpu", "plain"):
            assert plan(forced=forced) == ([], 0.75, line)

    def test_another_word_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SystemExit, match="'fast', but must be 'cpu' or 'plain'"):
            plan(forced="fast")

    @pytest.mark.parametrize(("more", "stays"), [("", True), ("+cpu", True), (".1", False)])
    def test_the_pinned_one_stays_in_either_build(
        self, plan: Plan, tmp_path: Path, more: str, stays: bool
    ) -> None:
        venv.create(tmp_path, symlinks=os.name != "nt")
        (place,) = (path for path in tmp_path.rglob("site-packages") if not path.is_symlink())
        for package, version in PINS.items():
            assert plan(python=bootstrap.venv_python(tmp_path))[0] != []
            metadata = place / f"{package}-{version}{more}.dist-info" / "METADATA"
            metadata.parent.mkdir()
            metadata.write_text(f"Name: {package}\nVersion: {version}{more}\n")
        assert (plan(python=bootstrap.venv_python(tmp_path)) == ([], 0.0, "")) == stays

    def test_requirements_without_it_ask_for_nothing(self) -> None:
        assert bootstrap.plan_torch("gone", {Path("a"): "torchmetrics==2.15.0"}) == ([], 0.0)
