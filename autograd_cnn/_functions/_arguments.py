"""What a public function says of an argument that is no Tensor: its name, its place and its type, as PyTorch
does.

Functions ask an argument for its shape or its array without looking at its type first, for that would cost
every call. Where the argument has none, an AttributeError comes from inside; at the way out it becomes a
TypeError that names the argument. So does what Python and NumPy say where they cannot compare, iterate or
compute with it.
"""

import functools
import inspect
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from .._devices.failures import UNFILLED, unfilled
from .._engine.handle import Handle
from .._engine.source import stacklevel
from ..ops._errors import scalar_type

F = TypeVar("F", bound=Callable[..., Any])
S = TypeVar("S", bound=Handle[Any])

_INNER = (bool, int, float, complex, str, bytes, tuple, list, dict, set, range, np.ndarray, type(None))

_UNFIT = re.compile(
    "not supported between instances|unsupported operand|bad operand type|object is not|cannot "
    "unpack non-|^Cannot cast|could not convert|^can't multiply"
)
"""What Python and NumPy say of a value they cannot work with, mostly with the name of its type in quotes."""

_NAMED = re.compile(r"argument '(\w+)'(?= must be)")
"""How an error begins that knows the argument and not the function."""

_OPERAND = re.compile(r"^\w+\(\): argument ('\w+' )?\(position \d+\) must be Tensor, not (\w+)$")
"""What a primitive says of its operands, by their own names."""

UNFIT = (AttributeError, TypeError, *UNFILLED)
"""The errors that :func:`answer` is to be asked about."""


DECORATED = "_decorated"
"""Under this name a decorated function knows its decorator, and itself: other decorators copy both."""


def _no_tensor(given: dict[str, Any], wrong: object) -> str | None:
    """What to say of ``wrong``, which was asked for what only a Tensor has; None where that was not the
    caller's."""
    for place, (parameter, value) in enumerate(given.items(), 1):
        said = f"argument '{parameter}' (position {place}) must be"
        if value is wrong:
            takes = "a number, or a tuple of them" if hasattr(value, "_node") else "Tensor"
            return f"{said} {takes}, not {type(value).__name__}"
        if isinstance(value, (tuple, list)):
            for i, element in enumerate(value):
                if element is wrong:
                    kind = type(element).__name__
                    return f"{said} tuple of Tensors, but found element of type {kind} at pos {i}"
    if isinstance(wrong, _INNER):
        return f"expected a Tensor, but got {type(wrong).__name__}; use tensor(...) to make one"
    return None


def _unfit(given: dict[str, Any], defaults: Mapping[str, inspect.Parameter], text: str) -> str | None:
    """What to say of the first argument that is neither a Tensor nor its default, and of a type that the
    error's ``text`` names; None where there is none."""
    if not _UNFIT.search(text) or "argument" in text:
        return None
    for place, (parameter, value) in enumerate(given.items(), 1):
        kind = type(value).__name__
        is_named = (
            f"'{kind}'" in text
            or f" {kind} object" in text
            or (kind == "str" and ("<U" in text or repr(value) in text))
        )
        if is_named and not hasattr(value, "_node") and value is not defaults[parameter].default:
            return f"argument '{parameter}' (position {place}) must not be {kind}: {text}"
    return None


def _placed(signature: inspect.Signature, given: dict[str, Any], error: Exception) -> str | None:
    """What ``error`` says of an argument, with its place among the parameters; None where it names none."""
    if type(error) is TypeError and (operand := _OPERAND.match(str(error))):
        for place, (parameter, value) in enumerate(given.items(), 1):
            if type(value).__name__ == operand[2]:
                return f"argument '{parameter}' (position {place}) must be Tensor, not {operand[2]}"
    found = _NAMED.match(str(error)) if type(error) is TypeError else None
    names = list(signature.parameters)
    if found is None or found[1] not in names:
        return None
    return f"argument '{found[1]}' (position {names.index(found[1]) + 1}){str(error)[found.end() :]}"


def wrong_argument(
    function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], error: Exception
) -> Exception:
    """The TypeError for the argument of ``function`` that ``error`` came from; ``error`` itself where none
    did."""
    signature = inspect.signature(function)
    try:
        given = signature.bind(*args, **options).arguments
    except TypeError as misfit:
        return error if isinstance(error, TypeError) else TypeError(f"{function.__name__}() {misfit}")
    name = function.__name__
    if name == "forward":  # of a module, which the user calls by its class
        name = type(given.pop("self")).__name__
    if isinstance(error, AttributeError):
        said = _no_tensor(given, error.obj)
    else:
        said = _placed(signature, given, error) or _unfit(given, signature.parameters, str(error))
    return error if said is None else TypeError(f"{name}(): {said}")


OTHER_NAMES = {
    "axis": "dim",
    "keepdims": "keepdim",
    "x": "input",
    "a": "input",
    "x1": "input",
    "x2": "other",
    "input": "x A B L b",
    "input2": "L tau",
    "input3": "other",
    "self": "input",
    "other": "B tensor1 tensor2",
    "sections": "indices_or_sections",
    "indices": "indices_or_sections",
    "tensor_indices_or_sections": "indices_or_sections",
    "element": "elements",
    "test_element": "test_elements",
    "b": "B",
    "tensor": "tensor1 tensor2",
    "scalar": "tensor1 tensor2",
    "scalar1": "tensor1",
    "scalar2": "tensor2",
}
"""What else an argument is called, by NumPy or in one of the forms that PyTorch's parser takes (it says
``hsplit(input, sections)`` and ``hsplit(input, indices)``, and its documentation neither), and what it may be
called here: the first parameter that is one of these, and is not given, is meant."""


def own_names(known: Collection[str], given: Collection[str], placed: int = 0) -> dict[str, str]:
    """What the arguments that are ``given`` by name are called among the parameters that are ``known``, of
    which the first so many are ``placed``: given by position.

    The table is one for all functions: some names are taken here that PyTorch has for another function only.
    """
    own = {name: name for name in given if name in known}
    for name in given:
        if name not in own:
            meant = OTHER_NAMES.get(name, "").split()
            left = list(known)[placed:]
            own[name] = next((n for n in left if n in meant and n not in own.values()), name)
    return own


def takes_other_names(function: Any) -> bool:
    """Whether it takes its arguments by :data:`OTHER_NAMES` too: it is decorated here, or calls what is."""
    return hasattr(function, DECORATED)


_FACTORS = ("beta", "alpha", "value")
"""Numbers that PyTorch takes by name, and before took by position, each before the tensor it multiplies."""


def is_number(value: object) -> bool:
    """Whether it is a number of Python's or NumPy's."""
    return isinstance(value, (bool, int, float, np.generic))


def warn_of_older(name: str, order: str) -> None:
    """PyTorch's warning for a call with numbers in an older ``order``."""
    warnings.warn(
        f"This overload of {name} is deprecated:\n\t{name}({order})\nConsider using one of the following "
        f"signatures instead: with the numbers by name, {' or '.join(f'{n}=' for n in _FACTORS)}",
        UserWarning,
        stacklevel=stacklevel(),
    )


def _factor(value: Any) -> Any:
    """``value`` as a number where it is one, or a tensor without axes; else None."""
    if is_number(value):
        return value
    return value.array.item() if isinstance(value, Handle) and not value.ndim else None


def _in_present_order(
    known: Mapping[str, inspect.Parameter], args: tuple[Any, ...], options: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]] | None:
    """The arguments of ``addcmul(input, value, tensor1, tensor2)`` or ``addmm(beta, input, alpha, mat1,
    mat2)``, as they are given today: the tensors, and the numbers by name; None for another call.

    Numbers stand before and behind the first tensor (before it only ``beta``), all other tensors after them;
    a function that has ``*older`` takes numbers for these too.
    """
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    places = [name for name, p in known.items() if p.kind is kind and name not in options]
    names = [n for n in _FACTORS if n in known and known[n].kind is inspect.Parameter.KEYWORD_ONLY]
    count = len(args) - len(places)
    if not 0 < count <= len(names) or not options.keys().isdisjoint(names):
        return None
    first = int(names[0] == "beta" and _factor(args[0]) is not None)
    numbers = [_factor(value) for value in (*args[:first], *args[first + 1 : count + 1])]
    tensors = [args[first], *args[count + 1 :]]
    if None in numbers or is_number(tensors[0]) or ("older" not in known and any(map(is_number, tensors))):
        return None
    return tensors, dict(zip(names, numbers, strict=False))


def in_older_order(function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The result of a call that gives numbers by position, as PyTorch took them once, with its warning;
    NotImplemented for another call."""
    older = _in_present_order(inspect.signature(function).parameters, args, options)
    if older is None:
        return NotImplemented
    order = ", ".join("tensor" if _factor(arg) is None else "number" for arg in args)
    warn_of_older(function.__name__, order)
    return function(*older[0], **older[1], **options)


def members(values: Iterable[Any]) -> Iterator[Any]:
    """The values, and what lists and tuples among them hold."""
    for value in values:
        yield value
        if isinstance(value, (tuple, list)):
            yield from value


def answering(values: Iterable[Any]) -> list[Any]:
    """Those of ``values`` that are no Tensors and answer for themselves, by ``__torch_function__``."""
    return [v for v in values if not isinstance(v, Handle) and hasattr(type(v), "__torch_function__")]


def asked(
    function: Callable[..., Any], relevant: Iterable[Any], args: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    """What the first of the ``relevant`` arguments that answer for themselves makes of the call;
    NotImplemented where none does."""
    own = answering(relevant)
    types = tuple({type(value): None for value in own})
    for value in own:
        said = type(value).__torch_function__(function, types, args, options)
        if said is not NotImplemented:
            return said
    return NotImplemented


def _nobody_answers(
    function: Callable[..., Any], relevant: Iterable[Any], error: AttributeError
) -> Exception:
    """The error where arguments could have answered and did not; else ``error``."""
    kinds = [type(value).__name__ for value in answering(relevant)]
    if not kinds:
        return error
    return TypeError(
        f"no implementation found for '{function.__name__}' on types that implement __torch_function__: "
        f"[{', '.join(dict.fromkeys(kinds))}]"
    )


def answer(
    function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], error: Exception
) -> Any:
    """What a call of ``function`` is answered with that ended in ``error``: what an argument says that is no
    Tensor and answers for itself by ``__torch_function__``; where it names arguments by others of their
    names, or gives numbers in an older order, the result of the call that PyTorch asks for today.

    Raises what :func:`wrong_argument` makes of the error.
    """
    said = asked(function, members((*args, *options.values())), args, options)
    if said is NotImplemented:
        said = in_older_order(function, args, options)
    if said is not NotImplemented:
        return said
    known = inspect.signature(function).parameters
    own = own_names(known, options, len(args))
    named = {own[name]: value for name, value in options.items()}
    if named.keys() == options.keys() or not known.keys() >= named.keys() or len(named) < len(options):
        wrong = wrong_argument(function, args, options, error)
        if isinstance(wrong, AttributeError):
            wrong = _nobody_answers(function, members((*args, *options.values())), wrong)
        raise unfilled(function.__name__, wrong) from None
    return function(*args, **named)


def names_arguments(
    function: F, write: Callable[..., Any] | None = None, names: frozenset[str] = frozenset()
) -> F:
    """Let ``function`` say which of its arguments is no Tensor, and take other names of arguments
    (:data:`OTHER_NAMES`); ``write`` answers what is called with options of other ``names``."""

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except UNFIT as error:
            if write is None or names.isdisjoint(options):
                return answer(called, args, options, error)
        return write(*args, **options)

    called.__dict__[DECORATED] = (names_arguments, called)
    return called  # type: ignore[return-value]  # functools.wraps keeps the signature


def array_in(value: Any) -> Any:
    """The array of a tensor, or of what NumPy computes with: an array or a number. Of anything else an
    AttributeError, which becomes the TypeError of its argument; a list is no tensor."""
    known = isinstance(value, (np.ndarray, np.generic, bool, int, float))
    return np.asarray(value) if known else value.array


def floating(name: str, input: S, *others: str) -> S:
    """``input``, which must be of a floating-point type, or of one of the ``others``, by NumPy's names:
    results of integers would be cut off to integers."""
    dtype = input.array.dtype
    if dtype.kind != "f" and dtype.name not in others:
        raise NotImplementedError(
            f"\"{name}\" not implemented for '{scalar_type(dtype)}' ({input.dtype!r}); "
            "convert the input with .float()"
        )
    return input


def redecorated(
    function: Callable[..., Any], answer: Callable[..., Any], names: frozenset[str]
) -> Callable[..., Any] | None:
    """A ``function`` that is decorated here, with ``answer`` for calls with options of ``names``; None for
    another one."""
    decorator, itself = getattr(function, DECORATED, (None, None))
    if decorator is None or itself is not function:
        return None
    remade: Callable[..., Any] = decorator(
        inspect.unwrap(function, stop=lambda f: f is not function), answer, names
    )
    return remade
