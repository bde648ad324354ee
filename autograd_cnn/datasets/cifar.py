"""CIFAR-10 and CIFAR-100: 32x32 colour images in 10 and 100 classes. A. Krizhevsky, 2009.

Read from the binary version of the files, or from the Python version, whose pickles are read and never
executed. Source of the format: https://www.cs.toronto.edu/~kriz/cifar.html, section "Binary version".
"""

import os
import tarfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from .._files.errors import FileFormatError
from .._files.torch_zip import RefusedError
from . import _cifar_pickles
from ._download import check_md5, fetch
from .vision import VisionDataset

__all__ = ["CIFAR10", "CIFAR100"]

_PIXELS = 3 * 32 * 32


class CIFAR10(VisionDataset):
    """50,000 images for training, 10,000 for testing, in ten classes.

    ``root``: the folder of ``cifar-10-binary.tar.gz``, or of ``cifar-10-batches-bin``, what is inside it;
    with ``download`` it is fetched there if need be. The Python version, ``cifar-10-python.tar.gz`` or
    ``cifar-10-batches-py``, as torchvision leaves it there, serves as well. An item is ``(image, target)``: a
    32x32x3 NumPy array of bytes (torchvision gives a Pillow image), or what ``transform`` makes of it, and
    the class as an int, or what ``target_transform`` makes of that. ``data`` is the whole as an array N x 32
    x 32 x 3, ``targets`` the list of classes.

    FileNotFoundError where the files are missing; FileFormatError where one is damaged.
    """

    base_folder: ClassVar[str] = "cifar-10-batches-bin"
    filename: ClassVar[str] = "cifar-10-binary.tar.gz"
    url: ClassVar[str] = "https://www.cs.toronto.edu/~kriz/"
    tgz_md5: ClassVar[str] = "c32a1d4ab5d03f1284b67883e8d87530"
    train_list: ClassVar[Sequence[str]] = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
    test_list: ClassVar[Sequence[str]] = ("test_batch.bin",)
    _names: ClassVar[str] = "batches.meta.txt"
    _python: ClassVar[tuple[str, str, str]] = (
        "cifar-10-batches-py",
        "cifar-10-python.tar.gz",
        "c58f30108f718f92721af3b95e74349a",
    )
    """The Python version's folder, archive, and the archive's MD5."""
    _python_names: ClassVar[tuple[str, str]] = ("batches.meta", "label_names")
    _python_labels: ClassVar[Sequence[str]] = ("labels",)
    _labels: ClassVar[int] = 1
    """Bytes before each image; the last of them is the class."""

    def __init__(
        self,
        root: "str | os.PathLike[str]",
        train: bool = True,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(Path(root).expanduser(), None, transform, target_transform)
        self.train = train
        files = self.train_list if train else self.test_list
        content = self._read([*files, self._names], download)
        self.classes: list[str] = content.pop().decode("ascii", "replace").split()
        records = np.concatenate(
            [self._records(name, part) for name, part in zip(files, content, strict=True)]
        )
        self.data: np.ndarray[Any, Any] = np.ascontiguousarray(
            records[:, self._labels :].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        )
        self.targets: list[int] = records[:, self._labels - 1].tolist()
        if max(self.targets) >= len(self.classes):
            raise FileFormatError(
                f"{self.root}: a class {max(self.targets)} where {self._names} names {len(self.classes)}"
            )
        self.class_to_idx: dict[str, int] = {name: i for i, name in enumerate(self.classes)}

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._changed(self.data[index], self.targets[index])

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        """Which part it is."""
        return f"Split: {'Train' if self.train else 'Test'}"

    def _records(self, name: str, content: bytes) -> np.ndarray[Any, Any]:
        size = self._labels + _PIXELS
        if not content or len(content) % size:
            raise FileFormatError(
                f"{self.root}: {name} has {len(content)} bytes, which is no number of records of "
                f"{size}: cut off or damaged"
            )
        return np.frombuffer(content, np.uint8).reshape(-1, size)

    def _read(self, names: Sequence[str], download: bool) -> list[bytes]:
        """The content of these files of the binary version, or the same made of the Python version."""
        binary, python = (self.base_folder, self.filename, self.tgz_md5), self._python
        pickles = [*(name.removesuffix(".bin") for name in names[:-1]), self._python_names[0]]
        content = self._found(names, *binary)
        if content is None and (found := self._found(pickles, *python)) is not None:
            return self._converted(pickles, found)
        if content is None:
            if not download:
                raise FileNotFoundError(
                    f"{type(self).__name__}: {self.root} has neither {self.filename} nor "
                    f"{self.base_folder}, nor the Python version, "
                    f"{python[1]} or {python[0]}; give their folder as root, or download=True"
                )
            archive = self.root / self.filename
            fetch([self.url + self.filename], archive, lambda data: check_md5(data, self.tgz_md5))
            content = self._unpacked(names, archive, self.base_folder, self.tgz_md5)
        return content

    def _found(self, names: Sequence[str], base: str, filename: str, md5: str) -> list[bytes] | None:
        """The content of these files in the folder or in the archive; None where neither is there."""
        folder, archive = self.root / base, self.root / filename
        if all((folder / name).is_file() for name in names):
            return [(folder / name).read_bytes() for name in names]
        return self._unpacked(names, archive, base, md5) if archive.is_file() else None

    def _unpacked(self, names: Sequence[str], archive: Path, base: str, md5: str) -> list[bytes]:
        """The content of these files of the archive, which is read and never unpacked."""
        check_md5(archive.read_bytes(), md5, f"{archive}: ")
        try:
            with tarfile.open(archive) as tar:
                return [_member(tar, f"{base}/{name}", archive) for name in names]
        except (tarfile.TarError, EOFError, zlib.error) as error:
            raise FileFormatError(
                f"{archive}: cut off or damaged ({error}); delete it and download it again"
            ) from error

    def _converted(self, names: Sequence[str], pickles: Sequence[bytes]) -> list[bytes]:
        content = []
        for name, pickle in zip(names, pickles, strict=True):
            try:
                if name == self._python_names[0]:
                    content.append(_cifar_pickles.names(pickle, self._python_names[1]))
                else:
                    content.append(_cifar_pickles.records(pickle, *self._python_labels))
            except RefusedError as error:
                raise FileFormatError(
                    f"{self.root}: {self._python[0]}/{name} is damaged or another file: {error}"
                ) from error
        return content


def _member(tar: tarfile.TarFile, name: str, archive: Path) -> bytes:
    try:
        file = tar.extractfile(tar.getmember(name))
    except KeyError:
        raise FileFormatError(f"{archive}: there is no {name} in it") from None
    if file is None:
        raise FileFormatError(f"{archive}: {name} in it is no file")
    return file.read()


class CIFAR100(CIFAR10):
    """As :class:`CIFAR10`, in a hundred classes."""

    base_folder = "cifar-100-binary"
    filename = "cifar-100-binary.tar.gz"
    tgz_md5 = "03b5dce01913d631647c71ecec9e9cb8"
    train_list: ClassVar[Sequence[str]] = ("train.bin",)
    test_list: ClassVar[Sequence[str]] = ("test.bin",)
    _names = "fine_label_names.txt"
    _python = ("cifar-100-python", "cifar-100-python.tar.gz", "eb9058c3a382ffc7106e4002c42a8d85")
    _python_names = ("meta", "fine_label_names")
    _python_labels = ("coarse_labels", "fine_labels")
    _labels = 2
