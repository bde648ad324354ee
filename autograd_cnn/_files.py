"""Writing files so that the path always holds the old or the new version, complete.

The new version is written to a file of the same folder, flushed to the disk, and renamed over the path; then the
folder itself is flushed, so that the rename survives a power cut too. Where the system has files without a name
(``O_TMPFILE``, Linux), the new version has none until it is complete: a process killed while writing leaves nothing.
"""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

# What open() says where O_TMPFILE is not known to the file system, or to the kernel (EISDIR).
_NO_NAMELESS_FILES = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT, errno.ENOSYS}


@contextmanager
def replacing(path: "str | os.PathLike[str]") -> Iterator[BinaryIO]:
    """A binary file to write into; ``path`` gets its content when the block ends, and keeps its own if the block raises.

    The access rights of a file that is replaced are kept, and a symbolic link stays a link. OSError as from ``open``.
    """
    target = os.path.realpath(path)
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, "a folder is at the path of the file to write", os.fspath(path))
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name[:200]}.{secrets.token_hex(8)}.tmp")
    descriptor, named = _open(folder, temporary)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            with suppress(FileNotFoundError):
                os.fchmod(file.fileno(), os.stat(target).st_mode & 0o7777)
            os.fsync(file.fileno())
            if not named:
                _give_name(file.fileno(), temporary, folder)
                named = True
        os.replace(temporary, target)
        named = False
    finally:
        if named:
            os.unlink(temporary)
    _flush_folder(folder)


def write_atomically(path: "str | os.PathLike[str]", data: bytes) -> None:
    """Make ``data`` the content of ``path``; see :func:`replacing`."""
    with replacing(path) as file:
        file.write(data)


def _open(folder: str, temporary: str) -> tuple[int, bool]:
    """A descriptor of a new file in ``folder``, and whether it has a name yet."""
    if hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd"):
        try:
            return os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o666), False
        except OSError as error:
            if error.errno not in _NO_NAMELESS_FILES or not os.path.isdir(folder):
                raise
    return os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0), 0o666), True


def _give_name(descriptor: int, temporary: str, folder: str) -> None:
    with _opened(folder) as at:  # given a folder's descriptor, link() follows the link in /proc; otherwise it does not
        os.link(f"/proc/self/fd/{descriptor}", os.path.basename(temporary), dst_dir_fd=at, follow_symlinks=True)


def _flush_folder(folder: str) -> None:
    if hasattr(os, "O_DIRECTORY"):  # Windows can't open folders; there renames are the file system's business
        with _opened(folder) as descriptor:
            os.fsync(descriptor)


@contextmanager
def _opened(folder: str) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
