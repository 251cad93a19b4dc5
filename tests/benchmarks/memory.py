"""Where the memory of the server goes: measured by importing its parts one after the other."""

import json
import subprocess
import sys

import psutil

from tests.serving import ROOT

# What a server loads, in the order in which `app.py` comes to it.
PARTS = (
    ("Python", "pass"),
    ("Streamlit", "import streamlit, streamlit.web.server.starlette"),
    ("torch", "import torch"),
    ("Plotly", "import plotly.graph_objects"),
    ("digits, first computations", "from mnistviz.ui.frame.warm_up import warm_up; warm_up()"),
)

PROGRAM = """
import json, logging, psutil, sys
logging.disable()
sizes = []
for part in json.loads(sys.argv[1]):
    exec(part)
    sizes.append(psutil.Process().memory_info().rss)
print(json.dumps(sizes))
"""


def resident_line(pid: int, when: str) -> str:
    """Report the resident memory of the server."""
    resident = psutil.Process(pid).memory_info().rss
    return f"\nResident memory of the server {when}: {resident / 1e6:.0f} MB"


def memory_lines(pid: int) -> list[str]:
    """Report the resident memory of the server and of the parts that it loads at its start."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([code for _, code in PARTS])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [resident_line(pid, "after these visits") + ", of it at the start"]
    before = 0
    for (name, _), size in zip(PARTS, json.loads(answer.stdout.splitlines()[-1]), strict=True):
        lines.append(f"  {name:30} {(size - before) / 1e6:+6.0f} MB")
        before = size
    return lines
