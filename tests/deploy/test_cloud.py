"""Tests of the start as on Streamlit Community Cloud: from the root, by its entry file."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import psutil

from scripts import scale
from tests.deploy.visitor import Visitor
from tests.serving import ROOT, free_port

ENTRY = "deploy/cloud/streamlit_app.py"
# The command `streamlit` does not put the folder in which it runs on the path, as `-m` does.
COMMAND = "import sys; sys.argv[0] = 'streamlit'; from streamlit.web.cli import main; main()"
MEGABYTE = 1024 * 1024


def files(folder: Path) -> set[Path]:
    kinds = ("*.py", "*.toml", "*.txt", "*.md")
    return {path for kind in kinds for path in folder.glob(kind)}


def test_a_cold_link_to_a_page_is_the_first_request(tmp_path: Path) -> None:
    port = free_port()
    home = str(tmp_path / "none")
    environment = {**os.environ, "HOME": home, "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("MNISTVIZ_DATA", None)
    environment.pop("PYTHONPATH", None)
    before = files(ROOT)
    options = ["--server.port", str(port), "--server.headless", "true"]
    with ExitStack() as stack:
        server = stack.enter_context(
            scale.running(
                [sys.executable, "-P", "-c", COMMAND, "run", ENTRY, *options], environment
            )
        )
        scale.wait_for(f"http://127.0.0.1:{port}", server)
        visitor = Visitor(f"http://127.0.0.1:{port}")
        stack.callback(visitor.close)
        assert visitor.ask("/activations?layers=1&w1=16&activation=tanh")[0] == 200
        visitor.open()
        said = visitor.run("activations", "layers=1&w1=16&activation=tanh")
        assert "Activation functions" in said
        # With the plain wheels of Linux, the largest there are. The Cloud promises 690 MB, and the
        # CPU wheels take less than half of these.
        assert psutil.Process(server.pid).memory_info().rss < 900 * MEGABYTE
    assert files(ROOT) == before
