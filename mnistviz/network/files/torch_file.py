"""A file of `torch.save`, checked without loading it: what it holds, and what it would call.

A pickle is a list of orders to a machine. They are read here and not followed. This is what gives a
bad file its sentence at once; what keeps the server safe is the child that reads the rest.
"""

import io
import sys
import zipfile
from collections.abc import Iterable

from mnistviz.network.files.converting import advice
from mnistviz.network.files.orders import UNKNOWN, Orders
from mnistviz.network.files.picking import OLD_PICKLES, STAND_INS
from mnistviz.network.files.records import (
    AGAIN,
    SHOWABLE,
    TO_SAVE,
    WANTED,
    WeightsError,
    in_bytes,
)
from mnistviz.words import say
from mnistviz.words.untrusted import code

MOST_MEMBERS = 1_100
"""Members that an archive may have: 1,000 tensors and a few of PyTorch's own."""

PICKLE_LIMIT = 1_000_000
"""Bytes of the pickle in an archive; those of ten tensors have about 1,500."""

MOST_ORDERS = 100_000
"""Orders of a pickle that are read; those of ten tensors are about 400."""

_DTYPES = """
float64 float32 float16 bfloat16 complex32 complex64 complex128 int64 int32 int16 int8 uint8 uint16
uint32 uint64 bool qint8 qint32 quint8 quint4x2 quint2x4 float8_e5m2
float8_e4m3fn float8_e5m2fnuz float8_e4m3fnuz
"""
_STORAGES = """
Double Float Half BFloat16 Long Int Short Char Byte Bool ComplexFloat ComplexDouble QInt8 QInt32
QUInt8 QUInt4x2 QUInt2x4
"""
_REBUILT = """
tensor tensor_v2 tensor_v3 parameter parameter_with_state qtensor sparse_tensor
meta_tensor_no_storage device_tensor_from_cpu_tensor
"""
_QUANTIZED = """
tensor_affine tensor_symmetric channel_affine channel_symmetric channel_affine_float_qparams
"""
ALLOWED = frozenset(
    {
        "collections.OrderedDict",
        "collections.Counter",
        "builtins.set",
        "builtins.complex",
        "_codecs.encode",
        "torch.Size",
        "torch.Tensor",
        "torch.device",
        "torch.nn.parameter.Parameter",
        "torch.serialization._get_layout",
        "torch.storage.UntypedStorage",
        "torch.storage.TypedStorage",
        "torch._tensor._rebuild_from_type_v2",
        *(f"torch.{name}" for name in _DTYPES.split()),
        *(f"torch.{name}Storage" for name in _STORAGES.split()),
        *(f"torch._utils._rebuild_{name}" for name in _REBUILT.split()),
        *(f"torch.per_{name}" for name in _QUANTIZED.split()),
    }
)
"""What a pickle may name: those of PyTorch's own list for `weights_only=True` that weights need."""

_MODULES = """
argparse array calendar collections copy copyreg dataclasses datetime decimal enum fractions
functools ipaddress itertools logging numbers operator pathlib random re statistics string time
types typing uuid weakref zoneinfo
"""
_HARMLESS = frozenset(_MODULES.split())
"""Modules of the standard library whose objects may lie beside weights."""

_TYPES = (
    "bool bytearray bytes dict float frozenset getattr int list object range slice str tuple type"
)
_BUILTINS = frozenset(_TYPES.split())
"""So may objects of these."""

_OF_TORCH = tuple(
    f"torch.{part}." for part in ("nn", "optim", "utils", "amp", "cuda.amp", "distributions")
)
"""So may objects of these parts of PyTorch."""

_ORDERS = """
GLOBAL NEWOBJ REDUCE BUILD APPEND APPENDS SETITEM SETITEMS MARK TUPLE TUPLE1 TUPLE2 TUPLE3 NONE
NEWFALSE NEWTRUE EMPTY_TUPLE EMPTY_LIST EMPTY_DICT EMPTY_SET BININT BININT1 BININT2 BINFLOAT
BINUNICODE SHORT_BINSTRING BINPERSID BINGET LONG_BINGET BINPUT LONG_BINPUT LONG1 PROTO STOP
"""
_READ = frozenset(_ORDERS.split())
"""The orders that `weights_only=True` follows."""

_DAMAGED = say("errors/weights", "torch_cut", again=AGAIN)


def check(data: bytes) -> tuple[str, ...]:
    """Check a zip archive of `torch.save`, and the pickle in it.

    Args:
        data: the whole file, which begins as a zip archive does.

    Returns:
        The names of what weights do not need; see `check_orders`.

    Raises:
        WeightsError: it is no file of `torch.save`, or one that cannot be read here.
    """
    # Each member is announced by this mark; the archive's own count of them may say anything.
    if data.count(b"PK\x01\x02") > MOST_MEMBERS:
        raise WeightsError(
            say("errors/weights", "parts_many", most=MOST_MEMBERS, showable=SHOWABLE)
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, IndexError):
        raise WeightsError(say("errors/weights", "zip_cut", again=AGAIN)) from None
    with archive:
        orders = _pickle_of(archive, len(data))
    return check_orders(orders)


def _pickle_of(archive: zipfile.ZipFile, size: int) -> bytes:
    """Check the list of an archive's members, and return the pickle."""
    members = archive.infolist()
    names = [member.filename for member in members]
    pickles = [member for member in members if member.filename.endswith("/data.pkl")]
    if any(name.endswith("/constants.pkl") for name in names):
        raise WeightsError(say("errors/weights", "torch_script", advice=advice("torch_script")))
    if len(pickles) != 1 or len(set(names)) < len(names):
        raise WeightsError(
            say("errors/weights", "zip_other", name=_other(names), wanted=_instead(names))
        )
    packed = [m for m in members if m.flag_bits & 1 or m.compress_type != zipfile.ZIP_STORED]
    if packed:
        most = max(packed, key=lambda member: member.file_size)
        raise WeightsError(
            say(
                "errors/weights",
                "packed",
                name=code(most.filename),
                packed=in_bytes(most.compress_size),
                size=in_bytes(most.file_size),
                to_save=TO_SAVE,
            )
        )
    claimed = sum(member.file_size for member in members)
    if claimed > size:
        raise WeightsError(
            say(
                "errors/weights",
                "claimed",
                claimed=in_bytes(claimed),
                size=in_bytes(size),
                again=AGAIN,
            )
        )
    if pickles[0].file_size > PICKLE_LIMIT:
        raise WeightsError(
            say(
                "errors/weights",
                "pickle_large",
                name=code(pickles[0].filename),
                size=in_bytes(pickles[0].file_size),
            )
        )
    try:
        return archive.read(pickles[0])
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError):
        raise WeightsError(_DAMAGED) from None


def _is_keras(names: list[str]) -> bool:
    return "model.weights.h5" in names or "config.json" in names


def _instead(names: list[str]) -> str:
    """Say what to bring instead of another zip archive."""
    return f"{WANTED} {advice('keras')}" if _is_keras(names) else WANTED


def _other(names: list[str]) -> str:
    """Say what a zip archive is that `torch.save` did not write."""
    if _is_keras(names):
        return say("errors/weights", "keras")
    if "[Content_Types].xml" in names:
        return say("errors/weights", "office")
    return say("errors/weights", "zip") if names else say("errors/weights", "zip_empty")


def check_old(data: bytes) -> tuple[str, ...]:
    """Check a file from before PyTorch 1.6: five pickles one after the other, then the numbers.

    Returns:
        The names of what weights do not need; see `check_orders`.

    Raises:
        WeightsError: one of them names something that weights do not need, or cannot be read.
    """
    stream = io.BytesIO(data)
    return tuple(name for _ in range(OLD_PICKLES) for name in check_orders(stream))


def check_orders(pickled: bytes | io.BytesIO) -> tuple[str, ...]:
    """Check that a pickle is one that can be read without what it names.

    Args:
        pickled: the pickle, or a stream that stands at its beginning and is read to its end.

    Returns:
        The names of what weights do not need, and what nothing but a stand-in is made of.

    Raises:
        WeightsError: it would call what no checkpoint holds, it is all an object of foreign code,
            or it cannot be read.
    """
    orders, foreign = Orders(), dict[str, None]()
    unread, is_broken = "", False
    try:
        for number, (order, name) in enumerate(orders.read(pickled)):
            if number > MOST_ORDERS:
                raise WeightsError(say("errors/weights", "orders_many", most=MOST_ORDERS))
            if name and name not in ALLOWED and name not in STAND_INS:
                foreign[name] = None
            if order not in _READ:
                unread = unread or order
    except WeightsError:
        raise
    except Exception:
        # A broken pickle may set off anything in the reader of the standard library.
        is_broken = True
    is_object = orders.result in foreign and orders.names[orders.result] != "dict"
    is_model = bool(unread) and _is_model(foreign)
    if foreign and (is_model or is_broken or is_object or not all(map(_is_harmless, foreign))):
        raise foreign_error(tuple(foreign))
    if is_broken:
        raise WeightsError(_DAMAGED)
    if orders.sourced:
        alone = say("errors/weights", "nothing_run", to_save=TO_SAVE)
        name = code(orders.sourced)
        raise WeightsError(say("errors/weights", "names_other", name=name, alone=alone))
    if unread:
        raise WeightsError(
            say("errors/weights", "order_unread", unread=unread, advice=advice("protocol"))
        )
    return tuple(foreign)


def _is_model(names: Iterable[str]) -> bool:
    """Tell whether a class of a network is among what a file names."""
    return any(name.startswith(("torch.nn.modules.", "__main__.")) for name in names)


def _is_harmless(name: str) -> bool:
    """Tell whether a checkpoint may hold what has this name.

    Nothing of that name is ever fetched; what is refused here is what only an attack would name,
    and what PyTorch would make itself.
    """
    module, _, attribute = name.rpartition(".")
    if module == "builtins":
        return attribute in _BUILTINS
    top = name.split(".")[0]
    if top in sys.stdlib_module_names:
        return top in _HARMLESS
    return not name.startswith(("torch.", UNKNOWN)) or name.startswith(_OF_TORCH)


class _CodeError(WeightsError):
    """A file names code that would have to be run to read it."""


def foreign_error(names: tuple[str, ...]) -> WeightsError:
    """Return the error that says what a pickle would call, the worst first.

    Args:
        names: as `check_orders` returns them, at least one.
    """
    alone = say("errors/weights", "nothing_run", to_save=TO_SAVE)
    names = tuple(map(_shown, sorted(names, key=_is_harmless)))
    called = [name for name in names if name.split(".")[0] in sys.stdlib_module_names]
    is_model = _is_model(names)
    if called and not (is_model and _is_harmless(called[0])):
        return _CodeError(say("errors/weights", "calls", name=code(called[0]), alone=alone))
    own = [name for name in names if not name.startswith("torch.") and name not in called]
    if is_model:
        wanted = code((own or names)[0])
        return _CodeError(
            say("errors/weights", "whole_model", wanted=wanted, alone=alone, advice=advice("model"))
        )
    if names[0].startswith("numpy."):
        return WeightsError(say("errors/weights", "numpy_number", name=code(names[0]), alone=alone))
    return WeightsError(say("errors/weights", "names_other", name=code(names[0]), alone=alone))


def _shown(name: str) -> str:
    """Put into words what has no name of its own."""
    if name == UNKNOWN:
        return say("errors/weights", "name_made")
    if name.startswith(UNKNOWN):
        return say("errors/weights", "extension", argument=name.removeprefix(UNKNOWN))
    return name


def refuse_pickle(data: bytes) -> WeightsError:
    """Return the error that says why a pickle outside an archive is not read.

    Args:
        data: the whole file, which begins as a pickle does.
    """
    try:
        check_orders(data[:PICKLE_LIMIT])
    except _CodeError as error:
        return error
    except WeightsError:
        # What it says of the orders of a pickle is for one that `torch.save` has written.
        pass
    return WeightsError(say("errors/weights", "pickle", wanted=WANTED, advice=advice("pickle")))
