"""Fetching a file from the first mirror that has it."""

import hashlib
import http.client
import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from .._files.atomic import write_atomically
from .._files.errors import FileFormatError

_TIMEOUT = 60


def fetch(urls: Sequence[str], path: Path, accept: Callable[[bytes], None]) -> None:
    """Write to ``path`` what the first of ``urls`` gives that ``accept`` does not refuse with a
    FileFormatError.

    The path gets the whole file or none. OSError, listing what each mirror said, where none serves.
    """
    from urllib.request import urlopen  # where it is used: importing the package stays light

    refusals = []
    for url in urls:
        try:
            with urlopen(url, timeout=_TIMEOUT) as answer:
                data = answer.read()
            accept(data)
        except (OSError, http.client.HTTPException, FileFormatError) as error:
            refusals.append(f"{url}: {error}")
            continue
        os.makedirs(path.parent, exist_ok=True)
        write_atomically(path, data)
        return
    raise OSError(f"could not download {path.name}: " + "; ".join(refusals))


def check_md5(data: bytes, md5: str, where: str = "") -> None:
    """FileFormatError where the MD5 of ``data`` is another."""
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if digest != md5:
        raise FileFormatError(
            f"{where}its MD5 is {digest}, not {md5}: damaged or another file; delete it and download it again"
        )


def gzip_digest(data: bytes) -> str:
    """The SHA-256 of what is inside gzip ``data``."""
    try:
        return hashlib.sha256(zlib.decompress(data, wbits=31)).hexdigest()
    except zlib.error as error:
        raise FileFormatError(f"not gzip data, or cut off ({error})") from error
