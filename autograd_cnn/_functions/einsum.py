"""einsum in its whole generality, brought to diagonals, sums, and contractions of two operands."""

from collections.abc import Sequence
from types import EllipsisType
from typing import Any, SupportsIndex, TypeAlias, overload

from .. import ops
from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from ..ops import _einsum as primitives
from ._arguments import names_arguments
from .conversion import in_own_memory
from .reduction import summable

__all__ = ["einsum"]

_Letters: TypeAlias = Sequence[SupportsIndex | EllipsisType]
"""The letters of an operand as numbers."""

# the letters that stand for the dimensions of an ellipsis begin here, beyond any that can be written
_DOTS = 0x1000


@overload
def einsum(equation: str, *operands: Handle[T]) -> T: ...
@overload
def einsum(equation: str, operands: Sequence[Handle[T]], /) -> T: ...
@overload
def einsum(first: Handle[T], letters: _Letters, /, *others: Handle[T] | _Letters) -> T: ...
@names_arguments
def einsum(equation: Any, *operands: Any) -> Any:
    """Sums of products named by letters, such as ``"bij,bjk->bik"``.

    Any number of operands; a letter twice in one operand takes the diagonal; ``...`` broadcasts; without
    ``->`` the result has the letters that occur once, in alphabetical order. Also ``einsum(x, [0, 1], y, [1,
    2], [0, 2])``.
    """
    if not operands:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand "
            "and its "
            "subscripts list"
        )
    if not isinstance(equation, str):
        equation, operands = _from_sublists(equation, operands)
    tensors = (
        list(operands[0]) if len(operands) == 1 and isinstance(operands[0], (tuple, list)) else list(operands)
    )
    words, result = _read(equation.replace(" ", ""), tensors)
    sizes = _sizes(words, tensors, equation)
    if len(tensors) == 1 and set(words[0]) == set(result):
        return _turned(*_without_ones(*_diagonal(tensors[0], words[0]), sizes), result)  # a view
    if len(tensors) == 1:
        tensors = [summable(tensors[0], None)]  # also where an axis of size 1 needs no sum
    return in_own_memory(_contracted(tensors, words, result, sizes), *tensors)


@in_single
def _contracted(tensors: list[Any], words: list[str], result: str, sizes: dict[str, int]) -> Any:
    """The sum of products of ``tensors``, whose axes are named by ``words``."""
    terms = [_without_ones(*_diagonal(x, word), sizes) for x, word in zip(tensors, words, strict=True)]
    x, word = terms[0]
    for i, (y, other) in enumerate(terms[1:], 1):
        later = "".join(dict.fromkeys(result + "".join(w for _, w in terms[i + 1 :])))
        x, word = _contract(x, word, y, other, later)
    return _turned(*_summed(x, word, set(result)), result)


def _turned(x: Any, word: str, result: str) -> Any:
    """``x`` with its axes in the order of ``result``."""
    missing = [c for c in result if c not in word]  # every operand has size 1 there
    x = ops.reshape(x, shape=(*x.shape, *[1] * len(missing)))
    word += "".join(missing)
    return ops.transpose(x, axes=tuple(word.index(c) for c in result))


def _from_sublists(first: Any, rest: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """The form with lists of numbers, as an equation."""
    args = (first, *rest)

    def letters(numbers: Sequence[Any]) -> str:
        return "".join(
            "..." if n is Ellipsis else chr(ord("A") + n if n < 26 else ord("a") + n - 26) for n in numbers
        )

    words = ",".join(letters(word) for word in args[1 : len(args) // 2 * 2 : 2])
    result = "->" + letters(args[-1]) if len(args) % 2 else ""
    return words + result, args[: len(args) // 2 * 2 : 2]


def _read(equation: str, tensors: list[Operand]) -> tuple[list[str], str]:
    """The letters of each operand and of the result, an ellipsis as letters of its own."""
    left, arrow, right = equation.partition("->")
    words = left.split(",")
    if len(words) != len(tensors):
        raise RuntimeError(
            "einsum(): more operands were provided than specified in the equation or fewer: "
            f"{equation!r} names {len(words)}, got {len(tensors)}"
        )
    dots = 0
    for x, word in zip(tensors, words, strict=True):
        named = len(word.replace("...", ""))
        if not word.replace("...", "").isalpha() and named:
            raise RuntimeError(
                f"einsum(): invalid subscript given in {equation!r}, subscripts must be in [a-zA-Z]"
            )
        if named > x.ndim or (named < x.ndim and "..." not in word):
            raise RuntimeError(
                f"einsum(): the number of subscripts in {word!r} of {equation!r} does not match the "
                f"number of dimensions ({x.ndim}) of its operand"
            )
        if "..." in word:
            dots = max(dots, x.ndim - named)
    every = "".join(chr(_DOTS + i) for i in range(dots))
    full = [
        word.replace("...", every[dots - (x.ndim - len(word) + 3) :] if x.ndim - len(word) + 3 else "")
        for x, word in zip(tensors, words, strict=True)
    ]
    if arrow:
        result = right.replace("...", every)
    else:
        joined = left.replace(",", "").replace("...", "")
        result = every + "".join(sorted(c for c in set(joined) if joined.count(c) == 1))
    if len(set(result)) != len(result) or set(result) - set("".join(full)):
        raise RuntimeError(
            f"einsum(): the result of {equation!r} must name each letter once, and only letters of "
            "the operands"
        )
    return full, result


def _sizes(words: list[str], tensors: list[Operand], equation: str) -> dict[str, int]:
    """The size of each letter; 1 gives way to any other."""
    sizes: dict[str, int] = {}
    for x, word in zip(tensors, words, strict=True):
        for c, n in zip(word, x.shape, strict=True):
            if sizes.setdefault(c, n) == 1:
                sizes[c] = n
            elif n not in (1, sizes[c]):
                raise RuntimeError(
                    f"einsum(): operands do not broadcast with remapped shapes: {c!r} of {equation!r} "
                    f"is {sizes[c]} and {n}"
                )
    return sizes


def _diagonal(x: Operand, word: str) -> tuple[Operand, str]:
    """Without letters that occur twice: their diagonal is taken."""
    for c in dict.fromkeys(word):
        while word.count(c) > 1:
            first = word.index(c)
            second = word.index(c, first + 1)
            if x.shape[first] != x.shape[second]:
                raise RuntimeError(
                    f"einsum(): subscript {c} is repeated for an operand but the sizes don't match, "
                    f"{x.shape[second]} != {x.shape[first]}"
                )
            x = ops.diagonal(x, axis1=first, axis2=second)
            word = word[:first] + word[first + 1 : second] + word[second + 1 :] + c
    return x, word


def _without_ones(x: Operand, word: str, sizes: dict[str, int]) -> tuple[Operand, str]:
    """Without the letters in which this operand has size 1 and so repeats itself."""
    kept = [i for i, n in enumerate(x.shape) if n != 1]
    if len(kept) == len(word):
        return x, word
    return ops.reshape(x, shape=tuple(x.shape[i] for i in kept)), "".join(word[i] for i in kept)


def _summed(x: Operand, word: str, wanted: set[str]) -> tuple[Operand, str]:
    """Summed over the letters nobody wants any more."""
    axes = tuple(i for i, c in enumerate(word) if c not in wanted)
    return (
        (ops.sum(summable(x, None), axis=axes), "".join(c for c in word if c in wanted))
        if axes
        else (x, word)
    )


def _contract(x: Operand, word: str, y: Operand, other: str, later: str) -> tuple[Operand, str]:
    """One operand of two: summed over the letters that neither the result nor a later operand names. The
    others come in the order in which the result wants them."""
    x, word = _summed(x, word, set(later + other))
    y, other = _summed(y, other, set(later + word))
    result = "".join(c for c in later if c in word or c in other)
    return primitives.einsum(x, y, spec=f"{word},{other}->{result}"), result
