"""Mixed precision, which there is not: operators compute in the dtypes of their operands.

What PyTorch does on a machine without a GPU is done everywhere: ``autocast`` and ``GradScaler`` say that they are disabled, and
the script runs on in full precision.
"""

import functools
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class autocast:
    """A context manager, also a decorator, that changes nothing; it warns unless ``enabled`` is False."""

    def __init__(self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if enabled:
            warnings.warn("autograd_cnn has no mixed precision. Disabling autocast.", UserWarning, stacklevel=2)

    def __enter__(self) -> "autocast":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing to restore."""

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return run  # type: ignore[return-value]  # functools.wraps keeps the signature


class GradScaler:
    """Scales no loss: without float16 no gradient vanishes for want of exponents. It warns unless ``enabled`` is False."""

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled:
            warnings.warn("autograd_cnn has no mixed precision. Disabling GradScaler.", UserWarning, stacklevel=2)

    def scale(self, outputs: Any) -> Any:
        """``outputs`` themselves."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Nothing to undo."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """The optimizer's step."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Nothing to change."""

    def get_scale(self) -> float:
        """1."""
        return 1.0

    def is_enabled(self) -> bool:
        """False."""
        return False

    def state_dict(self) -> dict[str, Any]:
        """Empty, as a disabled scaler's in PyTorch."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Nothing to load."""
