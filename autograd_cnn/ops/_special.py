"""The error function and its inverse, and how a special function is run. NumPy has none of them.

They are computed in float64 and rounded to the operand's dtype. The rational approximations of the error
function are interpolations at Chebyshev nodes, made with 60 digits: erf(x) / x in x**2 on [0, 1] (relative
error 1.1e-16), and (x + 2) exp(x**2) erfc(x) in 1 / (x + 2) on [0.4, inf] (5.8e-17). On a GPU CuPy's own
functions serve.
"""

import functools
import importlib
import math

import numpy as np

from ._arrays import array_module, common_dtype
from ._exponential import exp
from ._primitive import primitive

_ERF = (
    -3.07674302885028e-06,
    0.00011863778745563329,
    -0.00015671142571065683,
    0.03819055372753878,
    0.08841052542214509,
    1.1283791670955126,
)
_ERF_BELOW = (0.000234623401538168, 0.006193420046513889, 0.07107387083062207, 0.4116851214558425, 1.0)
_TAIL = (
    *(353.83392029524106, 571.2844620061236, 600.7357564991872, 425.1364951447954, 313.3002121774035),
    *(117.5940594314823, 84.2990369580564, 12.87426960584464, 11.348432004031366, 0.39816493057410873),
    0.5641895835477563,
)
_TAIL_BELOW = (
    *(39.36502410603123, -15.219454995550365, 209.60318207684864, -62.547075946617966, 264.10456540568055),
    *(-56.81956461398857, 116.04107000826177, -16.05723078966061, 19.20311407828589, -1.294271035508348),
    1.0,
)


_BLOCK = 8192
"""So many elements are computed at a time: what lies between stays in the processor's cache."""


def _in_double(cupy_name=None, on_host=False):
    """Run a function of arrays in float64, a block at a time, and give the result the dtype of the first
    array; what is named by keyword stays as it is.

    CuPy arrays go to CuPy's function where it has one. Else ``function`` gets them, or where it needs more of
    NumPy than they answer (``on_host``), what they hold, and its result is brought back.
    """

    def decorate(function):
        @functools.wraps(function)
        def run(*operands, **parameters):
            dtype, xp = common_dtype(*operands), array_module(*operands)
            if xp is not np and cupy_name is not None:
                theirs = getattr(importlib.import_module("cupyx.scipy.special"), cupy_name)
                return theirs(*parameters.values(), *operands).astype(dtype)
            if xp is not np and not on_host:
                return function(*(x.astype(np.float64) for x in operands), **parameters).astype(dtype)
            here = [x.get() if hasattr(x, "get") else x for x in operands]
            wide = here if len(here) == 1 else np.broadcast_arrays(*here)
            out = np.empty_like(wide[0], dtype)
            order = np.argsort([-n for n in out.strides], kind="stable")  # in which its memory runs
            flat, *sources = (x.transpose(order).reshape(-1) for x in (out, *wide))
            with np.errstate(all="ignore"):
                for start in range(0, flat.size, _BLOCK):
                    part = slice(start, start + _BLOCK)
                    flat[part] = function(*(x[part].astype(np.float64) for x in sources), **parameters)
            return out if xp is np else xp.asarray(out)

        return run

    return decorate


def _polynomial(coefficients, x):
    """Horner's scheme; the highest power's coefficient comes first."""
    total = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        total *= x
        total += c
    return total


def _erf_near(x):
    z = np.minimum(x * x, 1.0)
    return x * (_polynomial(_ERF, z) / _polynomial(_ERF_BELOW, z))


def _bell(x, rate=1.0):
    """exp(-rate x**2): the square is rounded, and what it lacks is made up for."""
    square, high = x * x, x.astype(np.float32).astype(np.float64)
    if (high == x).all():  # of singles: the square of one is not rounded
        return np.exp(-rate * square)
    x = np.clip(x, -1e9, 1e9)
    square, high = x * x, x.astype(np.float32).astype(np.float64)
    low = x - high
    lacks = (high * high - square) + 2 * high * low + low * low
    return np.exp(-rate * square) * (1 - rate * lacks)


def _erfcx_far(x):
    """exp(x**2) erfc(x) for x >= 0.5 (what stands for smaller x is not used)."""
    u = 1 / (np.maximum(x, 0.5) + 2)
    return u * (_polynomial(_TAIL, u) / _polynomial(_TAIL_BELOW, u))


def _erfc_far(x):
    return _bell(x) * _erfcx_far(x)


def _erf(x):
    size = np.absolute(x)
    return np.where(size < 0.5, _erf_near(x), np.copysign(1 - _erfc_far(size), x))


def _erfc(x):
    size = np.absolute(x)
    far = _erfc_far(size)
    return np.where(size < 0.5, 1 - _erf_near(x), np.where(x < 0, 2 - far, far))


@primitive(promotes="float")
def bell(x, /, *, rate=1.0):
    """exp(-rate x**2), of float64 with the digits that the square rounds off."""
    if type(x) is np.ndarray and x.dtype == np.float64:
        return _bell(x, rate)
    return np.exp(x * x * -rate)


@bell.vjp("x")
def bell_x(g, x, out, rate):
    return g * (-2 * rate * (x * out))


bell.samples(lambda draw: [draw(2, 3), draw.call(draw(()), rate=0.5), draw(0, 3)])


@primitive(promotes="float")
@_in_double("erf")
def erf(x, /):
    """2 / sqrt(pi) times the integral of exp(-t**2) from 0 to x."""
    return _erf(x)


@erf.vjp("x")
def erf_x(g, x):
    return g * (2 / math.sqrt(math.pi) * bell(x))


@primitive(promotes="float")
@_in_double("erfc")
def erfc(x, /):
    """1 - erf(x), exact in the tail."""
    return _erfc(x)


@erfc.vjp("x")
def erfc_x(g, x):
    return -g * (2 / math.sqrt(math.pi) * bell(x))


@primitive(promotes="float")
@_in_double("erfinv")
def erfinv(x, /):
    """The inverse of erf: Winitzki's approximation, then three of Halley's steps; +-inf at +-1, NaN
    beyond."""
    y = np.absolute(x)
    log_rest, a = np.log1p(-y) + np.log1p(y), 0.147
    half = 2 / (math.pi * a) + log_rest / 2
    z = np.sqrt(np.maximum(np.sqrt(half * half - log_rest / a) - half, 0))
    for _ in range(3):
        miss = np.where(y < 0.5, _erf(z) - y, (1 - y) - _erfc(z)) / (2 / math.sqrt(math.pi) * np.exp(-z * z))
        z = z - miss / (1 + z * miss)
    return np.copysign(np.where(y == 1, np.inf, z), x)


@erfinv.vjp("x")
def erfinv_x(g, out):
    return g * (math.sqrt(math.pi) / 2 * exp(out * out))


for function in (erf, erfc):
    function.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
erfinv.samples(
    lambda draw: [draw.uniform(2, 3, low=-0.9, high=0.9), draw.uniform((), low=-0.9, high=0.9), draw(0, 3)]
)
