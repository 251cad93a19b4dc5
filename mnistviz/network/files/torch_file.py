"""A file of `torch.save`, checked without loading it: what it holds, and what it would call.

A pickle is a list of orders to a machine. They are read here and not followed. This is what gives a
bad file its sentence at once; what keeps the server safe is the child that reads the rest.
"""

import io
import pickletools
import sys
import zipfile
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Iterator

from mnistviz.network.files.kinds import TORCH_MAGIC
from mnistviz.network.files.records import (
    AGAIN,
    SHOWABLE,
    TO_SAVE,
    WANTED,
    WeightsError,
    in_bytes,
)
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

_ORDERS = """
GLOBAL NEWOBJ REDUCE BUILD APPEND APPENDS SETITEM SETITEMS MARK TUPLE TUPLE1 TUPLE2 TUPLE3 NONE
NEWFALSE NEWTRUE EMPTY_TUPLE EMPTY_LIST EMPTY_DICT EMPTY_SET BININT BININT1 BININT2 BINFLOAT
BINUNICODE SHORT_BINSTRING BINPERSID BINGET LONG_BINGET BINPUT LONG_BINPUT LONG1 PROTO STOP
"""
_READ = frozenset(_ORDERS.split())
"""The orders that `weights_only=True` follows."""

_DAMAGED = f"This file of `torch.save` is cut short or damaged. {AGAIN}"


def check(data: bytes) -> None:
    """Look into a zip archive, and into the pickle in it.

    Args:
        data: the whole file, which begins as a zip archive does.

    Raises:
        WeightsError: it is no file of `torch.save`, or one that cannot be read here.
    """
    # Each member is announced by this mark; the archive's own count of them may say anything.
    if data.count(b"PK\x01\x02") > MOST_MEMBERS:
        raise WeightsError(f"The file holds more than {MOST_MEMBERS:,} parts. {SHOWABLE}")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, IndexError):
        raise WeightsError(
            "This file begins as a zip archive does, as those of `torch.save` are, but it is cut "
            f"short or damaged. {AGAIN}"
        ) from None
    with archive:
        orders = _pickle_of(archive, len(data))
    check_orders(orders)


def _pickle_of(archive: zipfile.ZipFile, size: int) -> bytes:
    """Check the list of an archive's members, and return the pickle."""
    members = archive.infolist()
    names = [member.filename for member in members]
    pickles = [member for member in members if member.filename.endswith("/data.pkl")]
    if any(name.endswith("/constants.pkl") for name in names):
        raise WeightsError(
            "This is a TorchScript program, as `torch.jit.save` writes it. Save the numbers alone, "
            f"with {TO_SAVE}."
        )
    if len(pickles) != 1 or len(set(names)) < len(names):
        raise WeightsError(f"This is {_other(names)}, not a file of `torch.save`. {WANTED}")
    packed = [m for m in members if m.flag_bits & 1 or m.compress_type != zipfile.ZIP_STORED]
    if packed:
        most = max(packed, key=lambda member: member.file_size)
        raise WeightsError(
            f"{code(most.filename)} in this file is packed: {in_bytes(most.compress_size)} that "
            f"claim to hold {in_bytes(most.file_size)}. `torch.save` never packs, so the file is "
            f"not opened. Write it again with {TO_SAVE}."
        )
    claimed = sum(member.file_size for member in members)
    if claimed > size:
        raise WeightsError(
            f"The parts of this file claim {in_bytes(claimed)} together, and the file has "
            f"{in_bytes(size)}. {AGAIN}"
        )
    if pickles[0].file_size > PICKLE_LIMIT:
        raise WeightsError(
            f"{code(pickles[0].filename)} in this file has {in_bytes(pickles[0].file_size)}; for "
            f"ten tensors it has about 1.5\N{NO-BREAK SPACE}kB. Save `model.state_dict()` alone."
        )
    try:
        return archive.read(pickles[0])
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError):
        raise WeightsError(_DAMAGED) from None


def _other(names: list[str]) -> str:
    """Say what a zip archive is that `torch.save` did not write."""
    if names and all(name.endswith(".npy") for name in names):
        return "an archive of NumPy arrays, as `np.savez` writes it"
    if "model.weights.h5" in names or "config.json" in names:
        return "a model of Keras"
    if "[Content_Types].xml" in names:
        return "a document of an office program"
    return "a zip archive" if names else "an empty zip archive"


def check_orders(orders: bytes) -> None:
    """Look through a pickle for what it would call.

    Raises:
        WeightsError: it names something that weights do not need, or it cannot be read.
    """
    foreign: list[str] = []
    unread = ""
    try:
        for number, (order, name) in enumerate(_named(orders)):
            if number > MOST_ORDERS:
                raise WeightsError(
                    f"The file holds far more than ten tensors: its pickle has over "
                    f"{MOST_ORDERS:,} orders. Save `model.state_dict()` alone."
                )
            if name and name not in ALLOWED:
                foreign.append(name)
            elif order not in _READ:
                unread = unread or order
    except WeightsError:
        raise
    except Exception:
        # A broken pickle may set off anything in the reader of the standard library.
        if not foreign:
            raise WeightsError(_DAMAGED) from None
    if foreign:
        raise WeightsError(_foreign(foreign))
    if unread:
        raise WeightsError(
            f"The pickle in this file uses the order `{unread}`, which is not read here. Write the "
            f"file with {TO_SAVE}, without `pickle_protocol`."
        )


def _named(orders: bytes) -> Iterator[tuple[str, str]]:
    """Read the orders of a pickle, and with each the name of what it would fetch, if any."""
    texts: list[str] = []
    memo: dict[int, str] = {}
    places = 0
    for order, argument, _ in pickletools.genops(orders):
        name = ""
        if order.name in ("GLOBAL", "INST"):
            module, _, attribute = str(argument).partition(" ")
            name = _modern(module, attribute)
        elif order.name == "STACK_GLOBAL":
            # The two texts before it; they may come from anywhere, then it has no name.
            name = ".".join(texts[-2:]) if len(texts) > 1 else "a name made while reading"
        elif order.name in ("EXT1", "EXT2", "EXT4"):
            name = f"extension {argument}"
        elif order.name in ("BINGET", "LONG_BINGET", "GET"):
            texts.append(memo.get(int(str(argument)), ""))
        elif order.name == "MEMOIZE":
            memo[places] = texts[-1] if texts else ""
            places += 1
        elif order.name in ("BINPUT", "LONG_BINPUT", "PUT"):
            memo[int(str(argument))] = texts[-1] if texts else ""
        elif isinstance(argument, str):
            texts.append(argument)
        del texts[:-2]
        yield order.name, name


def _modern(module: str, attribute: str) -> str:
    """Translate a name of Python 2, which pickles up to protocol 2 use, as PyTorch does."""
    if (module, attribute) in NAME_MAPPING:
        return ".".join(NAME_MAPPING[module, attribute])
    return f"{IMPORT_MAPPING.get(module, module)}.{attribute}"


def _foreign(names: list[str]) -> str:
    """Say what a pickle would call, the worst first."""
    alone = f"Nothing of the file was run. Save the numbers alone, with {TO_SAVE}."
    called = [name for name in names if name.split(".")[0] in sys.stdlib_module_names]
    if called:
        return f"The file wants to call {code(called[0])}, which weights never need. {alone}"
    own = [name for name in names if not name.startswith("torch.")]
    if any(name.startswith(("torch.nn.modules.", "__main__.")) for name in names):
        return (
            f"The file holds a whole model, not its numbers alone: it names "
            f"{code((own or names)[0])}. To open it, that code would have to be run. {alone}"
        )
    if names[0].startswith("numpy."):
        return (
            f"The file also holds a number of NumPy (it names {code(names[0])}), which is not read "
            f"here. {alone}"
        )
    return f"The file names {code(names[0])}, which weights do not need. {alone}"


def refuse_pickle(data: bytes) -> WeightsError:
    """Say why a pickle outside an archive is not read, and what it would call.

    Args:
        data: the whole file, which begins as a pickle does.
    """
    if data.startswith(TORCH_MAGIC):
        return WeightsError(
            "This file was written by `torch.save` in its old way, before "
            "PyTorch\N{NO-BREAK SPACE}1.6 or with `_use_new_zipfile_serialization=False`. Load it "
            f"on your computer and write it again, with {TO_SAVE}."
        )
    try:
        check_orders(data[:PICKLE_LIMIT])
    except WeightsError as error:
        if "wants to call" in str(error) or "it names" in str(error):
            return error
    return WeightsError(
        "This is a pickle, as `pickle.dump` writes it. To read one is to run what it says, so it "
        f"is not opened here. {WANTED}"
    )
