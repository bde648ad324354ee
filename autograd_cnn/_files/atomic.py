"""Writing files so that the path always holds the old or the new version, complete.

The new version is written to a file of the same folder, flushed to the disk, and renamed over the path; then
the folder itself is flushed, so that the rename survives a power cut too. Where the system has files without
a name (``O_TMPFILE``, Linux), the new version has none until it is complete: a process killed while writing
leaves nothing.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

from .errors import NoFileError

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]  # a module or None: mypy has no name for it

# What open() says where O_TMPFILE is not known to the file system, or to the kernel (EISDIR).
_NO_NAMELESS_FILES = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT, errno.ENOSYS}


@contextmanager
def replacing(path: "str | bytes | os.PathLike[str]") -> Iterator[BinaryIO]:
    """A binary file to write into; ``path`` gets its content when the block ends, and keeps its own if the
    block raises.

    The owner and the access rights of a file that is replaced are kept, one that may not be written is not
    replaced, and a symbolic link stays a link. A device or a pipe is written directly. OSError as from
    ``open``.
    """
    given = os.fsdecode(path)
    target = os.path.realpath(given)
    before = _status(target)
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, "a folder is at the path of the file to write", given)
    if before is not None and not stat.S_ISREG(before.st_mode):
        with open(target, "wb") as special:
            yield special
        return
    if before is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), given)
    folder, name = os.path.split(target)
    stem = f".{name[:50]}."  # at most 200 bytes, which leaves room for the rest
    temporary = os.path.join(folder, f"{stem}{secrets.token_hex(8)}.tmp")
    descriptor, named = _open(folder, temporary)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            if before is not None:
                _keep_rights(file.fileno(), before)
            os.fsync(file.fileno())
            if not named:
                _give_name(file.fileno(), temporary, folder)
                named = True
            if fcntl is None:
                # Windows renames no open file; elsewhere it stays open, and so locked, while its name is
                # temporary
                file.close()
            os.replace(temporary, target)
            named = False
    finally:
        if named:
            with suppress(FileNotFoundError):  # the lock is gone: another writer's sweep may have come first
                os.unlink(temporary)
    _sweep(folder, stem)
    _flush_folder(folder)


def write_atomically(path: "str | bytes | os.PathLike[str]", data: bytes) -> None:
    """Make ``data`` the content of ``path``; see :func:`replacing`."""
    with replacing(path) as file:
        file.write(data)


def write_to(f: Any, data: bytes) -> None:
    """Make ``data`` the content of the file at the path ``f``, or write it to the open binary file ``f``."""
    if isinstance(f, (str, bytes, os.PathLike)):
        write_atomically(f, data)
    elif hasattr(f, "write"):
        f.write(data)
    else:
        raise NoFileError(
            "expected 'f' to be string, path, or a file-like object with a 'write' attribute: the file to "
            f"write must be a path or a binary file, not {type(f).__name__}"
        )


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _keep_rights(descriptor: int, before: os.stat_result) -> None:
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        with suppress(PermissionError):  # only root gives files away
            os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, before.st_mode & 0o7777)


def _open(folder: str, temporary: str) -> tuple[int, bool]:
    """A descriptor of a new file in ``folder``, locked, and whether it has a name yet."""
    if hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd"):
        try:
            descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o666)
        except OSError as error:
            if error.errno not in _NO_NAMELESS_FILES or not os.path.isdir(folder):
                raise
        else:
            _lock(descriptor)
            return descriptor, False
    while True:
        descriptor = os.open(
            temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0), 0o666
        )
        _lock(descriptor)
        if os.fstat(descriptor).st_nlink != 0:
            return descriptor, True
        os.close(descriptor)  # a sweep came between the two calls, and took it for remains


def _lock(descriptor: int, *, wait: bool = True) -> bool:
    """Whether the file's lock is held now. A writer holds it while its file has a temporary name; it goes
    with the process."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:  # held by another process, or a file system without locks
        return False
    return True


def _sweep(folder: str, stem: str) -> None:
    """Remove what a writer of the same path left that was killed: files with a temporary name that nobody has
    locked."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(stem) or not re.fullmatch(
                "[0-9a-f]{16}[.]tmp", entry.name[len(stem) :]
            ):
                continue
            descriptor = os.open(
                entry.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
            )
            try:
                # Remains that another sweep has removed can be locked here too late: their name may be a
                # writer's again.
                if _lock(descriptor, wait=False) and os.fstat(descriptor).st_nlink:
                    os.unlink(entry.path)
            finally:
                os.close(descriptor)


def _give_name(descriptor: int, temporary: str, folder: str) -> None:
    with _opened(
        folder
    ) as at:  # given a folder's descriptor, link() follows the link in /proc; otherwise it does not
        os.link(
            f"/proc/self/fd/{descriptor}", os.path.basename(temporary), dst_dir_fd=at, follow_symlinks=True
        )


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
