"""MNIST and Fashion-MNIST: 28x28 grey images in ten classes."""

import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from .._files.errors import FileFormatError
from .._tensor import Tensor, tensor_of
from ..utils.data import Dataset
from ._download import fetch, gzip_digest
from ._idx import read_idx

__all__ = ["MNIST", "FashionMNIST"]


class MNIST(Dataset[tuple[Any, Any]]):
    """The handwritten digits of Y. LeCun and C. Cortes: 60,000 for training, 10,000 for testing.

    ``root``: the folder of the files, or the one that holds ``MNIST/raw`` as torchvision lays it out; with
    ``download`` they are fetched there if need be. None: the sample that comes with this package, the first
    6,000 and 1,000 of them. An item is ``(image, target)``: a 28x28 NumPy array of bytes (torchvision gives a
    Pillow image), or what ``transform`` makes of it, and the class as an int, or what ``target_transform``
    makes of that. ``data`` and ``targets`` are the whole as tensors, N x 28 x 28 uint8 and N int64.

    FileNotFoundError where the files are missing; FileFormatError where one is damaged: the SHA-256 is
    checked of files that announce as many images as the original has.
    """

    mirrors: ClassVar[Sequence[str]] = (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    )
    classes: ClassVar[Sequence[str]] = tuple(
        f"{number} - {word}"
        for number, word in enumerate(
            ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        )
    )
    # How many items each part has, and the SHA-256 of the content of each of its files, unpacked.
    _counts: ClassVar[dict[str, int]] = {"train": 60_000, "t10k": 10_000}
    _digests: ClassVar[dict[str, str]] = {
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    }
    # The files of the bundled sample; scripts/make_mnist_sample.py makes them and prints the sums.
    _sample: ClassVar[dict[str, str] | None] = {
        "train-images-idx3-ubyte": "2782ff6f3467f3487a520503c34fe99b761aa97623af029969e59716ac3585c3",
        "train-labels-idx1-ubyte": "0d830540a6191e75a9f5cd63cd5b4bde38960b893784bbf456d560179296d7cd",
        "t10k-images-idx3-ubyte": "de7c252b04f05e1f8309634180ccdf286dc6dbac8c579b74e76e02ae0331ca52",
        "t10k-labels-idx1-ubyte": "832c0d20f0dc42e575488c75a83a970787d4c8d4d05831b2ef03701b4a478a90",
    }

    def __init__(
        self,
        root: "str | os.PathLike[str] | None" = None,
        train: bool = True,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        download: bool = False,
    ) -> None:
        self.root: str | None = None if root is None else os.path.expanduser(root)
        self.train = train
        self.transform = transform
        self.target_transform = target_transform
        part = "train" if train else "t10k"
        images = self._read(f"{part}-images-idx3-ubyte", 3, download)
        labels = self._read(f"{part}-labels-idx1-ubyte", 1, download)
        if len(images) != len(labels) or images.shape[1:] != (28, 28) or (labels > 9).any():
            raise FileFormatError(
                f"{root or 'the bundled sample'}: images {images.shape} and labels {labels.shape} of "
                "0 to 9 do not fit together"
            )
        self.data: Tensor = tensor_of(images)
        self.targets: Tensor = tensor_of(labels.astype(np.int64))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image, target = self.data.array[index], int(self.targets.array[index])
        if self.transform is not None:
            image = self.transform(image)
        return image, target if self.target_transform is None else self.target_transform(target)

    def __len__(self) -> int:
        return len(self.data.array)

    def __repr__(self) -> str:
        return (
            f"Dataset {type(self).__name__}\n    Number of datapoints: {len(self)}\n    Root location: "
            f"{self.root}\n    Split: {'Train' if self.train else 'Test'}"
        )

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The number of each class."""
        return {name: i for i, name in enumerate(self.classes)}

    @property
    def train_data(self) -> Tensor:
        """The older name of ``data``."""
        return self._renamed("train_data", "data")

    @property
    def test_data(self) -> Tensor:
        """The older name of ``data``."""
        return self._renamed("test_data", "data")

    @property
    def train_labels(self) -> Tensor:
        """The older name of ``targets``."""
        return self._renamed("train_labels", "targets")

    @property
    def test_labels(self) -> Tensor:
        """The older name of ``targets``."""
        return self._renamed("test_labels", "targets")

    def _renamed(self, old: str, new: str) -> Tensor:
        warnings.warn(f"{old} has been renamed {new}", UserWarning, stacklevel=3)
        found: Tensor = getattr(self, new)
        return found

    @property
    def processed_folder(self) -> Path:
        """Where older versions of torchvision kept what they had made of the files."""
        return self.raw_folder.parent / "processed"

    @property
    def raw_folder(self) -> Path:
        """Where downloaded files go: torchvision's place."""
        return Path(self.root or ".") / type(self).__name__ / "raw"

    def _read(self, name: str, dims: int, download: bool) -> np.ndarray[Any, Any]:
        """The array of the file ``name``, in whichever of the folders and packings it is found."""
        if self.root is None:
            return self._bundled(name, dims)
        candidates = [
            folder / file for folder in (self.raw_folder, Path(self.root)) for file in (name, f"{name}.gz")
        ]
        found = next((path for path in candidates if path.is_file()), None)
        if found is None:
            if not download:
                raise FileNotFoundError(
                    f"{type(self).__name__} is not complete: no {name}.gz in {self.root} or "
                    f"{self.raw_folder}; give its folder as root, or download=True"
                )
            found = self.raw_folder / f"{name}.gz"
            fetch(
                [mirror + found.name for mirror in self.mirrors], found, lambda data: self._accept(data, name)
            )
        counted = self._counts[name.partition("-")[0]]
        return read_idx(found, dims=dims, sha256=self._digests[name], counted=counted)

    def _accept(self, data: bytes, name: str) -> None:
        digest = gzip_digest(data)
        if digest != self._digests[name]:
            raise FileFormatError(f"the SHA-256 of its content is {digest}, not {self._digests[name]}")

    def _bundled(self, name: str, dims: int) -> np.ndarray[Any, Any]:
        if self._sample is None:
            raise ValueError(f"{type(self).__name__} has no bundled sample; give a folder as root")
        return read_idx(
            Path(__file__).parent / "mnist_sample" / f"{name}.gz", dims=dims, sha256=self._sample[name]
        )


class FashionMNIST(MNIST):
    """Zalando's articles of clothing, in MNIST's format and numbers: H. Xiao, K. Rasul, R. Vollgraf, arXiv
    1708.07747.

    As :class:`MNIST`, without a bundled sample. Debian's package ``dataset-fashion-mnist`` has the files in
    ``/usr/share/datasets/fashion-mnist``.
    """

    mirrors: ClassVar[Sequence[str]] = (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    )
    classes: ClassVar[Sequence[str]] = (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    )
    _digests: ClassVar[dict[str, str]] = {
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    }
    _sample = None
