"""See the backward pass: pictures, a page that steps through it, and diagnosis in words."""

from .._modes import lines
from ._draw import draw
from ._picture import Picture
from ._script import why_script
from ._watch import Watch, watch
from ._why import why

__all__ = ["Picture", "Watch", "draw", "lines", "watch", "why", "why_script"]
