"""Images in folders, one for each class."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..utils.data import Dataset

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


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


class ImageFolder(Dataset[tuple[Any, Any]]):
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
        self.root = root = os.path.expanduser(root)
        self.transform = transform
        self.target_transform = target_transform
        self.loader = loader
        fits = is_valid_file or (lambda path: path.lower().endswith(IMG_EXTENSIONS))
        self.classes: list[str] = sorted(entry.name for entry in os.scandir(root) if entry.is_dir())
        if not self.classes:
            raise FileNotFoundError(f"Couldn't find any class folder in {root}.")
        self.class_to_idx: dict[str, int] = {name: i for i, name in enumerate(self.classes)}
        self.samples: list[tuple[str, int]] = []
        empty = []
        for name, number in self.class_to_idx.items():
            walked = (
                os.path.join(folder, file)
                for folder, _, files in sorted(os.walk(Path(root) / name, followlinks=True))
                for file in sorted(files)
            )
            found = [(path, number) for path in walked if fits(path)]
            self.samples += found
            empty += [] if found else [name]
        if empty and not allow_empty:
            raise FileNotFoundError(
                f"Found no valid file for the classes {', '.join(empty)}. Supported extensions are: "
                f"{', '.join(IMG_EXTENSIONS)}"
            )
        self.imgs: list[tuple[str, int]] = self.samples
        self.targets: list[int] = [number for _, number in self.samples]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, target = self.samples[index]
        image = self.loader(path)
        if self.transform is not None:
            image = self.transform(image)
        return image, target if self.target_transform is None else self.target_transform(target)

    def __len__(self) -> int:
        return len(self.samples)

    def __repr__(self) -> str:
        return (
            f"Dataset {type(self).__name__}\n    Number of datapoints: {len(self)}\n    Root location: "
            f"{self.root}"
        )
