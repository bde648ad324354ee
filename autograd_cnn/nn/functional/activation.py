"""Activations. ``inplace=True`` writes the result into the input, as in PyTorch."""

import warnings
from typing import Final, Literal

import numpy as np

from ... import ops
from ..._creation.random import Generator
from ..._devices.device import CPU, device_of
from ..._devices.transfer import move
from ..._engine.dtypes import DType
from ..._functions import activation
from ..._functions._arguments import floating, names_arguments
from ..._functions._dims import wrap_dim
from ..._functions._in_place import in_place
from ..._random import stream
from ..._tensor import Tensor
from .._composition import composition, number
from . import _formulas as formulas
from ._arguments import refuse_backward

__all__ = [
    "celu",
    "celu_",
    "elu",
    "elu_",
    "gelu",
    "glu",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "leaky_relu",
    "leaky_relu_",
    "log_softmax",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "silu",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanhshrink",
    "threshold",
    "threshold_",
]


def _placed(input: Tensor, output: Tensor, inplace: bool, slope: float = 0.0, name: str = "elu") -> Tensor:
    """``output``, or ``input`` with its values. Of a negative ``slope`` PyTorch does not go back in place: it
    tells the side of the kink from the result."""
    if not inplace:
        return output
    written = input._overwrite(output)
    if slope < 0:
        refuse_backward(
            written,
            f"In-place {name} backward calculation is triggered with a negative slope which is not "
            f"supported. This is caused by calling in-place forward function with a negative slope, please "
            f"call out-of-place version instead.",
        )
    return written


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0); the gradient at 0 is 0."""
    return activation.relu_(input) if inplace else activation.relu(input)


@names_arguments
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """max(x, 0) + s min(x, 0): Caffe's ReLU with slope s; at 0 the gradient is s."""
    floating("leaky_relu", input)
    return _placed(
        input,
        ops.leaky_relu(input, negative_slope=number(negative_slope)),
        inplace,
        negative_slope,
        "leakyReLu",
    )


@composition(piecewise_linear=True)
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """max(x, 0) + a min(x, 0) with learnt slopes a: one, or one for each channel (the second dimension).

    The gradient of a slope is the sum of dy x over x <= 0. Raises RuntimeError where the slopes do not fit.
    """
    return activation.prelu(input, weight)


@composition
def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """max(x, 0) + a min(x, 0); while training each a is drawn uniformly from [lower, upper], else it is their
    mean (Xu et al. 2015)."""
    if lower > upper:
        raise RuntimeError(
            f"rrelu: Lower bound should be less than or equal to the upper bound, but got {lower} and {upper}"
        )
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    below = move(floating("rrelu_with_noise", input).array, CPU) <= 0
    slopes = np.ones(below.shape, input.array.dtype)
    slopes[below] = stream.uniform((int(below.sum()),), lower, upper, generator=generator, dtype=np.float64)
    return _placed(input, input * move(slopes, device_of(input.array)), inplace, lower, "leakyReLu")


@composition
def logsigmoid(input: Tensor) -> Tensor:
    """log(1 / (1 + exp(-x))), without overflow."""
    return formulas.logsigmoid(floating("log_sigmoid", input))


@composition
def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta x)) / beta; x itself where beta x is above ``threshold``."""
    return formulas.softplus(floating("softplus", input), beta=float(beta), threshold=float(threshold))


@composition
def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|)."""
    return ops.soft_sign(input)


@composition
def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh(x)."""
    return ops.tanh_shrink(input)


# the exponential family


@composition
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x above 0, else alpha (exp(x) - 1) (Clevert et al. 2016)."""
    output = formulas.exponential_unit(floating("elu", input), alpha=float(alpha))
    return _placed(input, output, inplace, alpha)


@composition
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x above 0, else alpha (exp(x / alpha) - 1) (Barron 2017)."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    output = formulas.exponential_unit(floating("celu", input), alpha=float(alpha), rate=1 / alpha)
    return _placed(input, output, inplace, alpha)


_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


@composition
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """s (x above 0, else a (exp(x) - 1)), with the s and a that keep mean 0 and variance 1 (Klambauer et al.
    2017)."""
    output = formulas.exponential_unit(floating("selu", input), alpha=_SELU_ALPHA, scale=_SELU_SCALE)
    return _placed(input, output, inplace)


@composition
def gelu(input: Tensor, *, approximate: Literal["none", "tanh"] = "none") -> Tensor:
    """x times the normal distribution function at x (Hendrycks and Gimpel 2016); ``approximate="tanh"``: its
    tanh form."""
    floating("gelu", input)
    if approximate == "none":
        return formulas.gelu(input)
    if approximate != "tanh":
        raise RuntimeError(f"approximate argument must be either none or tanh, but got {approximate!r}")
    return formulas.gelu_by_tanh(input)


@composition
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x sigmoid(x), also called swish."""
    return _placed(input, formulas.silu(floating("silu", input)), inplace)


@composition
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x tanh(log(1 + exp(x))) (Misra 2019)."""
    x = floating("mish", input)
    x = x.clone() if inplace else x  # what is kept of the old value, two operators need
    return _placed(input, formulas.mish(x), inplace)


# pieces of straight lines


def _bounds_of(name: str, input: Tensor, *bounds: float) -> tuple[int, ...]:
    """``bounds`` without their fractions, as an input of integers takes them."""
    whole = tuple(map(int, bounds))
    if input.array.dtype.kind == "u" and min(whole) < 0:
        raise RuntimeError(f"{name}: {input.dtype!r} has no negative numbers, but got the bounds {bounds}")
    return whole


@composition(half="same", piecewise_linear=True)
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x above ``threshold``, else ``value``."""
    if input.array.dtype.kind != "f":
        if input.array.dtype.kind == "b":
            floating("threshold", input)
        threshold, value = _bounds_of("threshold", input, threshold, value)
    return _placed(input, ops.where(ops.less_equal(input, threshold), value, input), inplace)


@composition(half="same", piecewise_linear=True)
def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x between ``min_val`` and ``max_val``; at both ends the gradient is 0."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _placed(input, _between(input, min_val, max_val), inplace)


def _between(input: Tensor, min_val: float, max_val: float) -> Tensor:
    if input.array.dtype.kind != "f":
        if input.array.dtype.kind == "b":
            raise RuntimeError("Bool inputs not supported for hardtanh")
        min_val, max_val = _bounds_of("hardtanh", input, min_val, max_val)
    return formulas.between(input, low=min_val, high=max_val)


@names_arguments
def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """In place, see :func:`hardtanh`; where the bounds are the wrong way round all becomes ``max_val``."""
    return input._overwrite(_between(input, min(min_val, max_val), max_val))


@composition(half="same")
def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(x, 0), 6); the gradient at 0 and 6 is 0."""
    return hardtanh(input, 0.0, 6.0, inplace)


@composition
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """x / 6 + 1/2 between 0 and 1."""
    return _placed(input, hardtanh(floating("hardsigmoid", input) + 3, 0.0, 6.0) / 6, inplace)


@composition
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x hardsigmoid(x) (Howard et al. 2019); the slope at -3 is 0, at 3 it is 1."""
    return _placed(input, formulas.hardswish(floating("hardswish", input)), inplace)


@composition(half="same", piecewise_linear=True)
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x where it is farther than ``lambd`` from 0, else 0."""
    return activation.hardshrink(input, lambd)


@composition(piecewise_linear=True)
def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved towards 0 by ``lambd``, and no farther than 0."""
    if lambd < 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found to be {lambd}.")
    floating("softshrink", input)
    inside = ops.less_equal(ops.absolute(input), lambd)
    return ops.where(inside, input * 0.0, ops.where(ops.less(input, 0), input + lambd, input - lambd))


@composition
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along ``dim`` times the sigmoid of the second (Dauphin et al. 2017)."""
    if input.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    floating("glu", input)
    axis = wrap_dim(dim, input.ndim)
    size = input.array.shape[axis]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {axis} is size {size}")
    lead = (slice(None),) * axis
    return ops.getitem(input, index=(*lead, slice(size // 2))) * ops.sigmoid(
        ops.getitem(input, index=(*lead, slice(size // 2, None)))
    )


# distributions


def _softmax_dim(name: str, ndim: int, stacklevel: int) -> int:
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X "
        "as an argument.",
        UserWarning,
        stacklevel=stacklevel + 1,
    )
    return 0 if ndim in (0, 1, 3) else 1


@names_arguments
def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """exp(x) / sum exp(x) along ``dim``."""
    dim = _softmax_dim("softmax", input.ndim, _stacklevel) if dim is None else dim
    return activation.softmax(input, dim, dtype=dtype)


@names_arguments
def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """exp(-x) / sum exp(-x) along ``dim``."""
    dim = _softmax_dim("softmin", input.ndim, _stacklevel) if dim is None else dim
    return activation.softmax(ops.negative(input), dim, dtype=dtype)


@names_arguments
def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """x - log sum exp(x) along ``dim``."""
    dim = _softmax_dim("log_softmax", input.ndim, _stacklevel) if dim is None else dim
    return activation.log_softmax(input, dim, dtype=dtype)


@composition
def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """Softmax of (logits + Gumbel noise) / tau: a sample of a categorical distribution that has a gradient
    (Jang et al. 2017).

    With ``hard`` the result is one-hot, and the gradient that of the softmax. ``eps`` is not used, as in
    PyTorch.
    """
    wrap_dim(dim, logits.ndim)  # raises before a random number is drawn
    drawn = stream.exponential(tuple(floating("gumbel_softmax", logits).shape), dtype=logits.array.dtype)
    with np.errstate(divide="ignore"):
        noise = move(-np.log(drawn), device_of(logits.array))
    soft: Tensor = activation.softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    winner = ops.argmax(soft, axis=dim, keepdims=True).array
    chosen = ops.write_along(ops.zeros_like(soft.detach()), 1.0, winner, axis=dim)
    return chosen - soft.detach() + soft


leaky_relu_: Final = in_place(leaky_relu, by_argument=True)
rrelu_: Final = in_place(rrelu, by_argument=True)
elu_: Final = in_place(elu, by_argument=True)
celu_: Final = in_place(celu, by_argument=True)
selu_: Final = in_place(selu, by_argument=True)
threshold_: Final = in_place(threshold, by_argument=True)
