"""What transforms of one image share: they draw first, and then change the image."""

from typing import Any

from ..nn import Module

__all__ = ["ImageTransform"]


class ImageTransform(Module):
    """A transform of an image, a module as in torchvision. A subclass says what it draws and what it does by
    that; the second version's transforms are made of the same two."""

    def _draw(self, img: Any) -> dict[str, Any]:
        """The random choices for ``img``."""
        return {}

    def _change(self, img: Any, **drawn: Any) -> Any:
        """The image that ``img`` becomes by these choices."""
        raise NotImplementedError

    def forward(self, img: Any) -> Any:
        return self._change(img, **self._draw(img))
