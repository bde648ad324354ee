"""Activation checkpointing: keep a function's inputs instead of what its operators save, and run it again in
backward."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from enum import Enum
from typing import Any, NamedTuple, Self, TypeVar

from .._engine import memory, source
from .._engine.modes import SavedHooks, no_grad, state
from .._random.stream import default_stream
from .._tensor import Tensor, lift
from ..autograd.graph import saved_tensors_hooks
from ..func._tree import flatten
from ._reentrant import CheckpointFunction as CheckpointFunction
from ._reentrant import check_backward_validity as check_backward_validity
from ._reentrant import detach_variable as detach_variable
from ._reentrant import get_device_states as get_device_states
from ._reentrant import set_device_states as set_device_states

__all__ = [
    "SAC_IGNORED_OPS",
    "CheckpointError",
    "CheckpointFunction",
    "CheckpointPolicy",
    "DefaultDeviceType",
    "SelectiveCheckpointContext",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "create_selective_checkpoint_contexts",
    "detach_variable",
    "get_device_states",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
    "set_device_states",
]

Result = TypeVar("Result")


class CheckpointError(RuntimeError):
    """What is computed again differs from what was computed before."""


_settings: ContextVar[tuple[bool, bool]] = ContextVar("checkpoint", default=(True, False))
"""Whether a second run stops early, whether checkpoints say more in errors."""


@contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Choose whether the second run of what is checkpointed inside ends as soon as all that backward needs is
    there, which is the default."""
    token = _settings.set((enable, _settings.get()[1]))
    try:
        yield
    finally:
        _settings.reset(token)


@contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Accepted: errors name positions and shapes in any case."""
    token = _settings.set((_settings.get()[0], bool(enabled)))
    try:
        yield
    finally:
        _settings.reset(token)


class _EnoughError(Exception):
    """Ends a second run that has saved all that the first one did."""


class _Remembered(NamedTuple):
    """What is kept of a tensor that an operator inside saved: how it was, not what it was."""

    shape: tuple[int, ...]
    dtype: Any
    device: Any

    @classmethod
    def of(cls, tensor: Tensor) -> Self:
        return cls(tuple(tensor.shape), tensor.dtype, tensor.device)

    def __str__(self) -> str:
        return f"shape {list(self.shape)}, {self.dtype!r}, {self.device}"


class _Recomputed:
    """What the operators inside one checkpointed call save: places at first, tensors once the call was run
    again, under the modes in which it ran first."""

    def __init__(self, run: Callable[[], Any], inputs: list[Tensor], random_state: Any, check: bool) -> None:
        self._run, self._random_state, self._check = run, random_state, check
        self._stops_early = _settings.get()[0]
        self._mode = state.get()
        self._inputs = [t.array for t in inputs]
        self._born = memory.epoch
        self._remembered: list[_Remembered] = []
        self._values: dict[int, tuple[Tensor, int]] = {}
        if memory.lent:
            memory.look_for_foreign_writes(self._inputs, saving=True)

    def pack(self, tensor: Tensor) -> int:
        """Forget the tensor, remember its place in the order of saving."""
        self._remembered.append(_Remembered.of(tensor))
        return len(self._remembered) - 1

    def unpack(self, place: int) -> Tensor:
        """The tensor saved at ``place``; the first request runs the function again."""
        if place not in self._values:
            self._refuse_changed_inputs()
            self._run_again()
        tensor, saved_at = self._values.pop(place)
        if (write := memory.written_since(tensor.array, saved_at)) is not None:
            raise _overwritten(
                "a value that an operator in the checkpointed function had saved", tensor, write
            )
        return tensor

    def _refuse_changed_inputs(self) -> None:
        """To compute again from inputs that were written since would give other numbers."""
        if memory.lent:
            memory.look_for_foreign_writes(self._inputs)
        for array in self._inputs:
            if (write := memory.written_since(array, self._born)) is not None:
                raise _overwritten("an input of the checkpointed function", array, write)

    def _run_again(self) -> None:
        saved: list[tuple[Tensor, int]] = []

        def collect(tensor: Tensor) -> int:
            saved.append((tensor, memory.epoch))
            if self._stops_early and len(saved) == len(self._remembered):
                raise _EnoughError
            return len(saved) - 1

        collected = SavedHooks(
            collect,
            lambda i: saved[i][0],
            lambda array: lift(array, None),
        )
        now = None
        if self._random_state is not None:
            now = default_stream.get_state()
            default_stream.set_state(self._random_state)
        token = state.set(self._mode._replace(grad=True, saved_hooks=collected, observer=None))
        try:
            with suppress(_EnoughError):
                self._run()
        finally:
            state.reset(token)
            if now is not None:
                default_stream.set_state(now)
        self._compare([t for t, _ in saved])
        self._values = dict(enumerate(saved))

    def _compare(self, again: list[Tensor]) -> None:
        """CheckpointError where the second run saved less than the first one, or something else."""
        if len(again) < len(self._remembered):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward "
                f"and recomputation: {len(self._remembered)} and {len(again)}; it must do the same each time"
            )
        for place, (before, tensor) in enumerate(zip(self._remembered, again, strict=False)):
            if self._check and before != _Remembered.of(tensor):
                raise CheckpointError(
                    "torch.utils.checkpoint: Recomputed values for the following tensors have different "
                    f"metadata than during the forward pass: tensor at position {place}, saved {before}, "
                    f"recomputed {_Remembered.of(tensor)}; it must do the same each time"
                )


def _overwritten(what: str, value: Any, write: memory.Write) -> RuntimeError:
    where = "through an array that shares its memory" if write.line is None else source.describe(write.line)
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"{what}, of shape {list(value.shape)}, was overwritten ({where}), and checkpoint computes from it "
        "again; write out of place there, or clone() before"
    )


def checkpoint(
    function: Callable[..., Result],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    context_fn: Callable[[], tuple[Any, Any]] | None = None,
    determinism_check: str = "default",
    debug: bool = False,
    **kwargs: Any,
) -> Result:
    """Call ``function(*args)``, keeping none of what its operators save; backward runs it again to have it.

    Gradients are those of the plain call, of any order, also for parameters the function uses. It is run
    again under the modes of the first call (autocast, fusion).

    Args:
        use_reentrant: with True, ``autograd.grad`` and ``backward(inputs=...)`` are refused as in PyTorch;
            the call is never reentrant.
        preserve_rng_state: draw the same random numbers again.
        determinism_check: ``"default"`` compares shapes, dtypes and devices of what is saved; ``"none"`` does
            not.
        debug: accepted.

    Raises RuntimeError in backward where an input, or what an operator inside saved, was written since, and
    CheckpointError, which is one, where the second run saves something else than the first.
    """
    if use_reentrant is None:
        _warn_of_default("checkpoint", 3)
        use_reentrant = True
    if use_reentrant:
        if context_fn is not None or debug:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        check_backward_validity(args)
        if not any(isinstance(t, Tensor) and t.requires_grad for t in args):
            with no_grad():
                return function(*args)
    elif determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of default, none, but got {determinism_check}")
    forward_context, recompute_context = (
        context_fn() if context_fn is not None else (nullcontext(), nullcontext())
    )

    def run() -> Result:
        with recompute_context:
            return function(*args, **kwargs)

    keeper = _Recomputed(
        run,
        [leaf for leaf in flatten((args, kwargs))[0] if isinstance(leaf, Tensor)],
        default_stream.get_state() if preserve_rng_state else None,
        determinism_check == "default",
    )

    def unpack(place: int) -> Tensor:
        running = state.get().running
        if use_reentrant and running is not None and running.to_chosen:
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an "
                "`inputs` parameter to .backward(). To resolve this error, you can either set "
                "use_reentrant=False, or call .backward() without passing the `inputs` argument."
            )
        return keeper.unpack(place)

    with forward_context, saved_tensors_hooks(keeper.pack, unpack):
        return function(*args, **kwargs)


def _warn_of_default(function: str, stacklevel: int) -> None:
    warnings.warn(
        f"torch.utils.{function}: the use_reentrant parameter should be passed explicitly. "
        f"Starting "
        "in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception. "
        "use_reentrant=False is "
        "recommended, but if you need to preserve the current default behavior, you can pass "
        "use_reentrant=True.",
        UserWarning,
        stacklevel=stacklevel,
    )


SAC_IGNORED_OPS: set[Any] = set()
"""The operators that no policy is asked about: here it is asked about none."""


def noop_context_fn() -> tuple[Any, Any]:
    """Two contexts that change nothing."""
    return nullcontext(), nullcontext()


class DefaultDeviceType:
    """Which device a checkpoint without tensors among its arguments is for."""

    _kind = "cuda"

    @staticmethod
    def set_device_type(device: str = "cuda") -> None:
        """Choose it."""
        DefaultDeviceType._kind = device

    @staticmethod
    def get_device_type() -> str:
        """Tell it."""
        return DefaultDeviceType._kind


class CheckpointPolicy(Enum):
    """What a policy may say of an operator. Here all of them are computed again."""

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


class SelectiveCheckpointContext:
    """What a policy would be told beside the operator."""

    def __init__(self, *, is_recompute: bool, op_output: Any = None) -> None:
        self.is_recompute, self.op_output = is_recompute, op_output


def create_selective_checkpoint_contexts(
    policy_fn_or_list: Any, allow_cache_entry_mutation: bool = False
) -> tuple[Any, Any]:
    """Contexts for ``context_fn``: a policy chooses what is kept and changes no number, and here everything
    is computed again. TypeError for what is neither a function nor a list."""
    if not callable(policy_fn_or_list) and not isinstance(policy_fn_or_list, list):
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    return noop_context_fn()


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Run a Sequential (or a list of functions) in ``segments`` parts, each of them checkpointed but the
    last."""
    if use_reentrant is None:
        _warn_of_default("checkpoint.checkpoint_sequential", 3)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    steps: Sequence[Any] = list(functions.children()) if hasattr(functions, "children") else list(functions)
    if not 1 <= segments <= max(len(steps), 1):
        raise ValueError(f"checkpoint_sequential: segments must be 1 to {len(steps)}, not {segments}")
    size = len(steps) // segments

    def part(chosen: Sequence[Any]) -> Callable[[Any], Any]:
        def run(x: Any) -> Any:
            for step in chosen:
                x = step(x)
            return x

        return run

    for start in range(0, size * (segments - 1), size):
        input = checkpoint(
            part(steps[start : start + size]), input, use_reentrant=use_reentrant, preserve_rng_state=preserve
        )
    return part(steps[size * (segments - 1) :])(input)
