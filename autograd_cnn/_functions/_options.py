"""Options that PyTorch gives to functions by the dozen: ``out=``, the tensor that a result is written into,
and ``layout=`` and ``pin_memory=`` of what makes tensors.

A function here is not told of them. Where a namespace is made (``torch``, ``torch.linalg``,
``torch.special``, ``torch.fft``), :func:`with_options` puts in the place of each function that has them in
PyTorch one that computes as usual and then does what is asked; methods, which are the functions themselves,
have no ``out``, as in PyTorch. A call without them costs some 100 ns more, or nothing where a decorator
stands before it anyhow.
"""

import functools
import inspect
import warnings
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature, signature
from typing import Any, TypeVar

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.failures import UNFILLED, unfilled
from .._engine.dtypes import as_dtype, bool_, category, dtype, from_numpy_dtype
from .._engine.handle import Handle
from .._engine.memory_format import strided
from .._engine.modes import state
from .._engine.overlap import check_apart
from ..ops._errors import scalar_type
from ._arguments import OTHER_NAMES, UNFIT, redecorated, takes_other_names
from ._arguments import answer as answer_misfit
from ._return_types import written
from .storage import resize_


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


F = TypeVar("F", bound=Callable[..., Any])

CASTING = _words(
    """
    acos acosh add addcdiv addcmul addr airy_ai angle arange arccos arccosh arcsin arcsinh arctan
    arctan2 arctanh asin asinh atan atan2 atanh bernoulli bessel_j0 bessel_j1 bessel_y0 bessel_y1
    bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor cat chebyshev_polynomial_t
    chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w cholesky_inverse cholesky_solve
    clamp clamp_max clamp_min clip column_stack complex concat concatenate cond copysign cos cosh
    cumprod cumsum diff deg2rad digamma div divide dstack empty empty_permuted entr eq erf erfc erfcx erfinv
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
"""The functions that have ``out`` in PyTorch, and cast their result to its dtype, where it is one tensor."""

EXACT = _words(
    """
    abs absolute addbmm addmm addmv alias_copy all amax amin aminmax any argmax argmin argsort
    as_strided_copy baddbmm bitwise_not bmm bucketize ceil chain_matmul cholesky cholesky_ex
    conj_physical cross cummax cummin det detach_copy diag diagonal_copy dot eig eigh eigvals
    eigvalsh expand_copy fix floor frac frexp frobenius_norm gather geqrf hardshrink heaviside histc
    histogram index_add index_copy index_reduce index_select inner inv inv_ex isin isneginf isposinf
    kthvalue ldl_factor ldl_factor_ex ldl_solve log_softmax logcumsumexp lstsq lu lu_factor lu_factor_ex
    lu_solve lu_unpack masked_select matmul matrix_norm median mm mode msort multi_dot multinomial mv
    nan_to_num nanmedian nanquantile narrow_copy neg negative nonzero norm nuclear_norm orgqr ormqr
    permute_copy qr quantile renorm round scatter scatter_add scatter_reduce searchsorted select_copy
    slice_scatter sgn sign signbit slice_copy slogdet softmax solve solve_ex solve_triangular sort split_copy
    split_with_sizes_copy squeeze_copy svd svdvals t_copy take take_along_dim tensordot threshold topk
    transpose_copy triangular_solve tril triu trunc unbind_copy unfold_copy unsqueeze_copy vdot vecdot
    vector_norm view_copy where
    """
)
"""The functions that have ``out`` in PyTorch, and want it in the dtype of their result."""

OF_NUMBERS = _words("add div divide floor_divide mul multiply sub subtract true_divide")
"""The functions that make a tensor of two numbers in PyTorch."""


_OF_ANY_DTYPE = frozenset(("bernoulli",))
"""Functions whose zeros and ones go into an ``out`` of any dtype."""

_OVERLAPPING = _words(
    """
    alias_copy bucketize cholesky_inverse cholesky_solve detach_copy inner inv inverse log_softmax matmul
    matrix_power mm nanquantile ndtr pinv quantile searchsorted slice_copy slice_scatter softmax squeeze_copy
    t_copy threshold tril triu
    """
)
"""Functions that may write over a part of an operand of their result's shape; others refuse it in PyTorch."""

_SCANS = frozenset(("cummax", "cummin", "logcumsumexp"))
"""Functions that spell a word of their message in another way."""

_FILLING = frozenset(("arange", "linspace", "logspace", "range"))
"""Functions that fill an ``out`` of as many elements, whatever its shape."""

_MISSING: Any = object()
"""Stands for an argument that must be given, and may be given under another name."""

_OPERANDS = frozenset(name for meant in OTHER_NAMES.values() for name in meant.split())
"""What arguments are called that have other names too."""

_NAMES_IN_C = {
    "float32": "float",
    "float64": "double",
    "int64": "long int",
    "int32": "int",
    "int16": "short int",
}
"""What PyTorch calls dtypes in messages, where it does not call them Float, Double, Long."""


def with_options(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The functions of ``namespace`` that have such options in PyTorch, as ones that take them, and those
    that are not decorated yet as ones that ask their arguments. Those that make a tensor of two numbers in
    PyTorch do so by the ``tensor`` of the namespace. They are pickled by their names there."""
    made = {
        name: taking(
            function,
            name in CASTING or name in EXACT,
            name in EXACT,
            namespace["tensor"] if name in OF_NUMBERS else None,
        )
        for name, function in namespace.items()
        if name in CASTING or name in EXACT or _makes_tensors(name, function) or _is_bare(name, function)
    }
    for name, function in made.items():
        if not function.__module__:  # it stands in no other namespace yet
            function.__module__ = namespace["__name__"].partition("._")[0]
            if made.get(function.__qualname__) is not function:
                function.__qualname__ = name
    return made


def _is_bare(name: str, function: Any) -> bool:
    """Whether it is a function of a tensor that does not ask its arguments itself; in-place ones do."""
    return (
        inspect.isfunction(function)
        and not takes_other_names(function)
        and not name.endswith("_")
        and next(iter(signature(function).parameters), None) == "input"
    )


def _makes_tensors(name: str, function: Any) -> bool:
    """Whether a function makes tensors of what are none; ``asarray`` has no options in PyTorch."""
    return (
        inspect.isfunction(function)
        and name != "asarray"
        and "requires_grad" in signature(function).parameters
    )


@functools.cache  # a function of two names stays one
def taking(
    function: F, out: bool = False, exact: bool = False, make: Callable[[Any], Any] | None = None
) -> F:
    """``function``, also with ``out=`` (of the dtype of its result where that is to be ``exact``), and with
    ``layout=`` and ``pin_memory=`` where it makes tensors. ``make`` makes one of the result of numbers."""
    known = signature(function)
    extra: dict[str, Any] = {"out": None} if out else {}
    if _makes_tensors(function.__name__, function):
        extra |= (
            {"pin_memory": False} if function.__name__ == "tensor" else {"layout": None, "pin_memory": False}
        )
    chooses_dtype = "dtype" in known.parameters and not exact

    def answer(
        *args: Any, out: Any = None, layout: Any = None, pin_memory: bool = False, **options: Any
    ) -> Any:
        if layout is not None and layout is not strided:
            raise RuntimeError(f"layout={layout!r} is not supported: tensors here are dense, torch.strided")
        if out is not None and chooses_dtype and isinstance(out, Handle):
            _choose_dtype(options, out)
        wants = out is not None and options.pop("requires_grad", False)  # it is asked of ``out`` itself
        result = function(*args, **options)
        if out is not None:
            if function.__name__ not in _OVERLAPPING:
                _check_apart(result, out, (*args, *options.values()))
            delivered = _delivered(function.__name__, result, out, exact)
            return delivered.requires_grad_() if wants else delivered
        return result.pin_memory() if pin_memory else result

    made: Any = redecorated(function, answer, frozenset(extra)) or _without_frame(
        function, known, extra, answer, make
    )
    functools.update_wrapper(made, function)
    made.__module__ = ""
    made.__signature__ = _extended(known, extra)
    return made


def _extended(known: Signature, extra: Mapping[str, Any]) -> Signature:
    """The signature with the ``extra`` options after its last parameter (before ``**names``)."""
    parameters = list(known.parameters.values())
    place = len(parameters) - (bool(parameters) and parameters[-1].kind is Parameter.VAR_KEYWORD)
    parameters[place:place] = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default) for name, default in extra.items()
    ]
    return known.replace(parameters=parameters)


def _without_frame(
    function: Any,
    known: Signature,
    extra: Mapping[str, Any],
    answer: Callable[..., Any],
    make: Callable[[Any], Any] | None,
) -> Callable[..., Any]:
    """A function of the parameters of ``function`` and ``extra`` ones, which goes on by names and not by
    ``*args``: that costs a tenth. Where ``function`` takes ``*size``, what is given by name goes on as
    it is. Where it takes operands, a call that fails asks them, as do more arguments than there are
    parameters, and other names. The text is written as those of dataclasses are."""
    asks = not _OPERANDS.isdisjoint(known.parameters)
    values: dict[str, Any] = {"_function": function, "_array": np.ndarray, "_make": make, "_UNFIT": UNFIT}
    values |= {"_UNFILLED": UNFILLED, "_unfilled": unfilled}
    plain, named, sizes = list[str](), list[str](), ""
    for name, parameter in known.parameters.items():
        if parameter.kind is Parameter.VAR_POSITIONAL and not asks:
            sizes = name
        elif parameter.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.POSITIONAL_ONLY):
            plain.append(name)
        elif parameter.kind is Parameter.KEYWORD_ONLY and not sizes:
            named.append(name)
        if parameter.default is not Parameter.empty:
            values[f"_{name}"] = parameter.default
        elif asks and name in plain:
            values[f"_{name}"] = _MISSING
    more = ["*_more"] if asks else [f"*{sizes}"] if sizes else []
    names = ["**_names"] if asks or sizes else []
    options = [f"{name}={default}" for name, default in extra.items()]
    heads = [
        *(f"{name}=_{name}" if f"_{name}" in values else name for name in plain),
        *(more or (["*"] if named or options else [])),
        *(f"{name}=_{name}" if f"_{name}" in values else name for name in named),
        *options,
        *names,
    ]
    handed = [f"{name}={name}" for name in named]
    given = ", ".join([*plain, *handed] if asks else [*plain, *more, *handed, *names])
    unused = [*(option.replace("=", " is ") for option in options), *(["not _more", "not _names"] * asks)]
    lines = [f"return _function({given})"]
    if make is not None:  # numbers alone give an array without axes
        lines = [
            f"result = _function({given})",
            "return result if result.__class__ is not _array or result.ndim else _make(result.item())",
        ]
    caught, told = "_UNFILLED", f"raise _unfilled({function.__name__!r}, error) from None"
    if asks:
        caught, told = "_UNFIT", f"return _failed(error, {given})"
    lines = ["try:", *(f"    {line}" for line in lines), f"except {caught} as error:", f"    {told}"]
    everything = [*plain, *more, *handed, *(f"{name}={name}" for name in extra), *names]
    text = (
        f"def made({', '.join(heads)}):\n"
        f"    if {' and '.join(unused)}:\n        {f'{chr(10)}        '.join(lines)}\n"
        f"    return _answer({', '.join(everything)})"
    )
    exec(compile(text, __file__, "exec"), values)  # a line of this package, not of the user
    made: Callable[..., Any] = values["made"]
    values["_failed"], asking = _asking(made, function, known, answer)
    values["_answer"] = asking if asks else answer
    return made


def _asking(
    made: Callable[..., Any], function: Callable[..., Any], known: Signature, answer: Callable[..., Any]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What ``made``, which stands for ``function`` with its parameters ``known``, does where a call has
    failed, and where it has options or other names: ``answer`` is for those; arguments that do not fit are
    asked."""
    defaults = {name: p.default for name, p in known.parameters.items()}
    places = [name for name, p in known.parameters.items() if p.kind is Parameter.POSITIONAL_OR_KEYWORD]

    def is_given(name: str, value: Any) -> bool:
        return value is not _MISSING and value is not defaults.get(name, _MISSING)

    def as_given(args: tuple[Any, ...], options: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Without what is missing and what is a default; behind a gap, arguments go on by their names."""
        count = len(args)
        if count <= len(places):
            pairs = list(zip(places, args, strict=False))
            count = next((i for i, pair in enumerate(pairs) if not is_given(*pair)), count)
            options = {**dict(pairs[count:]), **options}
        return args[:count], {name: value for name, value in options.items() if is_given(name, value)}

    def failed(error: Exception, *args: Any, **options: Any) -> Any:
        own, named = as_given(args, options)
        if any(value is _MISSING for value in (*args, *options.values())):
            return function(*own, **named)  # raises: Python says what is missing
        return answer_misfit(made, own, named, error)

    def asking(*args: Any, **options: Any) -> Any:
        own, named = as_given(args, options)
        try:
            return answer(*own, **named)
        except UNFIT as error:
            return answer_misfit(made, own, named, error)

    return failed, asking


def _check_apart(result: Any, out: Any, operands: tuple[Any, ...]) -> None:
    """RuntimeError where ``out`` shares elements with an operand that has the shape of ``result``, and is not
    that operand; where they are no single tensors nobody asks."""
    for operand in operands if isinstance(result, Handle) and isinstance(out, Handle) else ():
        for read in operand if isinstance(operand, (tuple, list)) else (operand,):
            if isinstance(read, Handle) and read.array.shape == result.array.shape == out.array.shape:
                check_apart(out.array, read.array)


def _choose_dtype(options: dict[str, Any], out: Any) -> None:
    """Compute in the dtype of ``out`` where none is asked for; RuntimeError where another is."""
    asked = options.get("dtype")
    if asked is None:
        options["dtype"] = out.dtype
    elif as_dtype(asked) != out.dtype:
        _refuse_dtype(as_dtype(asked), out.dtype)


def _refuse_dtype(expected: dtype, given: dtype, name: str = "") -> None:
    """RuntimeError that tells both."""
    if expected == bool_:
        raise RuntimeError(
            f"{name} only supports bool tensor for result, got: {scalar_type(given)}; it does not "
            "support non-boolean outputs"
        )
    wanted, got = (_NAMES_IN_C.get(d.name, d.name) for d in (expected, given))
    term = "scalar_type" if name in _SCANS else "scalar type"
    raise RuntimeError(
        f"Expected out tensor to have dtype {wanted}, but got {got} instead (expected {term} "
        f"{scalar_type(expected)} but found {scalar_type(given)})"
    )


def _delivered(name: str, result: Any, out: Any, exact: bool) -> Any:
    """``out`` (one tensor, or a tuple of them) with ``result`` written into it."""
    if name in _FILLING and isinstance(out, Handle) and out.array.size == result.array.size:
        result = ops.reshape(result, shape=out.array.shape)
    if not isinstance(result, tuple):
        return _written(name, result, out, exact)
    if not isinstance(out, (tuple, list)):
        if name == "nonzero":
            raise RuntimeError("nonzero does not support the out kwarg when as_tuple is True")
        raise TypeError(f"{name}(): argument 'out' must be tuple of Tensors, not {type(out).__name__}")
    if len(out) != len(result):
        raise TypeError(f"{name}() expected tuple of {len(result)} elements but got {len(out)}")
    return written(
        result, [_written(name, part, given, True) for part, given in zip(result, out, strict=True)]
    )


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
    if name in _OF_ANY_DTYPE:
        result = ops.cast(result, dtype=target.dtype)
        made = result.array
    if exact and made.dtype != target.dtype:
        _refuse_dtype(result.dtype, out.dtype, name)
    if category(made.dtype) > category(target.dtype):
        raise RuntimeError(
            f"result type {scalar_type(made)} can't be cast to the desired output type "
            f"{scalar_type(target)}: give an out of dtype {from_numpy_dtype(made.dtype)!r}"
        )
    if made.shape != target.shape:
        if target.size:
            filled = f"The out tensor will be resized to {made.shape}. " if name in _FILLING else ""
            warnings.warn(
                f"{filled}An output with one or more elements was resized since it had shape "
                f"{list(target.shape)}, which does not match the required output shape {list(made.shape)}. "
                "This behavior is deprecated, and in a future PyTorch release outputs will not be resized "
                "unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, "
                "inplace, to zero elements with t.resize_(0).",
                UserWarning,
                stacklevel=5,
            )
        if made.size <= target.size and device_of(target) == CPU:
            resize_(out, made.shape)  # it stays in its memory
        else:
            out._show(ops.array_module(target).empty(made.shape, target.dtype))
    return out._overwrite(result)
