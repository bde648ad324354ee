"""Initial values of parameters. Each function writes its tensor in place, outside the graph, and returns it.

Random numbers come from the default generator unless another is given, in PyTorch's order.
"""

import functools
import math
import warnings
from collections.abc import Callable
from statistics import NormalDist
from typing import Any, Final, Literal, TypeVar

import numpy as np

from .._devices.device import device_of
from .._devices.transfer import move
from .._engine import layout, memory
from .._random import stream
from .._tensor import Tensor

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]

S = TypeVar("S", bound=Tensor)
"""The tensor that is filled, and returned: a Parameter stays one."""

FanMode = Literal["fan_in", "fan_out"]


def _fill(tensor: S, values: Any) -> S:
    """Write ``values`` (a number or a host array) into ``tensor``, outside the graph."""
    memory.settle(tensor.array)
    tensor.array[...] = values if np.isscalar(values) else move(values, device_of(tensor.array))
    memory.wrote(tensor.array)
    return tensor


def _uniforms(tensor: Tensor, low: float, high: float, generator: Any) -> Any:
    """Uniform numbers for ``tensor``, drawn in its order of memory."""
    dtype = tensor.array.dtype
    return layout.drawn_like(
        tensor, lambda shape: stream.uniform(shape, low, high, generator=generator, dtype=dtype)
    )


def _normals(tensor: Tensor, mean: float, std: float, generator: Any, dense: bool = False) -> Any:
    """Normal numbers for ``tensor``, drawn in its order of memory, or in that of a ``dense`` one like it."""
    dtype = tensor.array.dtype
    in_rows = layout.axes_in_order(tensor) if dense else layout.contiguous(tensor)

    def draw(shape: tuple[int, ...]) -> Any:
        return stream.normal(shape, mean, std, generator=generator, dtype=dtype, contiguous=in_rows)

    return layout.drawn_like(tensor, draw)


def _uniform(tensor: S, low: float, high: float, generator: Any) -> S:
    return _fill(tensor, _uniforms(tensor, low, high, generator))


def _normal(tensor: S, mean: float, std: float, generator: Any) -> S:
    return _fill(tensor, _normals(tensor, mean, std, generator))


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which the spread of weights before ``nonlinearity`` grows; ``param`` is leaky_relu's
    slope."""
    linear = {
        "linear",
        "conv1d",
        "conv2d",
        "conv3d",
        "conv_transpose1d",
        "conv_transpose2d",
        "conv_transpose3d",
        "sigmoid",
    }
    if nonlinearity in linear:
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "leaky_relu":
        if isinstance(param, bool) or (param is not None and not isinstance(param, (int, float))):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity == "selu":
        return 3.0 / 4
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


def uniform_(tensor: S, a: float = 0.0, b: float = 1.0, generator: Any = None) -> S:
    """Fill from the uniform distribution over [a, b)."""
    return _uniform(tensor, a, b, generator)


def normal_(tensor: S, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> S:
    """Fill from the normal distribution."""
    return _normal(tensor, mean, std, generator)


def trunc_normal_(
    tensor: S,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Any = None,
) -> S:
    """Fill from the normal distribution cut off outside [a, b], by drawing again what does not fit (PyTorch's
    rejection).

    Where [a, b] holds little of the distribution, the candidates are uniform over [a, b] and kept with its
    density.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values "
            "may be incorrect.",
            UserWarning,
            stacklevel=2,
        )
    dtype = tensor.array.dtype
    whole = NormalDist(mean, std)
    if whole.cdf(b) - whole.cdf(a) > 0.3:
        values = _normals(tensor, mean, std, generator)
        while (outside := (values < dtype.type(a)) | (values > dtype.type(b))).any():
            values = np.where(outside, _normals(tensor, mean, std, generator, dense=True), values)
        return _fill(tensor, values)
    log_peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2

    def refused(candidates: Any) -> Any:
        with np.errstate(divide="ignore"):
            level = np.log(_uniforms(tensor, 0.0, 1.0, generator))
        return level > ((candidates - mean) / std) ** 2 * -0.5 - log_peak

    values = _uniforms(tensor, a, b, generator)
    pending = refused(values)
    while pending.any():
        candidates = _uniforms(tensor, a, b, generator)
        values = np.where(pending, candidates, values)
        pending &= refused(candidates)
    return _fill(tensor, values)


def constant_(tensor: S, val: float) -> S:
    """Fill with ``val``."""
    return _fill(tensor, val)


def ones_(tensor: S) -> S:
    """Fill with 1."""
    return _fill(tensor, 1.0)


def zeros_(tensor: S) -> S:
    """Fill with 0."""
    return _fill(tensor, 0.0)


def eye_(tensor: S) -> S:
    """Fill a matrix with the identity."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _fill(tensor, np.eye(*tensor.array.shape, dtype=tensor.array.dtype))


def dirac_(tensor: S, groups: int = 1) -> S:
    """Fill the weight of a convolution so that it hands as many channels through as it can, per group."""
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    outputs, inputs, *kernel = tensor.array.shape
    if outputs % groups:
        raise ValueError("dim 0 must be divisible by groups")
    per_group = outputs // groups
    values = np.zeros(tensor.array.shape, tensor.array.dtype)
    for group in range(groups):
        for channel in range(min(per_group, inputs)):
            values[(group * per_group + channel, channel, *(k // 2 for k in kernel))] = 1
    return _fill(tensor, values)


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs reach one output and how many outputs one input reaches."""
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    outputs, inputs, *kernel = tensor.array.shape
    area = math.prod(kernel)
    return inputs * area, outputs * area


def _fan(tensor: Tensor, mode: str) -> int:
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return fan_in if mode.lower() == "fan_in" else fan_out


def xavier_uniform_(tensor: S, gain: float = 1.0, generator: Any = None) -> S:
    """Glorot's uniform: bound gain sqrt(6 / (fan_in + fan_out))."""
    bound = math.sqrt(3.0) * (gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor)))))
    return _uniform(tensor, -bound, bound, generator)


def xavier_normal_(tensor: S, gain: float = 1.0, generator: Any = None) -> S:
    """Glorot's normal: spread gain sqrt(2 / (fan_in + fan_out))."""
    return _normal(
        tensor, 0.0, gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor)))), generator
    )


def _without_elements(tensor: Tensor) -> bool:
    if tensor.array.size:
        return False
    warnings.warn("Initializing zero-element tensors is a no-op", UserWarning, stacklevel=3)
    return True


def kaiming_uniform_(
    tensor: S,
    a: float = 0,
    mode: FanMode = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> S:
    """He's uniform: bound gain sqrt(3 / fan); ``a`` is the slope of the leaky ReLU that follows."""
    if _without_elements(tensor):
        return tensor
    std = calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode))
    bound = math.sqrt(3.0) * std
    return _uniform(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: S,
    a: float = 0,
    mode: FanMode = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> S:
    """He's normal: spread gain / sqrt(fan); ``a`` is the slope of the leaky ReLU that follows."""
    if _without_elements(tensor):
        return tensor
    return _normal(tensor, 0.0, calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode)), generator)


def orthogonal_(tensor: S, gain: float = 1, generator: Any = None) -> S:
    """Fill a matrix (later dimensions as one) with orthonormal rows or columns: Q of a random matrix's QR
    decomposition."""
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.array.size == 0:
        return tensor
    rows, columns = tensor.array.shape[0], tensor.array.size // tensor.array.shape[0]
    matrix = stream.normal((rows, columns), generator=generator, dtype=tensor.array.dtype)
    q, r = np.linalg.qr(matrix.T if rows < columns else matrix)
    q = q * np.sign(np.diag(r))
    return _fill(
        tensor, ((q.T if rows < columns else q) * np.asarray(gain, q.dtype)).reshape(tensor.array.shape)
    )


def sparse_(tensor: S, sparsity: float, std: float = 0.01, generator: Any = None) -> S:
    """Fill a matrix from the normal distribution, with the fraction ``sparsity`` of each column zero."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.array.shape
    values = _normals(tensor, 0.0, std, generator)
    zeros = math.ceil(sparsity * rows)
    for column in range(columns):
        values[stream.randperm(rows, generator=generator)[:zeros], column] = 0
    return _fill(tensor, values)


F = TypeVar("F", bound=Callable[..., Any])


def _without_underscore(function: F) -> F:
    """The older spelling of ``function``, which warns."""
    new = function.__name__

    @functools.wraps(function)
    def old(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(
            f"`nn.init.{new[:-1]}` is now deprecated in favor of `nn.init.{new}`.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    old.__name__ = old.__qualname__ = new[:-1]
    return old  # type: ignore[return-value]  # of the same signature


constant: Final = _without_underscore(constant_)
dirac: Final = _without_underscore(dirac_)
eye: Final = _without_underscore(eye_)
kaiming_normal: Final = _without_underscore(kaiming_normal_)
kaiming_uniform: Final = _without_underscore(kaiming_uniform_)
normal: Final = _without_underscore(normal_)
orthogonal: Final = _without_underscore(orthogonal_)
sparse: Final = _without_underscore(sparse_)
uniform: Final = _without_underscore(uniform_)
xavier_normal: Final = _without_underscore(xavier_normal_)
xavier_uniform: Final = _without_underscore(xavier_uniform_)
