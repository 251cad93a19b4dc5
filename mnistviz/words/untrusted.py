"""Text that comes from outside, such as a file's name or a link's value, made fit to be shown."""

import re

LENGTH = 60
"""Characters that are shown of a text, where nothing else is said."""

_UNSEEN = "\N{REPLACEMENT CHARACTER}"
"""Stands where a character was that cannot be seen or that moves the text around it."""


def plain(text: str, length: int = LENGTH, end: int = 0) -> str:
    """Make a text printable, one line without a backtick, and not longer than it may be.

    White space of every kind becomes a space, a line break too. Control characters, those that
    turn the direction of the text and whatever else cannot be seen become `�`, and a backtick,
    which would end a code, becomes `'`.

    Args:
        text: anything.
        length: characters of the result at most, at least 1 more than `end`.
        end: how many of them are the text's last ones, if it is longer and `…` stands for a part.
    """
    line = " ".join(text.splitlines())
    clean = "".join(
        each if each.isprintable() else " " if each.isspace() else _UNSEEN for each in line
    ).replace("`", "'")
    if len(clean) <= length:
        return clean
    return f"{clean[: length - 1 - end]}…{clean[len(clean) - end :]}"


def code(text: str, length: int = LENGTH, end: int = 0) -> str:
    """Write a text as code: nothing in it counts as Markdown. A blank one is shown as `?`.

    Args:
        text: anything.
        length: see `plain`.
        end: see `plain`.
    """
    return f"`{plain(text, length, end).strip() or '?'}`"


def file_name(path: str, length: int = LENGTH, end: int = 0) -> str:
    """Return the last part of a path, with slashes of either kind, as `plain` writes it.

    Args:
        path: anything.
        length: see `plain`.
        end: see `plain`.
    """
    return plain(path.replace("\\", "/").rpartition("/")[2].strip(), length, end).strip()


def escaped(text: str) -> str:
    """Write a text, with names in it perhaps, so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_\[\]<>~$:#|])", r"\\\1", text)
