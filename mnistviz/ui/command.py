"""The command `mnistviz`: it serves the whole app, from whatever folder it is started in."""

import argparse
import sys
from collections.abc import Sequence

import mnistviz
from mnistviz.ui.top import TOP
from mnistviz.words import say

PORT = 8501
"""The port of Streamlit, and of everything in deploy/."""

ADDRESS = "127.0.0.1"
"""Nobody but this machine is answered unless one says so."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the app until it is stopped.

    Args:
        arguments: of the command; those that it was started with by default.
    """
    # A string of its own, as Streamlit and the pages read the arguments of the process.
    sys.argv = ["streamlit", "run", *_of_streamlit(_parsed(arguments))]
    # Only now: `--help` and `--version` answer at once.
    import click
    from streamlit.web import cli

    try:
        cli.main(standalone_mode=False)
    except click.Abort:
        # Control-C: that is how one ends it, and nothing went wrong.
        sys.exit(0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="mnistviz", description=_word("about"), epilog=_word("epilog")
    )
    parser.add_argument("--port", type=_port, default=PORT, help=_word("port", port=PORT))
    parser.add_argument("--address", default=ADDRESS, help=_word("address", address=ADDRESS))
    parser.add_argument("--no-browser", action="store_true", help=_word("no_browser"))
    parser.add_argument("--version", action="version", version=f"mnistviz {mnistviz.__version__}")
    parser.add_argument("streamlit", nargs="*", metavar="OPTION", help=_word("streamlit"))
    options = parser.parse_args(arguments)
    # Streamlit takes what is no option for an argument of the app, which has none.
    if options.streamlit and not options.streamlit[0].startswith("-"):
        parser.error(_word("no_option", text=options.streamlit[0], port=PORT))
    return options


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 2**16:
        raise argparse.ArgumentTypeError(_word("bad_port", text=text))
    return int(text)


def _of_streamlit(options: argparse.Namespace) -> list[str]:
    """Return what Streamlit is told; its settings lie beside `app.py`, where it finds them."""
    told = [str(TOP / "app.py"), f"--server.port={options.port}"]
    told.append(f"--server.address={options.address}")
    if options.no_browser:
        told.append("--server.headless=true")
    return [*told, *options.streamlit]


def _word(part: str, **values: object) -> str:
    return say("command", part, **values)
