"""What transforms of one image share: they draw first, and then change the image."""

from typing import Any

from ..nn import Module
from ._sizes import checked_fill

__all__ = ["ImageTransform"]


class ImageTransform(Module):
    """A transform of an image, a module as in torchvision. A subclass says what it draws and what it does by
    that; the second version's transforms are made of the same two."""

    fill: Any

    def _kept_fill(self, fill: Any) -> Any:
        """What a constructor keeps of its ``fill``."""
        return 0 if fill is None else checked_fill(fill)

    def _fill_for(self, img: Any) -> Any:
        """What stands where ``img`` has no pixels."""
        return self.fill

    def _draw(self, img: Any) -> dict[str, Any]:
        """The random choices for ``img``."""
        return {}

    def _change(self, img: Any, **drawn: Any) -> Any:
        """The image that ``img`` becomes by these choices."""
        raise NotImplementedError

    def forward(self, img: Any) -> Any:
        return self._change(img, **self._draw(img))
