"""The mathematics of activations, normalisations and losses: formulas of checked operands."""

import math
from typing import Any

from ... import ops
from .._composition import formula


def anywhere(draw: Any) -> list[Any]:
    """Operands for a function of one, smooth everywhere."""
    return [draw(2, 3), draw(()), draw(0, 3)]


def with_kinks(draw: Any) -> list[Any]:
    """The same for one that has a kink at 0."""
    return [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)]


# gates: x times something between 0 and 1


@formula(anywhere)
def gelu(x: Any, /) -> Any:
    return ops.gated(x, ops.ndtr(x))


@formula(anywhere)
def gelu_by_tanh(x: Any, /) -> Any:
    bounded = ops.clamp(x, -50.0, 50.0)  # beyond, nothing is left of one side
    twice = (bounded + bounded * bounded * bounded * 0.044715) * (2 * math.sqrt(2 / math.pi))
    return ops.gated(x, ops.sigmoid(twice))  # (1 + tanh(u)) / 2, without a difference


@formula(anywhere)
def silu(x: Any, /) -> Any:
    return ops.gated(x, ops.sigmoid(x))


@formula(anywhere)
def mish(x: Any, /) -> Any:
    return ops.gated(x, ops.tanh(ops.logaddexp(0.0, x)))


# logarithms and exponentials


@formula(anywhere)
def logsigmoid(x: Any, /) -> Any:
    return ops.negative(ops.logaddexp(0.0, ops.negative(x)))


@formula(anywhere)
def softplus(x: Any, /, *, beta: float = 1.0, threshold: float = 20.0) -> Any:
    scaled = x * beta
    return ops.where(ops.greater(scaled, threshold), x, ops.logaddexp(0.0, scaled) / beta)


@formula(with_kinks)
def exponential_unit(x: Any, /, *, alpha: float = 1.0, scale: float = 1.0, rate: float = 1.0) -> Any:
    """scale (x above 0, else alpha (exp(rate x) - 1)): ELU, CELU and SELU."""
    below = ops.where(ops.less_equal(x, 0), x, 0.0)  # the exponential must not overflow where it is not used
    return ops.where(ops.less_equal(x, 0), ops.expm1(below * rate) * (alpha * scale), x * scale)


# pieces of straight lines


@formula(
    lambda draw: [
        draw.call(draw.away_from_zero(2, 3), low=-0.1, high=0.1),
        draw.call(draw(()), low=-50.0, high=50.0),
        draw.call(draw(0, 3), low=-1.0, high=6.0),
    ],
    piecewise_linear=True,
)
def between(x: Any, /, *, low: float, high: float) -> Any:
    """x, ``low`` or ``high``; at both bounds the gradient is 0."""
    return ops.where(ops.greater_equal(x, high), high, ops.where(ops.less_equal(x, low), low, x))


@formula(lambda draw: [draw.away_from_zero(2, 3) * 10, draw(()), draw(0, 3)])
def hardswish(x: Any, /) -> Any:
    between = ops.logical_and(ops.greater(x, -3.0), ops.less(x, 3.0))
    inside = ops.where(between, x, 0.0)
    return ops.where(between, inside * (inside + 3) / 6, ops.where(ops.less_equal(x, -3.0), 0.0, x))


# losses, element by element

_FAR_AND_NEAR = (0.1, 50.0)
"""Bounds below and above the samples' distances."""


@formula(
    lambda draw: [
        (draw(2, 3), draw.uniform(2, 3, low=0.1, high=0.9)),
        (draw(()), draw(())),
        (draw(0), draw(0)),
    ]
)
def loss_of_logits(x: Any, t: Any, /) -> Any:
    """-t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x)), without overflow."""
    return ops.logistic_loss(x, t, 1 - t)


@formula(lambda draw: [draw.call(draw.away_from_zero(2, 3), beta=beta) for beta in _FAR_AND_NEAR])
def smooth_absolute(x: Any, /, *, beta: float = 1.0) -> Any:
    """x² / (2 beta) where |x| is below ``beta``, else |x| - beta / 2."""
    away = ops.absolute(x)
    far = ops.greater_equal(away, beta)
    near = ops.where(far, 0.0, x)  # no square of infinity, whose slope is NaN
    return ops.where(far, away - 0.5 * beta, near * near * 0.5 / beta)


@formula(lambda draw: [draw.call(draw.away_from_zero(2, 3), delta=delta) for delta in _FAR_AND_NEAR])
def huber(x: Any, /, *, delta: float = 1.0) -> Any:
    """x² / 2 where |x| is at most ``delta``, else delta (|x| - delta / 2)."""
    away = ops.absolute(x)
    far = ops.greater(away, delta)
    near = ops.where(far, 0.0, x)
    return ops.where(far, (away - 0.5 * delta) * delta, near * near * 0.5)


# normalisation by moments of the operand's own


def _standardized(x: Any, axes: tuple[int, ...], eps: float) -> Any:
    """(x - mean) / sqrt(variance + eps), with the moments over ``axes``."""
    away = x - ops.mean(x, axis=axes, keepdims=True)
    return away / ops.hypot(length(away, axes), math.sqrt(eps))


def length(x: Any, axes: tuple[int, ...]) -> Any:
    """sqrt(mean of squares), where the squares may be more than the dtype holds. With ``hypot`` eps comes in:
    hypot(a, sqrt(eps)) is sqrt(a² + eps)."""
    count = math.prod(x.shape[i] for i in axes)
    return ops.euclidean_norm(x, axis=axes, keepdims=True) / math.sqrt(count or 1)


_INSIDE = "axis=axes, keepdims=True"
_UNIT = "standardized(x, axes=axes, eps=eps)"
_ROOT = f"sqrt(var(x, {_INSIDE}, correction=0) + eps)"


def _centered(g: str) -> str:
    """The gradient of standardised values: what is left of the signal beside the constant and themselves."""
    return f"({g} - mean({g}, {_INSIDE}) - {_UNIT} * mean({g} * {_UNIT}, {_INSIDE})) / {_ROOT}"


@formula(
    lambda draw: [draw.call(draw(2, 5), axes=(1,)), draw.call(draw(2, 3, 4), axes=(1, 2))],
    formulas={"x": _centered("g")},
)
def standardized(x: Any, /, *, axes: tuple[int, ...], eps: float = 1e-5) -> Any:
    return _standardized(x, axes, eps)


@formula(
    lambda draw: [
        draw.call(draw(3, 5), draw(5), draw(5), axes=(1,)),
        draw.call(draw(2, 2, 3, 4), draw(2, 3, 1), draw(2, 3, 1), axes=(2, 3)),
    ],
    formulas={
        "x": _centered("(g * weight)"),
        "weight": f"sum_to(g * {_UNIT}, shape=weight.shape)",
        "bias": "sum_to(g, shape=bias.shape)",
    },
)
def normalized_affine(x: Any, weight: Any, bias: Any, /, *, axes: tuple[int, ...], eps: float = 1e-5) -> Any:
    """Layer and group normalisation: each group of elements standardised, then scaled and shifted."""
    return _standardized(x, axes, eps) * weight + bias


_RMS = f"sqrt(mean(square(x), {_INSIDE}) + eps)"


def _by_rms(x: Any, axes: tuple[int, ...], eps: float) -> Any:
    return x / ops.hypot(length(x, axes), math.sqrt(eps))


def _off_direction(g: str) -> str:
    """The gradient of x / rms(x): what is left of the signal beside the direction of x."""
    return f"({g} - x / {_RMS} * mean({g} * (x / {_RMS}), {_INSIDE})) / {_RMS}"


@formula(
    lambda draw: [draw.call(draw(2, 5), axes=(1,)), draw.call(draw(2, 3, 4), axes=(1, 2))],
    formulas={"x": _off_direction("g")},
)
def by_root_mean_square(x: Any, /, *, axes: tuple[int, ...], eps: float = 1e-5) -> Any:
    return _by_rms(x, axes, eps)


@formula(
    lambda draw: [
        draw.call(draw(2, 5), draw(5), axes=(1,)),
        draw.call(draw(2, 3, 4), draw(3, 4), axes=(1, 2)),
    ],
    formulas={
        "x": _off_direction("(g * weight)"),
        "weight": f"sum_to(g * (x / {_RMS}), shape=weight.shape)",
    },
)
def scaled_by_root_mean_square(x: Any, weight: Any, /, *, axes: tuple[int, ...], eps: float = 1e-5) -> Any:
    return _by_rms(x, axes, eps) * weight
