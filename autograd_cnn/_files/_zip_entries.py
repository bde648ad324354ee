"""The entries of a zip archive, and what it is refused for."""

import struct
import zipfile
import zlib

ZIP_ERRORS = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
"""What the zip reader raises on damaged archives; a UnicodeDecodeError is a ValueError."""


class RefusedError(ValueError):
    """The file asks for something that is neither a tensor nor a plain container, or is damaged."""


def entry_of(
    archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], name: str, *, optional: bool = False
) -> bytes:
    if name not in names:
        if optional:
            return b""
        raise RefusedError(f"the entry {name!r} is missing")
    try:
        return archive.read(names[name])
    except ZIP_ERRORS as error:
        raise RefusedError(f"the entry {name!r} can't be read ({error})") from error
