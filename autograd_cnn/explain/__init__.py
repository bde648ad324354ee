"""See the backward pass: pictures, a page that steps through it, and diagnosis in words."""

from .._modes import lines
from ._draw import draw
from ._page import page
from ._picture import Picture
from ._script import why_script
from ._watch import Watch, watch
from ._why import why

__all__ = ["Picture", "Watch", "draw", "lines", "page", "watch", "why", "why_script"]
