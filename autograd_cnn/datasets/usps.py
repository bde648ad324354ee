"""USPS: 16x16 grey images of the digits on letters, in the text format of LIBSVM."""

import bz2
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from .._files.errors import FileFormatError
from ._download import check_md5, fetch
from .vision import VisionDataset

__all__ = ["USPS"]


class USPS(VisionDataset):
    """The digits of J. J. Hull, 1994: 7,291 for training, 2,007 for testing.

    ``root``: the folder of ``usps.bz2`` and ``usps.t.bz2``; with ``download`` they are fetched there if need
    be. An item is ``(image, target)``: a 16x16 NumPy array of bytes (torchvision gives a Pillow image), or
    what ``transform`` makes of it, and the class as an int. ``data`` is the whole as an array N x 16 x 16,
    ``targets`` the list of classes. In the file, a line is a label from 1 to 10 and 256 numbers from -1 to 1,
    each after its place and a colon.

    FileNotFoundError where a file is missing; FileFormatError where it is damaged.
    """

    url: ClassVar[str] = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/"
    # The MD5 of each file, as torchvision checks it after a download.
    _files: ClassVar[dict[str, str]] = {
        "usps.bz2": "ec16c51db3855ca6c91edd34d0e9b197",
        "usps.t.bz2": "8ea070ee2aca1ac39742fdd1ef5ed118",
    }

    def __init__(
        self,
        root: "str | os.PathLike[str]",
        train: bool = True,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(os.fspath(root), None, transform, target_transform)
        name = "usps.bz2" if train else "usps.t.bz2"
        path = Path(self.root) / name
        if not path.is_file():
            if not download:
                raise FileNotFoundError(f"USPS: no {name} in {root}; give its folder, or download=True")
            fetch([self.url + name], path, lambda data: check_md5(data, self._files[name]))
        try:
            lines = [line.split() for line in bz2.decompress(path.read_bytes()).decode("ascii").splitlines()]
            numbers = np.array([[entry.rpartition(":")[2] for entry in line[1:]] for line in lines], "f")
            images = numbers.reshape(-1, 16, 16)
            self.targets: list[int] = [int(line[0]) - 1 for line in lines]
        except (OSError, EOFError, ValueError, IndexError) as error:
            raise FileFormatError(
                f"{path}: cut off, damaged or another file ({error}); delete it and download it again"
            ) from error
        if len(images) != len(self.targets) or not set(self.targets) <= set(range(10)):
            raise FileFormatError(f"{path}: its lines are not a label of 1 to 10 and 256 numbers each")
        self.data: np.ndarray[Any, Any] = ((images + 1) / 2 * 255).astype(np.uint8)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._changed(self.data[index], self.targets[index])

    def __len__(self) -> int:
        return len(self.data)
