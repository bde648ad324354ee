"""``autocast``: inside it products (matrix multiplication, convolution) run in float16, and what adds up many
numbers or leaves float16's range runs in float32, as PyTorch's lists for CUDA have it. Everything else runs
in the dtypes it is given.
"""

import functools
import warnings
from collections.abc import Callable
from typing import Any, TypeVar, overload

import numpy as np

from .. import ops
from .._devices.device import device_of
from .._devices.transfer import gpu_library
from .._engine.dtypes import as_dtype, float16
from .._engine.handle import Handle
from .._engine.modes import Mode, State
from .._engine.source import stacklevel
from ..ops import DeviceError, Primitive

F = TypeVar("F", bound=Callable[..., Any])

HALF = frozenset(
    [
        "conv1d",
        "conv2d",
        "conv3d",
        "conv_transpose1d",
        "conv_transpose2d",
        "conv_transpose3d",
        "linear",
        "prelu",
        "scaled_dot_product_attention",
        "matmul",
        "einsum",
        "affine",
        "convolution",
        "biased_convolution",
    ]
)
"""Compositions and primitives that multiply and add: their operands become float16."""

SINGLE = frozenset(
    [
        "acos",
        "asin",
        "cosh",
        "cumprod",
        "cumsum",
        "erfinv",
        "exp",
        "expm1",
        "log",
        "log10",
        "log1p",
        "log2",
        "logcumsumexp",
        "logsumexp",
        "power",
        "prod",
        "reciprocal",
        "rsqrt",
        "sinh",
        "tan",
        "sum",
        "euclidean_norm",
        "p_norm",
        "softmax",
        "log_softmax",
        "softplus",
        "layer_norm",
        "group_norm",
        "normalize",
        "cosine_similarity",
        "pairwise_distance",
        "cross_entropy",
        "nll_loss",
        "mse_loss",
        "l1_loss",
        "smooth_l1_loss",
        "huber_loss",
        "kl_div",
        "poisson_nll_loss",
        "ctc_loss",
        "gaussian_nll_loss",
        "binary_cross_entropy_with_logits",
        "hinge_embedding_loss",
        "margin_ranking_loss",
        "multi_margin_loss",
        "multilabel_margin_loss",
        "soft_margin_loss",
        "cosine_embedding_loss",
        "triplet_margin_loss",
    ]
)
"""Compositions and primitives that run in float32 where they are given float16."""

_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


class Casting:
    """What ``autocast`` puts in force; the recording of operators asks it by their names."""

    __slots__ = ("device_type",)

    def __init__(self, device_type: str) -> None:
        self.device_type = device_type

    def before(self, prim: Primitive, args: Any, params: Any, forward: Any) -> tuple[Any, None]:
        """The operands of ``prim`` in the dtype it runs in; it does run."""
        return self.arguments(prim.name, args), None

    def arguments(self, name: str, args: Any) -> Any:
        """The arguments of an operator or composition in the dtype it runs in; ``args`` itself where its name
        is in no list."""
        target = float16.dtype if name in HALF else _SINGLE if name in SINGLE else None
        return args if target is None else type(args)([self._cast(arg, target) for arg in args])

    def _cast(self, arg: Any, target: Any) -> Any:
        if not isinstance(arg, Handle) or device_of(arg.array).type != self.device_type:
            return arg
        kind = arg.array.dtype
        return ops.cast(arg, dtype=target) if kind.kind == "f" and kind != target and kind != _DOUBLE else arg

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], mode: State
    ) -> tuple[tuple[Any, ...], dict[str, Any], State]:
        """The same for a composition's call; inside a listed one nothing more is cast."""
        if name == "binary_cross_entropy":
            raise RuntimeError(
                "binary_cross_entropy and BCELoss are unsafe to autocast: use "
                "binary_cross_entropy_with_logits or BCEWithLogitsLoss, "
                "which take the scores before the sigmoid"
            )
        if name not in HALF and name not in SINGLE:
            return args, kwargs, mode
        kwargs = dict(zip(kwargs, self.arguments(name, list(kwargs.values())), strict=True))
        return self.arguments(name, args), kwargs, mode._replace(ahead=None)


def is_autocast_available(device_type: str) -> bool:
    """Whether ``autocast(device_type)`` does anything here: on the CPU always, on "cuda" where there is a
    GPU."""
    if device_type != "cuda":
        return device_type == "cpu"
    try:
        gpu_library()
    except DeviceError:
        return False
    return True


class autocast(Mode):
    """A context manager, also a decorator: tensors on ``device_type`` are multiplied in float16, and added up
    in float32.

    ``dtype`` is float16, also on the CPU, for NumPy has no bfloat16. float64 is left alone. Without a GPU
    ``autocast("cuda")`` warns and changes nothing. Weights are cast at each use: ``cache_enabled`` is
    accepted. Go on in float32 outside.
    """

    def __init__(
        self,
        device_type: str = "cuda",
        dtype: Any = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if device_type not in ("cpu", "cuda"):
            raise RuntimeError(
                f"User specified an unsupported autocast device_type '{device_type}'; use 'cuda' or 'cpu'"
            )
        if dtype is not None and as_dtype(dtype) != float16:
            warnings.warn(
                f"autocast multiplies in float16 only, not in {as_dtype(dtype)!r}. Disabling autocast.",
                UserWarning,
                stacklevel=stacklevel(),
            )
            enabled = False
        if enabled and not is_autocast_available(device_type):
            warnings.warn(
                "User provided device_type of 'cuda', but CUDA is not available. Disabling",
                UserWarning,
                stacklevel=stacklevel(),
            )
            enabled = False
        super().__init__(ahead=Casting(device_type) if enabled else None)


@overload
def custom_fwd(fwd: F, *, device_type: str, cast_inputs: Any = None) -> F: ...
@overload
def custom_fwd(fwd: None = None, *, device_type: str, cast_inputs: Any = None) -> Callable[[F], F]: ...
def custom_fwd(fwd: Any = None, *, device_type: str, cast_inputs: Any = None) -> Any:
    """Decorates the ``forward`` of an ``autograd.Function``; with ``cast_inputs`` its tensors come in that
    dtype, and nothing is cast inside."""
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def run(*args: Any, **kwargs: Any) -> Any:
        if cast_inputs is None:
            return fwd(*args, **kwargs)
        target = as_dtype(cast_inputs).dtype

        def cast(value: Any) -> Any:
            floating = (
                isinstance(value, Handle)
                and value.array.dtype.kind == "f"
                and device_of(value.array).type == device_type
            )
            return ops.cast(value, dtype=target) if floating and value.array.dtype != target else value

        with _nothing_cast():
            return fwd(*map(cast, args), **{name: cast(value) for name, value in kwargs.items()})

    return run


@overload
def custom_bwd(bwd: F, *, device_type: str) -> F: ...
@overload
def custom_bwd(bwd: None = None, *, device_type: str) -> Callable[[F], F]: ...
def custom_bwd(bwd: Any = None, *, device_type: str) -> Any:
    """Decorates the ``backward`` of an ``autograd.Function``: nothing is cast inside, for its values have
    their dtypes already."""
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def run(*args: Any, **kwargs: Any) -> Any:
        with _nothing_cast():
            return bwd(*args, **kwargs)

    return run


class _nothing_cast(Mode):
    """Inside it no operand is cast."""

    def __init__(self) -> None:
        super().__init__(ahead=None)


def autocast_decorator(autocast_instance: Any, func: Callable[..., Any]) -> Callable[..., Any]:
    """``func`` under ``autocast_instance``, or another context."""

    @functools.wraps(func)
    def under(*args: Any, **kwargs: Any) -> Any:
        with autocast_instance:
            return func(*args, **kwargs)

    return under
