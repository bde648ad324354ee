"""Mixed precision: products in float16, sums in float32, and a loss scaled so that small gradients don't
vanish."""

from typing import TYPE_CHECKING

from .._paths import elsewhere
from ._autocast import autocast, custom_bwd, custom_fwd, is_autocast_available
from ._autocast import autocast_decorator as autocast_decorator
from ._questions import *
from ._scaler import GradScaler
from ._scaler import OptState as OptState

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]

if not TYPE_CHECKING:  # checkers would take it for leave to use any name
    __getattr__ = elsewhere(__name__)
