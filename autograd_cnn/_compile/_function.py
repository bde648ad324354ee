"""``compile``: a function as one whose operators may wait for each other."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypedDict, TypeVar, Unpack, overload

from .._engine.modes import state
from ..ops import kernels
from ._call import Call, plain, prepare
from ._report import Report

_Model = TypeVar("_Model", bound=Callable[..., Any])


made_for: dict[type, Callable[[Any, "Runner"], Any]] = {}
"""What is made of a model of some class, where that is no function."""


class _Options(TypedDict, total=False):
    fullgraph: bool
    dynamic: bool | None
    backend: Any
    mode: str | None
    options: dict[str, Any] | None
    name: str | None
    disable: bool
    recompile_limit: int | None
    isolate_recompiles: bool
    shapes_spec: Any


@overload
def compile(model: _Model, **options: Unpack[_Options]) -> _Model: ...
@overload
def compile(model: None = None, **options: Unpack[_Options]) -> Callable[[_Model], _Model]: ...
def compile(
    model: Callable[..., Any] | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
    isolate_recompiles: bool = False,
    shapes_spec: Any = None,
) -> Any:
    """``model``, a function or a module, with chains of its operators run as one loop, forward and backward.
    Also a decorator.

    Python runs at each call: what the function reads, decides and writes is what it is without ``compile``.
    Operators that formulas know (elementwise ones, broadcasts, sums and maxima along rows, softmax,
    activations) wait until somebody looks at a result, and run together with what nobody holds any more. They
    wait in float32 on the host, from a thousand elements on; other operators run at once.
    ``compiled.explain()`` says what became of the calls. A module comes back as one whose ``_orig_mod`` it
    is, as in PyTorch. What a fused loop keeps for the backward pass is its operands: written in place before
    that, they are an error there.

    With ``disable=True``, or PyTorch's ``backend="eager"``, it is ``model`` itself; PyTorch's other options
    are taken.
    """
    given = {"backend": backend, "disable": disable}
    if model is None:
        return functools.partial(compile, **given)
    if disable or backend == "eager":
        return model
    run = _runner()
    make = next((make for kind, make in made_for.items() if isinstance(model, kind)), _function)
    return make(model, run)


class Runner:
    """Calls functions with their operators waiting, and counts."""

    report: Report

    def __init__(self) -> None:
        self.report = Report()

    def __call__(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        report, mode = self.report, state.get()
        report.calls += 1
        if isinstance(mode.ahead, Call):
            return function(*args, **kwargs)  # a part of another compiled function
        reason = _reason(mode)
        if reason:
            report.as_written[reason] += 1
            return function(*args, **kwargs)
        with Call(report):
            return function(*args, **kwargs)


def _runner() -> Runner:
    prepare()
    return Runner()


def _reason(mode: Any) -> str:
    """Why a call in this mode lets nothing wait."""
    if mode.ahead is not None:
        return "autocast chooses the dtypes"
    if not plain(mode):
        return "somebody watches, hooks or transforms what operators do, or fusion is off"
    return "" if kernels.loaded() is not None else "there are no compiled kernels: install the extra 'fast'"


def _function(function: Callable[..., Any], run: Runner) -> Any:
    def compiled(*args: Any, **kwargs: Any) -> Any:
        return run(function, *args, **kwargs)

    pauses = (
        inspect.isgeneratorfunction(function)
        or inspect.iscoroutinefunction(function)
        or inspect.isasyncgenfunction(function)
    )
    if pauses:  # its body runs after the call

        def compiled(*args: Any, **kwargs: Any) -> Any:
            run.report.as_written["its body pauses: a generator or a coroutine"] += 1
            return function(*args, **kwargs)

    if hasattr(function, "__name__"):
        functools.update_wrapper(compiled, function)
    compiled.explain = lambda: run.report  # type: ignore[attr-defined]  # a function's attribute
    return compiled
