"""MNIST and what has its format: 28x28 grey images of digits, letters, kana and clothes."""

import os
import string
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from .._files.errors import FileFormatError
from .._tensor import Tensor, tensor_of
from ._download import check_md5, fetch, gzip_digest
from ._idx import read_idx
from .vision import VisionDataset

__all__ = ["EMNIST", "KMNIST", "MNIST", "FashionMNIST"]


class MNIST(VisionDataset):
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
    classes: Sequence[str] = tuple(
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
    # The MD5 of packed files whose content's SHA-256 is not known: it is asked of what is downloaded.
    _packed: ClassVar[dict[str, str]] = {}
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
        place = None if root is None else os.path.expanduser(root)
        super().__init__(place, None, transform, target_transform)
        self.train = train
        part = self._part()
        images = self._read(f"{part}-images-idx3-ubyte", 3, download)
        labels = self._read(f"{part}-labels-idx1-ubyte", 1, download)
        last = len(self.classes) - 1
        if len(images) != len(labels) or images.shape[1:] != (28, 28) or (labels > last).any():
            raise FileFormatError(
                f"{root or 'the bundled sample'}: images {images.shape} and labels {labels.shape} of "
                f"0 to {last} do not fit together"
            )
        self.data: Tensor = tensor_of(images)
        self.targets: Tensor = tensor_of(labels.astype(np.int64))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._changed(self.data.array[index], int(self.targets.array[index]))

    def __len__(self) -> int:
        return len(self.data.array)

    def extra_repr(self) -> str:
        """Which part it is."""
        return f"Split: {'Train' if self.train else 'Test'}"

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

    def _part(self) -> str:
        """How the names of the files begin."""
        return "train" if self.train else "t10k"

    def _read(self, name: str, dims: int, download: bool) -> np.ndarray[Any, Any]:
        """The array of the file ``name``, in whichever of the folders and packings it is found."""
        if self.root is None:
            return self._bundled(name, dims)
        found = self._lying(name)
        if found is None:
            if not download:
                raise self._missing(name)
            found = self.raw_folder / f"{name}.gz"
            fetch(
                [mirror + found.name for mirror in self.mirrors], found, lambda data: self._accept(data, name)
            )
        counted = self._counts[name.partition("-")[0]]
        return read_idx(found, dims=dims, sha256=self._digests.get(name), counted=counted)

    def _lying(self, name: str) -> Path | None:
        """Where the file is, packed or not; None for nowhere."""
        folders = (self.raw_folder, Path(self.root))
        candidates = [folder / file for folder in folders for file in (name, f"{name}.gz")]
        return next((path for path in candidates if path.is_file()), None)

    def _missing(self, name: str) -> FileNotFoundError:
        return FileNotFoundError(
            f"{type(self).__name__} is not complete: no {name}.gz in {self.root} or "
            f"{self.raw_folder}; give its folder as root, or download=True"
        )

    def _accept(self, data: bytes, name: str) -> None:
        if name in self._packed:
            check_md5(data, self._packed[name])
        elif (digest := gzip_digest(data)) != self._digests[name]:
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
    classes: Sequence[str] = (
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


class KMNIST(MNIST):
    """Kuzushiji-MNIST, ten kana in cursive, in MNIST's format and numbers: T. Clanuwat et al., arXiv
    1812.01718.

    As :class:`MNIST`, without a bundled sample; of files that lie there, form and sizes are checked alone.
    """

    mirrors: ClassVar[Sequence[str]] = ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",)
    classes: Sequence[str] = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
    _digests: ClassVar[dict[str, str]] = {}
    _packed: ClassVar[dict[str, str]] = {
        "train-images-idx3-ubyte": "bdb82020997e1d708af4cf47b453dcf7",
        "train-labels-idx1-ubyte": "e144d726b3acfaa3e44228e80efcd344",
        "t10k-images-idx3-ubyte": "5c965bf0a639b31b8f53240b1b52f4d7",
        "t10k-labels-idx1-ubyte": "7320c461ea6c1c855c0b718fb2a4b134",
    }
    _sample = None


_EVERY = tuple(string.digits + string.ascii_uppercase + string.ascii_lowercase)
_MERGED = tuple(one for one in _EVERY if one not in "cijklmopsuvwxyz")  # whose capitals look the same


class EMNIST(MNIST):
    """Handwritten letters and digits in MNIST's format, columns and rows exchanged: G. Cohen et al., arXiv
    1702.05373.

    ``split``: "byclass", "bymerge", "balanced", "letters", "digits" or "mnist". As :class:`MNIST`, without a
    bundled sample: ``root`` is the folder of ``gzip.zip``, of the files in it, or of ``EMNIST/raw`` with one
    of them. Of files that lie there, form and sizes are checked alone.
    """

    url: ClassVar[str] = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
    md5: ClassVar[str] = "58c8d27c78d21e728a6bc7b3cc06412e"
    splits: ClassVar[Sequence[str]] = ("byclass", "bymerge", "balanced", "letters", "digits", "mnist")
    classes_split_dict: ClassVar[dict[str, Sequence[str]]] = {
        "byclass": _EVERY,
        "bymerge": _MERGED,
        "balanced": _MERGED,
        "letters": ("N/A", *string.ascii_lowercase),
        "digits": tuple(string.digits),
        "mnist": tuple(string.digits),
    }
    _largest = 1 << 30
    _sample = None

    def __init__(self, root: "str | os.PathLike[str]", split: str, **kwargs: Any) -> None:
        if split not in self.splits:
            raise ValueError(
                f"Unknown value '{split}' for argument split. Valid values are {', '.join(self.splits)}."
            )
        self.split = split
        self.classes: Sequence[str] = self.classes_split_dict[split]
        super().__init__(root, **kwargs)

    def _part(self) -> str:
        return f"emnist-{self.split}-{'train' if self.train else 'test'}"

    def _read(self, name: str, dims: int, download: bool) -> np.ndarray[Any, Any]:
        found = self._lying(name)
        if found is not None:
            return read_idx(found, dims=dims, largest=self._largest)
        folders = (self.raw_folder, Path(self.root))
        archive = next((path for f in folders if (path := f / "gzip.zip").is_file()), None)
        if archive is None:
            if not download:
                raise self._missing(name)
            archive = self.raw_folder / "gzip.zip"
            fetch([self.url], archive, lambda data: check_md5(data, self.md5))
        try:
            with zipfile.ZipFile(archive) as packed, packed.open(f"gzip/{name}.gz") as file:
                return read_idx(archive, dims=dims, largest=self._largest, file=file)
        except (zipfile.BadZipFile, KeyError) as error:
            raise FileFormatError(
                f"{archive}: cut off or another archive ({error}); delete it and download it again"
            ) from error
