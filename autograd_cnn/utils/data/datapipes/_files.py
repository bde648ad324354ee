"""Pipes of files."""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from ._decorator import functional_datapipe
from .datapipe import IterDataPipe, size_of

__all__ = ["FileLister", "FileOpener", "StreamReader"]


def _fits(name: str, masks: str | Sequence[str]) -> bool:
    return not masks or any(fnmatch(name, mask) for mask in ([masks] if isinstance(masks, str) else masks))


@functional_datapipe("list_files")
class FileLister(IterDataPipe[str]):
    """The files of folders whose names fit ``masks`` (``list_files``), sorted."""

    def __init__(
        self,
        root: Any = ".",
        masks: str | list[str] = "",
        *,
        recursive: bool = False,
        abspath: bool = False,
        non_deterministic: bool = False,
        length: int = -1,
    ) -> None:
        self.datapipe = [root] if isinstance(root, (str, Path)) else root
        self.masks, self.recursive, self.abspath, self.length = masks, recursive, abspath, length

    def __iter__(self) -> Iterator[str]:
        for root in self.datapipe:
            top = Path(root).absolute() if self.abspath else Path(root)
            for path in [top] if top.is_file() else self._below(top):
                if _fits(path.name, self.masks):
                    yield str(path)

    def _below(self, folder: Path) -> Iterator[Path]:
        entries = sorted(folder.iterdir())
        yield from (entry for entry in entries if entry.is_file())
        if self.recursive:
            for entry in entries:
                if entry.is_dir():
                    yield from self._below(entry)

    def __len__(self) -> int:
        return size_of(self, range(self.length) if self.length >= 0 else None)


@functional_datapipe("open_files")
class FileOpener(IterDataPipe[tuple[str, Any]]):
    """Pairs of a path and its file, opened to be read (``open_files``)."""

    def __init__(
        self, datapipe: Iterable[str], mode: str = "r", encoding: str | None = None, length: int = -1
    ) -> None:
        if mode not in ("b", "t", "rb", "rt", "r"):
            raise ValueError(f"Invalid mode {mode}")
        if "b" in mode and encoding is not None:
            raise ValueError("binary mode doesn't take an encoding argument")
        self.datapipe, self.mode, self.encoding, self.length = datapipe, mode, encoding, length

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        mode = self.mode if self.mode.startswith("r") else f"r{self.mode}"
        for path in self.datapipe:
            yield path, open(path, mode, encoding=self.encoding)  # noqa: SIM115 - handed on open

    def __len__(self) -> int:
        return size_of(self, range(self.length) if self.length >= 0 else None)


@functional_datapipe("read_from_stream")
class StreamReader(IterDataPipe[tuple[str, Any]]):
    """Pairs of a name and what its stream has (``read_from_stream``), ``chunk`` bytes each."""

    def __init__(self, datapipe: Any, chunk: int | None = None) -> None:
        self.datapipe, self.chunk = datapipe, chunk

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for name, stream in self.datapipe:
            with stream:
                while part := stream.read(self.chunk):
                    yield name, part
