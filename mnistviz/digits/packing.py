"""Files in a zip, the same bytes for the same files."""

import io
import zipfile
from collections.abc import Mapping

DATE = (1980, 1, 1, 0, 0, 0)
"""The date of every file, the earliest that a zip can say: equal files give equal bytes."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Write files as a zip, compressed.

    Args:
        files: their bytes, by their paths in the zip.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()
