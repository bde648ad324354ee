"""``out=``: the tensor that a function of ``torch`` writes its result into, resized where it does not fit.

A function here is not told of it. Where a namespace is made (``torch``, ``torch.linalg``, ``torch.special``,
``torch.fft``), :func:`taking_out` puts in the place of each function that has ``out`` in PyTorch one that
computes as usual and writes then; methods, which are the functions themselves, have none, as in PyTorch. A
call without ``out`` costs 30 ns more, or nothing where a decorator stands before the function anyhow.
"""

import functools
import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from .. import ops
from .._engine.dtypes import TENSOR_TYPES, as_dtype, category, dtype, from_numpy_dtype
from .._engine.handle import Handle
from .._engine.modes import state
from ._arguments import redecorated


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CASTING = _words(
    """
    acos acosh add addcdiv addcmul addr airy_ai angle arange arccos arccosh arcsin arcsinh arctan
    arctan2 arctanh asin asinh atan atan2 atanh bernoulli bessel_j0 bessel_j1 bessel_y0 bessel_y1
    bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor cat chebyshev_polynomial_t
    chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w cholesky_inverse cholesky_solve
    clamp clamp_max clamp_min clip column_stack complex concat concatenate cond copysign cos cosh
    cumprod cumsum deg2rad digamma div divide dstack empty empty_permuted entr eq erf erfc erfcx erfinv
    exp exp2 expit expm1 eye fft fft2 fftfreq fftn float_power floor_divide fmax fmin fmod full gammainc
    gammaincc gammaln gcd ge ger greater greater_equal gt hermite_polynomial_h hermite_polynomial_he
    hfft hfft2 hfftn householder_product hstack hypot i0 i0e i1 i1e ifft ifft2 ifftn igamma igammac
    ihfft ihfft2 ihfftn inverse irfft irfft2 irfftn kron laguerre_polynomial_l lcm ldexp le
    legendre_polynomial_p lerp less less_equal lgamma linspace log log10 log1p log2 log_ndtr logaddexp
    logaddexp2 logical_and logical_not logical_or logical_xor logit logspace logsumexp lt matrix_power
    matrix_rank max maximum mean min minimum modified_bessel_i0 modified_bessel_i1 modified_bessel_k0
    modified_bessel_k1 mul multigammaln multiply mvlgamma nanmean nansum ndtr ndtri ne nextafter normal
    not_equal ones outer pinv polar polygamma pow prod psi rad2deg rand randint randn randperm range
    reciprocal remainder rfft rfft2 rfftfreq rfftn row_stack rsqrt scaled_modified_bessel_k0
    scaled_modified_bessel_k1 shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u
    shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w sigmoid sin sinc sinh
    spherical_bessel_j0 sqrt square stack std sub subtract sum tan tanh tensorinv tensorsolve
    true_divide var vstack xlog1py xlogy zeros zeta
    """
)
"""The functions that have ``out`` in PyTorch, and cast their result to its dtype."""

EXACT = _words(
    """
    abs absolute addbmm addmm addmv alias_copy all amax amin aminmax any argmax argmin argsort
    as_strided_copy baddbmm bitwise_not bmm bucketize ceil chain_matmul cholesky cholesky_ex
    conj_physical cross cummax cummin det detach_copy diag diagonal_copy diff dot eig eigh eigvals
    eigvalsh expand_copy fix floor frac frexp frobenius_norm gather geqrf hardshrink heaviside histc
    histogram index_add index_copy index_reduce index_select inner inv inv_ex isin isneginf isposinf
    kthvalue ldl_factor ldl_factor_ex ldl_solve log_softmax logcumsumexp lstsq lu lu_factor lu_factor_ex
    lu_solve lu_unpack masked_select matmul matrix_norm median mm mode msort multi_dot multinomial mv
    nan_to_num nanmedian nanquantile narrow_copy neg negative nonzero norm nuclear_norm orgqr ormqr
    permute_copy qr quantile renorm round scatter scatter_add scatter_reduce searchsorted select_copy
    sgn sign signbit slice_copy slogdet softmax solve solve_ex solve_triangular sort split_copy
    split_with_sizes_copy squeeze_copy svd svdvals t_copy take take_along_dim tensordot threshold topk
    transpose_copy triangular_solve tril triu trunc unbind_copy unfold_copy unsqueeze_copy vdot vecdot
    vector_norm view_copy where
    """
)
"""The functions that have ``out`` in PyTorch, and want it in the dtype of their result."""

_SCALAR_TYPES = {d.dtype: name.removesuffix("Tensor") for name, d in TENSOR_TYPES.items()}
"""What PyTorch calls dtypes in its messages: Float, Double, Long ..."""

_STARS: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}

_NAMES_IN_C = {
    "float32": "float",
    "float64": "double",
    "int64": "long int",
    "int32": "int",
    "int16": "short int",
}
"""What it calls them in others."""


def taking_out(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The functions of ``namespace`` that have ``out`` in PyTorch, as ones that take it."""
    return {
        name: _with_out(function, exact=name in EXACT)
        for name, function in namespace.items()
        if name in CASTING or name in EXACT
    }


def _with_out(function: Any, exact: bool) -> Any:
    """``function``, also with ``out=``; of the dtype of its result where that is to be ``exact``."""
    signature = inspect.signature(function)
    taking_dtype = "dtype" in signature.parameters and not exact

    def write(*args: Any, out: Any, **options: Any) -> Any:
        if out is None:
            return function(*args, **options)
        if taking_dtype and isinstance(out, Handle):
            _choose_dtype(options, out)
        return _delivered(function.__name__, function(*args, **options), out, exact)

    taking: Any = redecorated(function, write) or _without_frame(function, signature, write)
    functools.update_wrapper(taking, function)
    taking.__signature__ = _extended(signature)
    return taking


def _extended(signature: inspect.Signature) -> inspect.Signature:
    """``signature`` with ``out=None`` after its last parameter (before ``**names``)."""
    parameters = list(signature.parameters.values())
    place = len(parameters) - (bool(parameters) and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD)
    parameters.insert(place, inspect.Parameter("out", inspect.Parameter.KEYWORD_ONLY, default=None))
    return signature.replace(parameters=parameters)


def _without_frame(function: Any, signature: inspect.Signature, write: Callable[..., Any]) -> Any:
    """A function of the parameters of ``function`` and ``out``, which goes on by names and not by ``*args``:
    that costs a tenth. Its text is written as those of dataclasses are."""
    known: dict[str, Any] = {"_function": function, "_write": write}
    heads, handed, starred = list[str](), list[str](), False
    for name, parameter in signature.parameters.items():
        kind = parameter.kind
        if kind is inspect.Parameter.KEYWORD_ONLY and not starred:
            heads, starred = [*heads, "*"], True
        if parameter.default is not inspect.Parameter.empty:
            known[f"_{name}"] = parameter.default
        stars = _STARS.get(kind, "")
        starred = starred or stars == "*"
        heads.append(f"{stars}{name}" + (f"=_{name}" if f"_{name}" in known else ""))
        handed.append(f"{name}={name}" if kind is inspect.Parameter.KEYWORD_ONLY else f"{stars}{name}")
    place = len(heads) - (bool(heads) and heads[-1].startswith("**"))
    heads[place:place] = ["out=None"] if starred else ["*", "out=None"]
    given = ", ".join(handed)
    exec(
        f"def taking({', '.join(heads)}):\n"
        f"    if out is None:\n        return _function({given})\n    return _write({given}, out=out)",
        known,
    )
    return known["taking"]


def _choose_dtype(options: dict[str, Any], out: Any) -> None:
    """Compute in the dtype of ``out`` where none is asked for; RuntimeError where another is."""
    asked = options.get("dtype")
    if asked is None:
        options["dtype"] = out.dtype
    elif as_dtype(asked) != out.dtype:
        _refuse_dtype(as_dtype(asked), out.dtype)


def _refuse_dtype(expected: dtype, given: dtype) -> None:
    """RuntimeError that tells both."""
    wanted, got = (_NAMES_IN_C.get(d.name, d.name) for d in (expected, given))
    raise RuntimeError(f"Expected out tensor to have dtype {wanted}, but got {got} instead")


def _delivered(name: str, result: Any, out: Any, exact: bool) -> Any:
    """``out`` (one tensor, or a tuple of them) with ``result`` written into it."""
    if not isinstance(result, tuple):
        return _written(name, result, out, exact)
    if not isinstance(out, (tuple, list)):
        raise TypeError(f"{name}(): argument 'out' must be tuple of Tensors, not {type(out).__name__}")
    if len(out) != len(result):
        raise TypeError(f"{name}() expected tuple of {len(result)} elements but got {len(out)}")
    written = [_written(name, part, given, exact) for part, given in zip(result, out, strict=True)]
    return type(result)(*written) if hasattr(result, "_fields") else tuple(written)


def _written(name: str, result: Any, out: Any, exact: bool) -> Any:
    """``out`` with the numbers of ``result``, by PyTorch's rules: RuntimeError where it records a gradient or
    its dtype is of a lower category, a warning where it has numbers and another shape."""
    if not isinstance(out, Handle):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if state.get().grad and (result._present_node() is not None or out._present_node() is not None):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of "
            "the arguments requires grad."
        )
    made, target = result.array, out.array
    if exact and made.dtype != target.dtype:
        _refuse_dtype(result.dtype, out.dtype)
    if category(made.dtype) > category(target.dtype):
        raise RuntimeError(
            f"result type {_SCALAR_TYPES[made.dtype]} can't be cast to the desired output type "
            f"{_SCALAR_TYPES[target.dtype]}: give an out of {from_numpy_dtype(made.dtype)!r}"
        )
    if made.shape != target.shape:
        if target.size:
            warnings.warn(
                f"An output with one or more elements was resized since it had shape {list(target.shape)}, "
                f"which does not match the required output shape {list(made.shape)}. This behavior is "
                "deprecated, and in a future PyTorch release outputs will not be resized unless they have "
                "zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero "
                "elements with t.resize_(0).",
                UserWarning,
                stacklevel=5,
            )
        out._show(ops.array_module(target).empty(made.shape, target.dtype))
    return out._overwrite(result)
