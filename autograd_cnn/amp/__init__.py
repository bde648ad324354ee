"""Mixed precision: products in float16, sums in float32, and a loss scaled so that small gradients don't
vanish."""

from ._autocast import autocast, custom_bwd, custom_fwd, is_autocast_available
from ._scaler import GradScaler

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]
