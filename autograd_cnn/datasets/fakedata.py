"""Random images, for programs that need some."""

from collections.abc import Callable
from typing import Any

from .._random import stream
from .._tensor import tensor_of
from .vision import VisionDataset

__all__ = ["FakeData"]


class FakeData(VisionDataset):
    """``size`` images of ``image_size`` (C, H, W) and classes, drawn alike at each look, and as
    torchvision's.

    An item is a Pillow image, where Pillow is installed, or what ``transform`` makes of it, and the class.
    """

    def __init__(
        self,
        size: int = 1000,
        image_size: tuple[int, int, int] = (3, 224, 224),
        num_classes: int = 10,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        random_offset: int = 0,
    ) -> None:
        super().__init__(None, None, transform, target_transform)
        self.size = size
        self.num_classes = num_classes
        self.image_size = image_size
        self.random_offset = random_offset

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        from ..transforms import ToPILImage

        if index >= len(self):
            raise IndexError(f"{type(self).__name__} index out of range")
        drawn = stream.Stream(index + self.random_offset)
        numbers = stream.normal(self.image_size, generator=drawn)
        target: Any = int(stream.randint((1,), 0, self.num_classes, generator=drawn)[0])
        return self._changed(ToPILImage()(tensor_of(numbers)), target)

    def __len__(self) -> int:
        return self.size
