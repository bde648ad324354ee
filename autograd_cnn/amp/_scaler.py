"""``GradScaler``: the loss is multiplied before the backward pass and the gradients divided after it, so that
small ones do not vanish in float16."""

import enum
import warnings
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, overload

import numpy as np

from .._devices.device import device_of
from .._devices.transfer import gpu_library
from .._engine import memory
from .._engine.handle import Handle, T
from .._engine.source import stacklevel
from ..ops import DeviceError, array_module


class OptState(enum.Enum):
    """How far an optimizer is since the last ``update``."""

    READY = 0
    UNSCALED = 1
    STEPPED = 2


class _Seen:
    """What one optimizer has been through since the last ``update``."""

    def __init__(self) -> None:
        self.stage = OptState.READY
        self.overflow: bool | None = None
        """Whether a gradient was infinite or NaN; None before it was looked for."""


class GradScaler:
    """Multiplies the loss by a scale that is as large as goes without overflow.

    ``scale(loss).backward()``, then ``step(optimizer)``, which divides the gradients and leaves the step out
    where one is infinite or NaN, then ``update()``: after such a step the scale shrinks by
    ``backoff_factor``, after ``growth_interval`` good ones it grows by ``growth_factor``. Looking for
    infinities waits for the GPU once a step.
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        self._device = device
        self._enabled = enabled and (device != "cuda" or _gpu_is_here())
        if not self._enabled:
            return
        if growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self._scale, self._growth_tracker, self._started = float(init_scale), 0, False
        self._growth_factor, self._backoff_factor, self._growth_interval = (
            growth_factor,
            backoff_factor,
            growth_interval,
        )
        self._seen: defaultdict[int, _Seen] = defaultdict(_Seen)

    @overload
    def scale(self, outputs: Handle[T]) -> T: ...
    @overload
    def scale(self, outputs: list[Handle[T]]) -> list[T]: ...
    @overload
    def scale(self, outputs: tuple[Handle[T], ...]) -> tuple[T, ...]: ...
    @overload
    def scale(self, outputs: Iterable[Any]) -> Iterable[Any]: ...
    def scale(self, outputs: Any) -> Any:
        """A tensor, or tensors in a list, tuple or iterable, times the scale."""
        if not self._enabled:
            return outputs
        self._started = True
        if isinstance(outputs, Handle):
            return outputs * self._scale
        if isinstance(outputs, Iterable) and not isinstance(outputs, (str, bytes)):
            scaled = map(self.scale, outputs)
            return type(outputs)(scaled) if isinstance(outputs, (list, tuple)) else scaled
        raise ValueError("outputs must be a Tensor or an iterable of Tensors")

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the scale, to look at or clip them before
        ``step``."""
        if not self._enabled:
            return
        self._check_started("unscale_")
        seen = self._seen[id(optimizer)]
        if seen.stage is OptState.UNSCALED:
            raise RuntimeError(
                "unscale_() has already been called on this optimizer since the last update()."
            )
        if seen.stage is OptState.STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        arrays = [
            p.grad.array for group in optimizer.param_groups for p in group["params"] if p.grad is not None
        ]
        if any(array.dtype == np.float16 for array in arrays):
            raise ValueError("Attempting to unscale FP16 gradients.")
        finite: dict[Any, Any] = {}
        with np.errstate(all="ignore"):
            for array in arrays:
                memory.settle(array)
                array *= array.dtype.type(1.0 / self._scale)
                memory.wrote(array)
                place = device_of(array)
                whole = array_module(array).isfinite(array).all()
                finite[place] = whole if place not in finite else finite[place] & whole
        seen.overflow = not all(bool(whole) for whole in finite.values()) if arrays else None
        seen.stage = OptState.UNSCALED

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """``optimizer.step(*args, **kwargs)`` with the true gradients, and its result; left out where one is
        infinite or NaN."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._check_started("step")
        seen = self._seen[id(optimizer)]
        if seen.stage is OptState.STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if seen.stage is OptState.READY:
            self.unscale_(optimizer)
        if seen.overflow is None:
            raise AssertionError("No inf checks were recorded for this optimizer.")
        result = None if seen.overflow else optimizer.step(*args, **kwargs)
        seen.stage = OptState.STEPPED
        return result

    def update(self, new_scale: Any = None) -> None:
        """Adapt the scale to what the steps since the last call found, or set it; call it once, after all
        steps."""
        if not self._enabled:
            return
        self._check_started("update")
        if new_scale is not None:
            if isinstance(new_scale, Handle) and (new_scale.array.size != 1 or new_scale._node is not None):
                raise AssertionError(
                    "new_scale should be a float or a tensor of one element with requires_grad=False."
                )
            self._scale = float(new_scale)
        else:
            found = [seen.overflow for seen in self._seen.values() if seen.overflow is not None]
            if not found:
                raise AssertionError("No inf checks were recorded prior to update.")
            self._adapt(any(found))
        self._seen.clear()

    def _adapt(self, overflow: bool) -> None:
        if overflow:
            self._scale *= self._backoff_factor
            self._growth_tracker = 0
            return
        self._growth_tracker += 1
        if self._growth_tracker == self._growth_interval:
            grown = float(np.float32(self._scale * self._growth_factor))
            self._scale = grown if np.isfinite(grown) else self._scale
            self._growth_tracker = 0

    def _check_started(self, function: str) -> None:
        if not self._started:
            raise AssertionError(
                f"Attempted {function} but _scale is None.  "
                "This may indicate your script did not use scaler.scale(loss or outputs) earlier in "
                "the iteration."
            )

    # what it is

    def is_enabled(self) -> bool:
        """Whether it does anything."""
        return self._enabled

    def get_scale(self) -> float:
        """The scale; 1 where it is not enabled."""
        return self._scale if self._enabled else 1.0

    def get_growth_factor(self) -> float:
        """By how much the scale grows."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Set by how much the scale grows."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """By how much the scale shrinks."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Set by how much the scale shrinks."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """After how many good steps the scale grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Set after how many good steps the scale grows."""
        self._growth_interval = new_interval

    def state_dict(self) -> dict[str, Any]:
        """What :meth:`load_state_dict` needs, in PyTorch's words; empty where it is not enabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale,
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what :meth:`state_dict` gave, here or in PyTorch."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled "
                "instance of GradScaler."
            )
        wrong = [
            f"{name!r} is {state_dict.get(name, 'missing')!r:.60}"
            for name in self.state_dict()
            if not isinstance(state_dict.get(name), (int, float, Handle))
        ]
        if wrong:
            raise ValueError(
                f"loaded state dict does not fit, nothing was loaded: {'; '.join(wrong)}; each must "
                "be a number"
            )
        self._scale, self._growth_tracker = float(state_dict["scale"]), int(state_dict["_growth_tracker"])
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]


def _gpu_is_here() -> bool:
    try:
        gpu_library()
    except DeviceError:
        warnings.warn(
            "GradScaler is enabled, but CUDA is not available.  Disabling.",
            UserWarning,
            stacklevel=stacklevel(),
        )
        return False
    return True
