"""See the backward pass: pictures, a page that steps through it, and diagnosis in words."""

from ._draw import draw
from ._picture import Picture

__all__ = ["Picture", "draw"]
