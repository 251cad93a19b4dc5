"""What Streamlit Community Cloud runs: the app of the root.

It is in a folder of its own for the sake of the requirements.txt beside it: the Cloud installs from
the one in the folder of the file that it runs, before it looks at the root.
"""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]
# The Cloud starts its own command, which knows the folder of this file alone.
sys.path.insert(0, str(ROOT))

from app import MAIN, PARTS  # noqa: E402

# Said here once more, as Streamlit looks for such a line in the text of the file that it is given.
app = st.App(MAIN, **PARTS)
