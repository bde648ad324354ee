"""CIFAR-10 and CIFAR-100: 32x32 colour images in 10 and 100 classes. A. Krizhevsky, 2009.

Read from the binary version of the files; the Python version consists of pickles, which are never loaded.
Source of the format: https://www.cs.toronto.edu/~kriz/cifar.html, section "Binary version".
"""

import hashlib
import os
import tarfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from .._serialization import FileFormatError
from ..utils.data import Dataset
from ._download import fetch

_PIXELS = 3 * 32 * 32


class CIFAR10(Dataset):
    """50,000 images for training, 10,000 for testing, in ten classes.

    ``root``: the folder of ``cifar-10-binary.tar.gz``, or of ``cifar-10-batches-bin``, what is inside it; with ``download``
    it is fetched there if need be. An item is ``(image, target)``: a 32x32x3 NumPy array of bytes (torchvision gives a
    Pillow image), or what ``transform`` makes of it, and the class as an int, or what ``target_transform`` makes of that.
    ``data`` is the whole as an array N x 32 x 32 x 3, ``targets`` the list of classes.

    FileNotFoundError where the files are missing; FileFormatError where one is damaged.
    """

    base_folder: ClassVar[str] = "cifar-10-batches-bin"
    filename: ClassVar[str] = "cifar-10-binary.tar.gz"
    url: ClassVar[str] = "https://www.cs.toronto.edu/~kriz/"
    tgz_md5: ClassVar[str] = "c32a1d4ab5d03f1284b67883e8d87530"
    train_list: ClassVar[Sequence[str]] = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
    test_list: ClassVar[Sequence[str]] = ("test_batch.bin",)
    _names: ClassVar[str] = "batches.meta.txt"
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
        self.root, self.train, self.transform, self.target_transform = Path(root), train, transform, target_transform
        files = self.train_list if train else self.test_list
        content = self._read([*files, self._names], download)
        self.classes = content.pop().decode("ascii", "replace").split()
        records = np.concatenate([self._records(name, part) for name, part in zip(files, content, strict=True)])
        self.data = np.ascontiguousarray(records[:, self._labels :].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
        self.targets: list[int] = records[:, self._labels - 1].tolist()
        if max(self.targets) >= len(self.classes):
            raise FileFormatError(f"{self.root}: a class {max(self.targets)} where {self._names} names {len(self.classes)}")
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image, target = self.data[index], self.targets[index]
        if self.transform is not None:
            image = self.transform(image)
        return image, target if self.target_transform is None else self.target_transform(target)

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"Dataset {type(self).__name__}\n    Number of datapoints: {len(self)}\n    Root location: {self.root}\n    Split: {'Train' if self.train else 'Test'}"

    def _records(self, name: str, content: bytes) -> np.ndarray[Any, Any]:
        size = self._labels + _PIXELS
        if not content or len(content) % size:
            raise FileFormatError(f"{self.root}: {name} has {len(content)} bytes, which is no number of records of {size}: cut off or damaged")
        return np.frombuffer(content, np.uint8).reshape(-1, size)

    def _read(self, names: Sequence[str], download: bool) -> list[bytes]:
        """The content of these files, from the folder or from the archive."""
        folder, archive = self.root / self.base_folder, self.root / self.filename
        if all((folder / name).is_file() for name in names):
            return [(folder / name).read_bytes() for name in names]
        if not archive.is_file():
            if not download:
                raise FileNotFoundError(
                    f"{type(self).__name__}: neither {self.filename} nor {self.base_folder} is in {self.root}; give its folder as root, or "
                    "download=True (the Python version of the files, which torchvision fetches, is pickled and not read)"
                )
            fetch([self.url + self.filename], archive, self._accept)
        self._accept(archive.read_bytes(), f"{archive}: ")
        try:
            with tarfile.open(archive) as tar:
                return [self._member(tar, name) for name in names]
        except (tarfile.TarError, EOFError, zlib.error) as error:
            raise FileFormatError(f"{archive}: cut off or damaged ({error}); delete it and download it again") from error

    def _member(self, tar: tarfile.TarFile, name: str) -> bytes:
        """A file of the archive, which is read and never unpacked."""
        try:
            member = tar.getmember(f"{self.base_folder}/{name}")
        except KeyError:
            raise FileFormatError(f"{self.root / self.filename}: there is no {self.base_folder}/{name} in it") from None
        file = tar.extractfile(member)
        if file is None:
            raise FileFormatError(f"{self.root / self.filename}: {name} in it is no file")
        return file.read()

    def _accept(self, data: bytes, where: str = "") -> None:
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if digest != self.tgz_md5:
            raise FileFormatError(f"{where}its MD5 is {digest}, not {self.tgz_md5}: damaged or another file; delete it and download it again")


class CIFAR100(CIFAR10):
    """As :class:`CIFAR10`, in a hundred classes."""

    base_folder = "cifar-100-binary"
    filename = "cifar-100-binary.tar.gz"
    tgz_md5 = "03b5dce01913d631647c71ecec9e9cb8"
    train_list = ("train.bin",)
    test_list = ("test.bin",)
    _names = "fine_label_names.txt"
    _labels = 2
