"""Bessel's and Airy's functions, zeta and orthogonal polynomials: each is its primitive under PyTorch's
signature. Integers become floats of the default dtype first."""

from collections.abc import Callable
from typing import Any, Final, Protocol, overload

from .. import ops
from .._engine.handle import Handle, Number, Operand, T
from ._arguments import names_arguments

__all__: list[str] = []


class OfOne(Protocol):
    """A function of one tensor."""

    def __call__(self, input: Handle[T]) -> T: ...


class OfTwo(Protocol):
    """A function of two tensors, or of a tensor and a number."""

    @overload
    def __call__(self, input: Handle[T], n: Operand | Number) -> T: ...
    @overload
    def __call__(self, input: Number, n: Handle[T]) -> T: ...


def _named(function: Callable[..., Any], primitive: Any) -> Any:
    function.__name__ = function.__qualname__ = primitive.__name__
    function.__doc__ = primitive.__doc__
    return names_arguments(function)


def _need_tensor(name: str, input: Any, second: str, other: Any) -> None:
    """TypeError for two numbers."""
    if not (isinstance(input, Handle) or isinstance(other, Handle)):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) or '{second}' must be Tensor, not two numbers"
        )


def _of_one(primitive: Any) -> OfOne:
    def function(input: Handle[T]) -> T:
        return primitive(input)

    made: OfOne = _named(function, primitive)
    return made


def _of_degree(primitive: Any) -> OfTwo:
    def function(input: Any, n: Any) -> Any:
        _need_tensor(primitive.__name__, input, "n", n)
        return primitive(input, n)

    made: OfTwo = _named(function, primitive)
    return made


airy_ai: Final = _of_one(ops.airy_ai)
bessel_j0: Final = _of_one(ops.bessel_j0)
bessel_j1: Final = _of_one(ops.bessel_j1)
bessel_y0: Final = _of_one(ops.bessel_y0)
bessel_y1: Final = _of_one(ops.bessel_y1)
modified_bessel_k0: Final = _of_one(ops.modified_bessel_k0)
modified_bessel_k1: Final = _of_one(ops.modified_bessel_k1)
scaled_modified_bessel_k0: Final = _of_one(ops.scaled_modified_bessel_k0)
scaled_modified_bessel_k1: Final = _of_one(ops.scaled_modified_bessel_k1)
spherical_bessel_j0: Final = _of_one(ops.spherical_bessel_j0)

chebyshev_polynomial_t: Final = _of_degree(ops.chebyshev_polynomial_t)
chebyshev_polynomial_u: Final = _of_degree(ops.chebyshev_polynomial_u)
chebyshev_polynomial_v: Final = _of_degree(ops.chebyshev_polynomial_v)
chebyshev_polynomial_w: Final = _of_degree(ops.chebyshev_polynomial_w)
hermite_polynomial_h: Final = _of_degree(ops.hermite_polynomial_h)
hermite_polynomial_he: Final = _of_degree(ops.hermite_polynomial_he)
laguerre_polynomial_l: Final = _of_degree(ops.laguerre_polynomial_l)
legendre_polynomial_p: Final = _of_degree(ops.legendre_polynomial_p)
shifted_chebyshev_polynomial_t: Final = _of_degree(ops.shifted_chebyshev_polynomial_t)
shifted_chebyshev_polynomial_u: Final = _of_degree(ops.shifted_chebyshev_polynomial_u)
shifted_chebyshev_polynomial_v: Final = _of_degree(ops.shifted_chebyshev_polynomial_v)
shifted_chebyshev_polynomial_w: Final = _of_degree(ops.shifted_chebyshev_polynomial_w)


@overload
def zeta(input: Handle[T], other: Operand | Number) -> T: ...
@overload
def zeta(input: Number, other: Handle[T]) -> T: ...
@names_arguments
def zeta(input: Any, other: Any) -> Any:
    """Hurwitz's zeta: the sum of (other + k)**-input over k = 0, 1, ...; only ``other`` gets a gradient."""
    _need_tensor("zeta", input, "other", other)
    return ops.zeta(input, other)
