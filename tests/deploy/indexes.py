"""Two package indexes on this machine, as PyPI and PyTorch's own have the wheels of PyTorch."""

from __future__ import annotations

import hashlib
import http.server
import io
import re
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote

PYTHON = f"cp{sys.version_info.major}{sys.version_info.minor}"
LINUX, ARM, WINDOWS = "manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "win_amd64"
MAC = "macosx_11_0_arm64"
CUDA = "nvidia-cudnn-cu13"


def wheel(name: str, version: str, needs: tuple[str, ...] = ()) -> bytes:
    """Return a wheel with nothing in it but what it is and needs."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {need}\n" for need in needs)
    files = {
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return packed.getvalue()


class Index:
    """The wheels of one index, by the name of their file."""

    def __init__(self) -> None:
        self.wheels: dict[str, bytes] = {}

    def add(self, name: str, version: str, platform: str, needs: tuple[str, ...] = ()) -> None:
        tag = "py3-none-any" if platform == "any" else f"{PYTHON}-{PYTHON}-{platform}"
        file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
        self.wheels[file] = wheel(name, version, needs)

    def page(self, name: str, folder: str) -> str | None:
        """Return the page of a package with links as PyTorch's index writes them, if it has it."""
        prefix = name.replace("-", "_") + "-"
        links = [
            f'<a href="{folder}{quote(file)}#sha256={hashlib.sha256(data).hexdigest()}">{file}</a>'
            for file, data in self.wheels.items()
            if file.startswith(prefix)
        ]
        return f"<!DOCTYPE html><html><body>{'<br/>'.join(links)}</body></html>" if links else None


def pypi(app: str, torch: str, vision: str) -> Index:
    """Return what PyPI has: all that the app needs, and for Linux PyTorch with CUDA."""
    index = Index()
    for name, lower in re.findall(r"(?m)^([a-z]+)>=([\d.]+)", app):
        for version in (lower, f"{lower}.1"):
            index.add(name, version, "any")
    index.add(CUDA, "9.0", "any")
    for platform in (LINUX, ARM, WINDOWS, MAC):
        cuda = (CUDA,) if platform in (LINUX, ARM) else ()
        index.add("torch", torch, platform, cuda)
        index.add("torchvision", vision, platform, (f"torch=={torch}", "numpy", "pillow"))
    return index


def pytorch(torch: str, vision: str) -> Index:
    """Return what PyTorch's index for the CPU has, with older ones and old versions of others."""
    index = Index()
    for platform in (LINUX, ARM, WINDOWS, MAC):
        build = "" if platform == MAC else "+cpu"
        for version in ("2.0.0", torch, "99.0"):
            index.add("torch", version + build, platform)
        index.add("torchvision", vision + build, platform, (f"torch=={torch}", "numpy", "pillow"))
    index.add("pillow", "9.0", "any")
    return index


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the page of a package at FOLDER/NAME/, and the files beside it."""

    protocol_version = "HTTP/1.1"

    def __init__(self, folders: dict[str, Index], *args: object) -> None:
        self.folders = folders
        super().__init__(*args)

    def do_GET(self) -> None:
        folder, _, rest = self.path.lstrip("/").partition("/")
        index = self.folders.get(folder, Index())
        body, kind = index.wheels.get(unquote(rest)), "application/octet-stream"
        page = index.page(rest.strip("/"), f"/{folder}/") if rest.endswith("/") else None
        if page is not None:
            body, kind = page.encode(), "text/html"
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body or b"")

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folders: dict[str, Index]) -> Iterator[str]:
    """Serve indexes below the folders until the block ends, and say where."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, folders))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def copy_requirements(root: Path, folder: Path, pytorch_url: str) -> Path:
    """Copy what the Cloud reads and the list it includes, with PyTorch's index elsewhere."""
    (folder / "requirements.txt").write_text((root / "requirements.txt").read_text())
    name = Path("deploy", "cloud", "requirements.txt")
    text = (root / name).read_text()
    assert text.count("https://download.pytorch.org/whl/cpu/") == 2
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_text(text.replace("https://download.pytorch.org/whl/cpu", pytorch_url))
    return path
