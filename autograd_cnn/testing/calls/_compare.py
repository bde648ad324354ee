"""Where two libraries differ in one call, and which differences count."""

import math
import warnings
from typing import Any, NamedTuple

import numpy as np

from ._call import Call
from ._draw import FLOATS
from ._run import Outcome, Seen, run
from ._surface import words

KINDS = (
    "NotImplementedError",
    "IndexError",
    "TypeError",
    "ValueError",
    "RuntimeError",
    "OverflowError",
    "AssertionError",
)
"""Errors that a library raises on purpose; an AttributeError is none."""

SAME = {"NotImplementedError": "RuntimeError"}
"""Kinds of errors that count as one: NotImplementedError is a RuntimeError in Python too."""

SERIOUS = words(
    """
    value dtype shape gradient second modified shared refused crash result prepared
    """
)
"""Kinds of differences that are mistakes. The others are reported where they are asked for: ``accepted`` and
``error``, where PyTorch refuses a call that means something here or says so by another class of errors, and
``stride``, of views without elements or with axes of one element."""

TOLERANCES = {"float16": 2e-2, "float32": 2e-4, "float64": 1e-7}
"""Relative to the largest number: of digits another test takes care."""

CHOSEN = words("histc histogram kthvalue unique_consecutive")
"""Functions some of whose numbers are anybody's choice: the bin of a number on its edge, the place of one of
equals."""

UNCOUNTED = words("unique_consecutive")
"""Functions whose further results PyTorch leaves empty where one alone of them is asked for."""

LIMITS = {"gelu": 0, "softsign": 1, "mish": 0, "silu": 0}
LIMITS |= dict.fromkeys(("bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1"), 0)
"""The magnitude that these functions have at an infinity, where PyTorch has NaN."""

UNWRITTEN = words(
    """
    empty empty_like new_empty new resize_ empty_strided empty_permuted new_empty_strided
    """
)
"""Functions whose result has no numbers yet."""

KINKED = words(
    "sinc elu selu celu prelu copysign smooth_l1_loss huber_loss xlogy entr addcdiv logaddexp logaddexp2 fmod"
)
"""Functions whose second derivatives at a kink, or at a pole of a part, are anybody's."""

BEYOND = 1e25
"""Slopes that are as good as infinite."""

INFINITE = words(
    """
    std_mean var_mean group_norm hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l
    legendre_polynomial_p
    """
)
"""Functions that are infinite beside an infinity, where PyTorch, by way of a variance, two products or a
recurrence, comes to the difference of two infinities."""

UNCHECKED = words(
    """
    [] addbmm baddbmm batch_norm bmm cholesky cummax cummin gather gumbel_softmax log_softmax lu
    lu_factor randn randn_like softmax softmin take_along_dim
    """
)
"""Functions that PyTorch calls with arguments of any kind where there is nothing to compute: nobody looks at
the dtype or the dimension then."""

UNSIGNED = words(
    """
    svd eigh pca_lowrank svd_lowrank eig
    """
)
"""Functions whose vectors have signs that are anybody's."""


class Difference(NamedTuple):
    """One way in which the first library differs from the second."""

    kind: str
    """What differs: ``value``, ``dtype``, ``shape``, ``gradient``, ``second``, ``modified``, ``shared``,
    ``refused`` (an error of the first one alone), ``accepted`` (of the second one alone), ``error`` (of
    another
    class), ``crash`` (of a class that nobody raises on purpose)."""
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def kind_of(error: Exception) -> str:
    """The kind of an error, as far as kinds are told apart."""
    names = [kind.__name__ for kind in type(error).__mro__]
    found = next((kind for kind in KINDS if kind in names), type(error).__name__)
    return SAME.get(found, found)


LACKING = (
    "not implemented for",
    "INTERNAL ASSERT",
    "not supported for",
    "is not implemented",
    "returned an invalid gradient",
    "is not differentiable with respect to",
    "has been modified by an inplace operation",
    "not currently supported",
)
"""What an error says where PyTorch has no kernel or no derivative, where an internal check fails, or where
a write into what the gradient needs is an error: here a node keeps what it needs."""


def _lacks_kernel(error: Exception) -> bool:
    """Whether an error only says that PyTorch can't, and not that one shouldn't."""
    text = str(error)
    return any(part in text for part in LACKING)


def _is_parser(error: Exception) -> bool:
    """Whether PyTorch's parser of arguments refuses a call, or what Python makes of one: functions here take
    what they can compute with, and tell of what they can't in the order of their own checks."""
    return isinstance(error, (TypeError, AttributeError)) or "Boolean value of Tensor" in str(error)


def _close(mine: Any, theirs: Any, dtype: str) -> bool:
    a, b = np.asarray(mine, np.float64), np.asarray(theirs, np.float64)
    if dtype not in TOLERANCES:
        return bool((np.asarray(mine) == np.asarray(theirs)).all())
    both = np.isfinite(a) & np.isfinite(b)
    if not both.all():
        odd = ~both
        same = (a[odd] == b[odd]) | (np.isnan(a[odd]) & np.isnan(b[odd]))
        if dtype != "float16" and not same.all():
            return False
        a, b = np.where(both, a, 0), np.where(both, b, 0)
    if not a.size:
        return True
    return bool(np.abs(a - b).max() <= TOLERANCES[dtype] * (1 + np.abs(b).max()))


def _precision(call: Call, dtype: str) -> str:
    """The coarsest floating-point dtype of a call."""
    kinds = [made.dtype for made in call.made if made.dtype in FLOATS] + [dtype]
    kinds += [kind for kind in FLOATS if f"torch.{kind}" in call.statement()]
    kinds += ["float32"] if call.door.base == "hardsigmoid" else []  # whose sixth is a float32 in PyTorch
    return next((kind for kind in ("float16", "float32", "float64") if kind in kinds), dtype)


def _kind_of_number(call: Call) -> str:
    """Where the elements of a tensor lie counts where it has some."""
    nothing = any(0 in made.seen for made in call.made)
    name = call.door.name
    return "stride" if name == "stride" or (name == "storage_offset" and nothing) else "value"


def _results(call: Call, mine: Any, theirs: Any) -> list[Difference]:
    if isinstance(mine, tuple) and not isinstance(mine, Seen):
        if not isinstance(theirs, tuple) or len(mine) != len(theirs):
            return [Difference("value", f"{len(mine)} parts, not {theirs!r}")]
        return [d for a, b in zip(mine, theirs, strict=True) for d in _results(call, a, b)]
    if not isinstance(mine, Seen) or not isinstance(theirs, Seen):
        same = mine == theirs or (
            isinstance(mine, float)
            and isinstance(theirs, (int, float))
            and (math.isclose(mine, theirs, rel_tol=1e-4) or (math.isnan(mine) and math.isnan(theirs)))
        )
        return (
            []
            if same or call.door.name in ("hash()", "repr()", "iter()", "reversed()")
            else [Difference(_kind_of_number(call), f"{mine!r}, not {theirs!r}")]
        )
    found = []
    if mine.dtype != theirs.dtype:
        found.append(Difference("dtype", f"{mine.dtype}, not {theirs.dtype}"))
    if mine.array.shape != theirs.array.shape:
        if call.door.name in UNCOUNTED:
            return found
        return [*found, Difference("shape", f"{mine.array.shape}, not {theirs.array.shape}")]
    if call.door.base in UNSIGNED:
        mine, theirs = mine._replace(array=np.abs(mine.array)), theirs._replace(array=np.abs(theirs.array))
    limit = LIMITS.get(call.door.name)
    if limit is not None and (np.abs(mine.array[np.isnan(theirs.array)]) == limit).all():
        theirs = theirs._replace(array=np.where(np.isnan(theirs.array), mine.array, theirs.array))
    if call.door.name in INFINITE and np.isinf(mine.array[np.isnan(theirs.array)]).all():
        theirs = theirs._replace(array=np.where(np.isnan(theirs.array), mine.array, theirs.array))
    if call.door.name not in UNWRITTEN | CHOSEN and not _close(
        mine.array, theirs.array, _value_dtype(call, theirs.dtype)
    ):
        found.append(Difference("value", f"{_told(mine.array)}, not {_told(theirs.array)}"))
    if mine.wants and not theirs.wants:
        found.append(Difference("wants", "a gradient, where it has none"))
    if _owners(mine) != _owners(theirs) and theirs.array.size and mine.array.size:
        found.append(
            Difference("shared", f"memory of {mine.shows or 'its own'}, not {theirs.shows or 'its own'}")
        )
    if mine.strides != theirs.strides and (theirs.shows or not theirs.array.size):
        found.append(Difference("stride", f"{mine.strides}, not {theirs.strides}"))
    return found


def _owners(seen: Seen) -> str:
    """Whose memory it shows; whether it is that tensor itself is nobody's promise."""
    return seen.shows.partition(",")[0]


def _value_dtype(call: Call, dtype: str) -> str:
    return _precision(call, dtype) if dtype in FLOATS else dtype


def _told(array: Any) -> str:
    text = np.array2string(np.asarray(array), separator=", ", threshold=20, precision=6)
    return " ".join(text.split())


def _of_gradients(call: Call, kind: str, mine: Any, theirs: Any) -> list[Difference]:
    if isinstance(mine, Exception) or isinstance(theirs, Exception):
        if isinstance(mine, Exception) and isinstance(theirs, Exception):
            return []
        if isinstance(theirs, Exception):
            return []  # PyTorch has no derivative, or a write into what it needs stopped it
        if kind_of(mine) == "RuntimeError" and not _all_finite(theirs):
            return []  # such as the inverse of a singular factor
        what = f"{kind}: {_said(mine)}, not {_said(theirs)}"
        return [Difference("refused" if isinstance(mine, Exception) else "accepted", what)]
    if theirs is None or (mine is None and kind == "second"):
        return []  # nobody has them, or another difference already says why
    if mine is None:
        mine = (None,) * len(theirs)
    found = []
    for a, b in zip(mine, theirs, strict=True):
        if a is None and b is None:
            continue
        dtype = (a or b)[0].removeprefix("torch.")
        first = np.zeros_like(b[1]) if a is None else a[1]
        second = np.zeros_like(a[1]) if b is None else b[1]
        if first.shape == second.shape:  # where PyTorch's slope is NaN, it knows none
            second = np.where(np.isnan(second), first, second)
            # nor at a pole that a sine of a rounded pi has missed
            second = np.where(np.isinf(first) & (np.abs(second) > BEYOND), first, second)
        if first.shape != second.shape or not _close(first, second, _precision(call, dtype)):
            found.append(Difference(kind, f"{_told(first)}, not {_told(second)}"))
    return found


def _all_finite(slopes: Any) -> bool:
    return all(g is None or np.isfinite(g[1]).all() for g in slopes or ())


def _where_first_exists(call: Call, mine: Outcome, theirs: Outcome) -> tuple[Any, Any]:
    """The second derivatives, where the first ones are all finite."""
    first = theirs.first
    if call.door.base in KINKED or any(made.dtype == "float16" for made in call.made):
        return None, None
    if isinstance(first, tuple) and _all_finite(first):
        return mine.second, theirs.second
    return None, None


def _said(outcome: Any) -> str:
    return f"{type(outcome).__name__}: {str(outcome)[:150]}" if isinstance(outcome, Exception) else "a result"


def _has_nothing(call: Call, outcome: Outcome) -> bool:
    """Whether there is nothing to compute in a call."""
    result = outcome.result
    return any(0 in m.seen for m in call.made) or (isinstance(result, Seen) and not result.array.size)


def differences(call: Call, mine: Outcome, theirs: Outcome) -> list[Difference]:
    """Where the outcomes of ``call`` differ, the worst first."""
    if not mine.prepared or not theirs.prepared:
        if mine.prepared == theirs.prepared or (theirs.error is not None and _lacks_kernel(theirs.error)):
            return []
        return [Difference("prepared", f"{_said(mine.error)}, not {_said(theirs.error)}")]
    if mine.error is not None:
        kind = kind_of(mine.error)
        if theirs.error is None and call.door.base in UNCHECKED and _has_nothing(call, theirs):
            return []
        if theirs.error is None:
            return [Difference("refused", f"{_said(mine.error)}; {theirs.kind}")]
        if kind not in KINDS:
            return [Difference("crash", f"{_said(mine.error)}, not {_said(theirs.error)}")]
        if kind != kind_of(theirs.error) and not _lacks_kernel(theirs.error) and not _is_parser(theirs.error):
            return [Difference("error", f"{_said(mine.error)}, not {_said(theirs.error)}")]
        return []  # what PyTorch has written until then is nobody's promise
    if theirs.error is not None:
        if _lacks_kernel(theirs.error) or _is_parser(theirs.error):
            return []
        return [Difference("accepted", f"not {_said(theirs.error)}")]
    found = (
        _results(call, mine.result, theirs.result)
        if mine.kind == theirs.kind
        else [Difference("result", f"{mine.kind}, not {theirs.kind}")]
    )
    if not found or all(d.kind in ("shared", "stride") for d in found):
        found += _unchanged(call, mine, theirs)
        found += _of_gradients(call, "gradient", mine.first, theirs.first)
        if not found:
            found += _of_gradients(call, "second", *_where_first_exists(call, mine, theirs))
    return found


def _unchanged(call: Call, mine: Outcome, theirs: Outcome) -> list[Difference]:
    if call.door.name in UNWRITTEN:
        return []
    for a, b in zip(mine.after, theirs.after, strict=False):
        if a.shape != b.shape or not _close(a, b, _value_dtype(call, str(b.dtype))):
            return [Difference("modified", f"an argument is {_told(a)} afterwards, not {_told(b)}")]
    return []


NUMERIC = words("value gradient second modified")
"""Kinds of differences between numbers."""


def _is_rounding(call: Call, theirs: Any, outcome: Outcome) -> bool:
    """Whether ``theirs`` answers differently from its ``outcome`` where the numbers that it is given are
    moved by some units in their last place.

    Then both are right as far as anybody can be: a quotient beside a whole number is rounded to either side,
    a matrix is singular but for its last digits, of a slope nothing is left but what was rounded away.
    """
    for step in (1, -1, 3, -3, 9, -9):
        moved = call._replace(made=tuple(made.moved(step) for made in call.made))
        if any(d.kind in NUMERIC for d in differences(moved, run(moved, theirs), outcome)):
            return True
    return False


def compare(call: Call, mine: Any, theirs: Any) -> list[Difference]:
    """Where ``call`` in the library ``mine`` differs from what it does in ``theirs``, but for roundings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome = run(call, theirs)
        found = differences(call, run(call, mine), outcome)
        if any(d.kind in NUMERIC for d in found) and _is_rounding(call, theirs, outcome):
            return [d for d in found if d.kind not in NUMERIC]
        return found
