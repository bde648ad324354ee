"""The older place of :func:`autograd_cnn.func.functional_call`."""

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from ..._tensor import Tensor
from ...func._stateless import _reparametrize_module as _reparametrize_module
from ...func._stateless import functional_call as _functional_call

__all__ = ["functional_call"]

Result = TypeVar("Result")


def functional_call(
    module: Callable[..., Result],
    parameters_and_buffers: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Result:
    """As :func:`autograd_cnn.func.functional_call`, which is to be used."""
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a "
        "future version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in "
        "replacement.",
        FutureWarning,
        stacklevel=2,
    )
    return _functional_call(
        module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict
    )
