"""What lies at the top of a checkout, and in an installed package in a folder of its own."""

from pathlib import Path

import mnistviz

_PACKAGE = Path(mnistviz.__file__).parent
_INSTALLED = _PACKAGE / "top"

TOP = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
"""The folder of `app.py`, `pages/`, `.streamlit/` and `README.md`."""
