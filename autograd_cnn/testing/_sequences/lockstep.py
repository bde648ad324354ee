"""Running a sequence in two libraries at once, and comparing them after each step."""

import copy
import functools
import re
import warnings
from collections.abc import Iterable
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from .definitions import DEFINITIONS, needed
from .drawing import array_of, strides

ERRORS = (NotImplementedError, IndexError, TypeError, ValueError, RuntimeError, AttributeError)

EXACT, LOOSE = 1e-7, 2e-3
"""Tolerances, relative to the largest value: operators differ in their last digits, and a second derivative
in more; ``LOOSE`` where float32 has been in use."""

_TENSOR = re.compile(r"\bv\d+\b")
MODE = re.compile(r"^with .*?\): (?=[a-z]+\d*\b)")
"""The mode that a step runs under."""
_ASSIGNED = re.compile(r"((?:v\d+(?:, )?)+) = ")


_PASS = re.compile(r"\[?((?:v\d+(?:, )?)+)\]? = torch\.autograd\.grad\(")

_RELAID = re.compile(r"\b(v\d+)\.(?:view\(|reshape|flatten|ravel|contiguous|as_strided)")


class Mismatch(NamedTuple):
    """Where two libraries part."""

    step: int
    kind: str
    """``error``, ``value``, ``grad``, ``flags``, ..."""
    said: str

    @property
    def way(self) -> str:
        """What it has in common with others of its kind."""
        return self.kind if self.kind != "error" else re.sub(r"v?\d+", "", self.said)[:90]


@functools.lru_cache(1000)
def code_of(text: str) -> Any:
    """``text``, compiled."""
    return compile(text, "<sequence>", "exec")


class Run:
    """A sequence in one library: the names that its steps have filled."""

    def __init__(self, library: Any) -> None:
        import_module(f"{library.__name__}.utils.checkpoint")  # libraries leave it to those who use it
        self.names: dict[str, Any] = {"torch": library, "copy": copy, "seen": [], "heard": []}

    def step(self, text: str) -> Exception | None:
        """Run one step; the error that it raises."""
        try:
            for name in needed(text):
                if name not in self.names:
                    exec(code_of(DEFINITIONS[name]), self.names)
            exec(code_of(text), self.names)
        except Exception as error:  # noqa: BLE001 - any error is an outcome to compare
            return error
        return None

    def forget(self) -> None:
        """Drop what a pass that failed has left: which hooks have run depends on the order."""
        self.names["heard"] = []
        for tensor in self.tensors().values():
            if tensor is not None:
                tensor.grad = None

    def tensors(self) -> dict[str, Any]:
        """The tensors, by name."""
        return {n: t for n, t in self.names.items() if n[0] == "v" and n[1:].isdigit()}


def kind_of(error: Exception | None) -> str:
    """The class of an error, as far as PyTorch's users tell them apart."""
    if error is None:
        return "no error"
    return next((kind.__name__ for kind in ERRORS if isinstance(error, kind)), type(error).__name__)


def close(ours: Any, theirs: Any, bound: float) -> bool:
    """Whether two arrays are equal up to rounding."""
    if ours.shape != theirs.shape:
        return False
    if ours.dtype.kind != "f":
        return bool((ours == theirs).all())
    finite = np.isfinite(theirs)
    scale = 1.0 + np.abs(theirs[finite]).max(initial=0.0)
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    with np.errstate(invalid="ignore"):
        return bool((same | (finite & (np.abs(ours - theirs) <= bound * scale))).all())


def flags_of(tensor: Any) -> tuple[bool, bool] | str:
    """What autograd knows of a tensor, or the error that PyTorch raises where that is asked."""
    try:
        return tensor.requires_grad, tensor.is_leaf
    except RuntimeError as error:
        return kind_of(error)


def lockstep(steps: Iterable[str], ours: Run, theirs: Run) -> Mismatch | None:
    """Run each step in both libraries; the first difference."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bound = EXACT
        for number, text in enumerate(steps):
            bound = LOOSE if "float32" in text else bound
            for name in _RELAID.findall(text):
                mine, t = (run.names.get(name) for run in (ours, theirs))
                if mine is not None and t is not None and strides(mine) != strides(t):
                    return None  # PyTorch asks not to rely on which of these copy
            errors = ours.step(text), theirs.step(text)
            if any(isinstance(error, NameError) for error in errors):
                return None  # what a sequence became while it was shrunk
            if "INTERNAL ASSERT" in str(errors[1]):
                return None  # PyTorch asks to report a bug
            if errors[0] is None and "modified by an inplace operation" in str(errors[1]):
                return None  # by the whole block of memory; whether the number is right, ``slopes`` asks
            if errors[0] is None and "is the output of a function that returns multiple views" in str(
                errors[1]
            ):
                return None  # refused by the whole block of memory, too
            missing = errors[1] is None and "modified by an inplace operation" in str(errors[0])
            if missing and _is_zero(text, theirs):
                return None  # what is zero leads nowhere in PyTorch; here on to a pass that is refused
            if "once_differentiable" in str(errors[0]) and errors[1] is None:
                return None  # PyTorch takes what it saved for a constant, without a word
            if None not in errors and "backward(" in text:
                return None  # a pass that failed has added some gradients in PyTorch, and none here
            if None not in errors and "autograd.grad" in text:
                for run in (ours, theirs):
                    run.forget()
            mismatch = _compared(number, text, errors, ours, theirs, bound)
            if mismatch is not None:
                return mismatch
    return None


def _is_zero(text: str, run: Run) -> bool:
    """Whether the gradients that a step has named are all zero, or None."""
    found = _PASS.match(text)
    values = [run.names.get(name) for name in _TENSOR.findall(found.group(1))] if found else [run]
    return all(value is None or (value is not run and not array_of(value).any()) for value in values)


def _compared(
    number: int,
    text: str,
    errors: tuple[Exception | None, Exception | None],
    ours: Run,
    theirs: Run,
    bound: float,
) -> Mismatch | None:
    kinds = [kind_of(error) for error in errors]
    if kinds[0] != kinds[1]:
        mine, others = (
            f"{name}: {str(e).partition(chr(10))[0]}" for name, e in zip(kinds, errors, strict=True)
        )
        return Mismatch(number, "error", f"here {mine} | PyTorch {others}")
    tensors, gradient = ours.tensors(), "autograd.grad" in text
    text = MODE.sub("", text).rpartition("grad_fn; ")[2]
    found = _ASSIGNED.match(text)
    fresh = found.group(1).split(", ") if found else _TENSOR.findall(text)[:1]
    for name, t in theirs.tensors().items():
        kind, said = _of_tensors(
            tensors.get(name),
            t,
            flags=name in fresh and not gradient,
            grad="grad" in text or "backward" in text,
            named=True,
            bound=bound,
        )
        if kind:
            return Mismatch(number, kind, f"{name}: {said}")
    if ours.names["seen"] != theirs.names["seen"]:
        return Mismatch(
            number, "flags", f"seen here {ours.names['seen'][-1]}, in PyTorch {theirs.names['seen'][-1]}"
        )
    if sorted(ours.names["heard"]) != sorted(theirs.names["heard"]):
        return Mismatch(
            number, "hooks", f"heard here {ours.names['heard']}, in PyTorch {theirs.names['heard']}"
        )
    return None


def _of_tensors(
    mine: Any, t: Any, bound: float, flags: bool = False, grad: bool = False, named: bool = False
) -> tuple[str, str]:
    """The kind of difference between two tensors and what it is; empty where there is none."""
    if mine is None or t is None:
        zero = mine is not t and named and not array_of(t if mine is None else mine).any()
        return ("", "") if mine is t or zero else ("none", f"here {_short(mine)}, in PyTorch {_short(t)}")
    if str(mine.dtype) != str(t.dtype):
        return "dtype", f"here {mine.dtype}, in PyTorch {t.dtype}"
    a, b = array_of(mine), array_of(t)
    if a.shape != b.shape:
        return "shape", f"here {a.shape}, in PyTorch {b.shape}"
    if a.tobytes() != b.tobytes() and not close(a, b, bound):
        return "value", f"here {a.tolist()}, in PyTorch {b.tolist()}"
    if flags:
        now, there = flags_of(mine), flags_of(t)
        if now != there:
            return "flags", f"(requires_grad, is_leaf) here {now}, in PyTorch {there}"
    if grad:
        kind, said = _of_tensors(mine._grad, t._grad, bound)  # a look at .grad asks whether it is a leaf
        return ("grad " + kind, ".grad " + said) if kind else ("", "")
    return "", ""


def _short(tensor: Any) -> str:
    return "None" if tensor is None else str(array_of(tensor).tolist())
