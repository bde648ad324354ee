"""Images in folders, one for each class."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .vision import VisionDataset

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def pil_loader(path: str) -> Any:
    """:func:`default_loader`."""
    return default_loader(path)


def default_loader(path: str) -> Any:
    """The file as an RGB Pillow image; it needs the package ``pillow``."""
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            "ImageFolder reads files with Pillow: pip install pillow, or give it a loader"
        ) from error
    with Image.open(path) as image:
        return image.convert("RGB")


def has_file_allowed_extension(filename: str, extensions: str | Sequence[str]) -> bool:
    """Whether the name ends in one of them, in capitals or not."""
    return filename.lower().endswith(extensions if isinstance(extensions, str) else tuple(extensions))


def is_image_file(filename: str) -> bool:
    """Whether the name is an image's."""
    return has_file_allowed_extension(filename, IMG_EXTENSIONS)


def find_classes(directory: "str | os.PathLike[str]") -> tuple[list[str], dict[str, int]]:
    """The folders in ``directory``, sorted, and their numbers; FileNotFoundError where there are none."""
    classes = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    if not classes:
        raise FileNotFoundError(f"Couldn't find any class folder in {directory}.")
    return classes, {name: i for i, name in enumerate(classes)}


def make_dataset(
    directory: "str | os.PathLike[str]",
    class_to_idx: dict[str, int] | None = None,
    extensions: str | Sequence[str] | None = None,
    is_valid_file: Callable[[str], bool] | None = None,
    allow_empty: bool = False,
) -> list[tuple[str, int]]:
    """(path, class number) of every file below ``directory/class/`` that ``is_valid_file(path)`` takes, or
    that has one of the ``extensions``: give one of the two."""
    directory = os.path.expanduser(directory)
    numbers = find_classes(directory)[1] if class_to_idx is None else class_to_idx
    if not numbers:
        raise ValueError("'class_to_index' must have at least one entry to collect any samples.")
    if (extensions is None) == (is_valid_file is None):
        raise ValueError("Both extensions and is_valid_file cannot be None or not None at the same time")
    fits = is_valid_file or (lambda path: has_file_allowed_extension(path, extensions or ()))
    samples, empty = [], []
    for name in sorted(numbers):
        walked = (
            os.path.join(folder, file)
            for folder, _, files in sorted(os.walk(Path(directory) / name, followlinks=True))
            for file in sorted(files)
        )
        found = [(path, numbers[name]) for path in walked if fits(path)]
        samples += found
        empty += [] if found else [name]
    if empty and not allow_empty:
        said = f"Found no valid file for the classes {', '.join(empty)}."
        known = [extensions] if isinstance(extensions, str) else extensions
        raise FileNotFoundError(said + (f" Supported extensions are: {', '.join(known)}" if known else ""))
    return samples


class DatasetFolder(VisionDataset):
    """The files below ``root/class/``, in the order of class and path; an item is ``(file, class number)``.

    ``loader`` makes something of a path, ``transform`` changes it. Files are chosen by their ``extensions``
    or by ``is_valid_file(path)``. FileNotFoundError where there are no classes, or one of them has no file,
    unless ``allow_empty``.
    """

    def __init__(
        self,
        root: "str | os.PathLike[str]",
        loader: Callable[[str], Any],
        extensions: Sequence[str] | None = None,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        super().__init__(os.path.expanduser(root), None, transform, target_transform)
        self.loader = loader
        self.extensions = extensions
        self.classes: list[str]
        self.class_to_idx: dict[str, int]
        self.classes, self.class_to_idx = self.find_classes(self.root)
        self.samples: list[tuple[str, int]] = self.make_dataset(
            self.root, self.class_to_idx, extensions, is_valid_file, allow_empty
        )
        self.targets: list[int] = [number for _, number in self.samples]

    def find_classes(self, directory: "str | os.PathLike[str]") -> tuple[list[str], dict[str, int]]:
        """Which classes there are, and their numbers; a subclass may say it otherwise."""
        return find_classes(directory)

    @staticmethod
    def make_dataset(
        directory: "str | os.PathLike[str]",
        class_to_idx: dict[str, int],
        extensions: Sequence[str] | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> list[tuple[str, int]]:
        """The paths and classes; a subclass may choose others."""
        return make_dataset(directory, class_to_idx, extensions, is_valid_file, allow_empty)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, target = self.samples[index]
        return self._changed(self.loader(path), target)

    def __len__(self) -> int:
        return len(self.samples)


class ImageFolder(DatasetFolder):
    """The images below ``root/class/``, in the order of class and path; an item is ``(image, class number)``.

    ``loader`` makes an image of a path (a Pillow image, unless another one is given), ``transform`` changes
    it. ``is_valid_file(path)`` chooses the files, by their extensions if it is not given. FileNotFoundError
    where there are no classes, or one of them has no file, unless ``allow_empty``.
    """

    def __init__(
        self,
        root: "str | os.PathLike[str]",
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        loader: Callable[[str], Any] = default_loader,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        extensions = IMG_EXTENSIONS if is_valid_file is None else None
        super().__init__(root, loader, extensions, transform, target_transform, is_valid_file, allow_empty)
        self.imgs: list[tuple[str, int]] = self.samples
