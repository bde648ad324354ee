"""See the backward pass: pictures, a page that steps through it, its derivation, and diagnosis in words."""

from .._engine.modes import lines
from ..autograd.anomaly_mode import detect_anomaly
from ._derive import Derivation, derive
from ._draw import draw
from ._ledger import Ledger, ledger
from ._notebook import register_formatters
from ._page import page
from ._picture import Picture
from ._script import why_script
from ._summary import Summary, summary
from ._watch import Watch, watch
from ._why import why

__all__ = [
    "Derivation",
    "Ledger",
    "Picture",
    "Summary",
    "Watch",
    "derive",
    "detect_anomaly",
    "draw",
    "ledger",
    "lines",
    "page",
    "register_formatters",
    "summary",
    "watch",
    "why",
    "why_script",
]

register_formatters()
