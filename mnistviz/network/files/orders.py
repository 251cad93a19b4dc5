"""The orders of a pickle, read and not followed: what it names, and what it would make of that.

Both the server and its child read them so; this needs the standard library alone.
"""

import io
import pickletools
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Iterator
from dataclasses import dataclass

UNKNOWN = "*"
"""Begins what stands for a name that the pickle makes while it is read, or has by a number."""

_PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})
_MAKES = frozenset({"REDUCE", "NEWOBJ", "NEWOBJ_EX", "OBJ", "INST"})
_FILLS = {"SETITEM": "dict", "SETITEMS": "dict", "APPEND": "list", "APPENDS": "list"}
_PASSED = frozenset({"BUILD", "DUP", "BINPERSID"})
_CLASS = "module"
"""Before PyTorch 1.6, a class of a module was written with this word before it, and its source."""

_MARK = object()


@dataclass(frozen=True, slots=True)
class _Named:
    """What stands on the stack: something that was fetched by its name, or was made of that."""

    name: str
    is_made: bool = False


class Orders:
    """The orders of one pickle.

    Attributes:
        names: what it would fetch; the value is what is filled in there later, `dict` or `list`,
            or nothing.
        result: of what its whole content is made; nothing for dicts, lists and plain values.
        sourced: a class of a module that stands in the file with its source, if any.
    """

    def __init__(self) -> None:
        """Begin with an empty stack."""
        self.names: dict[str, str] = {}
        self.result = ""
        self.sourced = ""
        self._stack: list[object] = []
        self._marks: list[int] = []
        self._memo: dict[int, object] = {}

    def read(self, pickled: bytes | io.BytesIO) -> Iterator[tuple[str, str]]:
        """Read order after order.

        Args:
            pickled: the pickle, or a stream that stands at its beginning and is read to its end.

        Yields:
            The order, and the name of what it would fetch, if any.

        Raises:
            Exception: of any kind, for a pickle that is broken.
        """
        for order, argument, _ in pickletools.genops(pickled):
            yield order.name, self._follow(order, argument)

    def _follow(self, order: pickletools.OpcodeInfo, argument: object) -> str:
        """Do on a stack of tags what the order would do; returns what it would fetch."""
        if order.name in _PUTS or order.name == "MEMOIZE":
            place = len(self._memo) if order.name == "MEMOIZE" else int(str(argument))
            self._memo[place] = self._stack[-1]
            return ""
        if order.name in _GETS:
            self._stack.append(self._memo[int(str(argument))])
            return ""
        taken = self._taken(order)
        name = _fetched(order.name, argument, taken)
        if name:
            self.names.setdefault(name, "")
        made = self._made(order.name, name, argument, taken)
        if made is _MARK:
            self._marks.append(len(self._stack))
        self._stack += [made] * len(order.stack_after)
        return name

    def _taken(self, order: pickletools.OpcodeInfo) -> list[object]:
        """Take from the stack what an order takes."""
        before = order.stack_before
        rest: list[object] = []
        if order.name == "POP" and self._stack[-1] is _MARK:
            self._marks.pop()
        count = len(before)
        if pickletools.markobject in before:
            place, count = self._marks.pop(), before.index(pickletools.markobject)
            rest = self._stack[place + 1 :]
            del self._stack[place:]
        if count > len(self._stack):
            raise IndexError(order.name)
        first = len(self._stack) - count
        taken = self._stack[first:] + rest
        del self._stack[first:]
        return taken

    def _made(self, order: str, name: str, argument: object, taken: list[object]) -> object:
        """Return the tag of what an order leaves on the stack."""
        first = taken[0] if taken else None
        if order == "MARK":
            return _MARK
        if order == "STOP":
            self.result = first.name if isinstance(first, _Named) and first.is_made else ""
        if order in _MAKES:
            source = name or (first.name if isinstance(first, _Named) else "")
            return _Named(source, is_made=True) if source else None
        if name:
            return _Named(name)
        if order in _FILLS and isinstance(first, _Named):
            self.names[first.name] = _FILLS[order]
        if order == "BINPERSID" and isinstance(first, _Named):
            self.sourced = first.name
        if order in _PASSED or order in _FILLS:
            return first
        if order.startswith("TUPLE") and first == _CLASS:
            return taken[1]
        return argument if isinstance(argument, str) else None


def _fetched(order: str, argument: object, taken: list[object]) -> str:
    """Return the name of what an order would fetch."""
    if order in ("GLOBAL", "INST"):
        module, _, attribute = str(argument).partition(" ")
        return _modern(module, attribute)
    if order == "STACK_GLOBAL":
        texts = [each for each in taken if isinstance(each, str)]
        return ".".join(texts) if len(texts) > 1 else UNKNOWN
    return f"{UNKNOWN}{argument}" if order in ("EXT1", "EXT2", "EXT4") else ""


def _modern(module: str, attribute: str) -> str:
    """Translate a name of Python 2, which pickles up to protocol 2 use, as PyTorch does."""
    if (module, attribute) in NAME_MAPPING:
        return ".".join(NAME_MAPPING[module, attribute])
    return f"{IMPORT_MAPPING.get(module, module)}.{attribute}"
