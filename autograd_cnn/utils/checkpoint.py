"""Activation checkpointing: keep a function's inputs instead of what its operators save, and run it again in
backward."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, TypeVar

from .._engine.modes import enable_grad
from .._random.stream import default_stream
from ..autograd.graph import saved_tensors_hooks

__all__ = ["checkpoint", "checkpoint_sequential"]

Result = TypeVar("Result")


class _Recomputed:
    """What the operators inside one checkpointed call save: places at first, tensors once the call was run
    again."""

    def __init__(self, run: Callable[[], Any], random_state: Any) -> None:
        self._run, self._random_state = run, random_state
        self._count = 0
        self._values: dict[int, Any] = {}

    def pack(self, tensor: Any) -> int:
        """Forget the tensor, remember its place in the order of saving."""
        self._count += 1
        return self._count - 1

    def unpack(self, place: int) -> Any:
        """The tensor saved at ``place``; the first request runs the function again."""
        if place not in self._values:
            self._run_again()
        if place not in self._values:
            raise RuntimeError(
                f"checkpoint: run again, the function saved {len(self._values)} tensors, not "
                f"{self._count}; it must do the same each time"
            )
        return self._values.pop(place)

    def _run_again(self) -> None:
        saved: list[Any] = []
        now = None
        if self._random_state is not None:
            now = default_stream.get_state()
            default_stream.set_state(self._random_state)
        try:
            with enable_grad(), saved_tensors_hooks(lambda t: saved.append(t.detach()), saved.__getitem__):
                self._run()
        finally:
            if now is not None:
                default_stream.set_state(now)
        self._values = dict(enumerate(saved))


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

    Gradients are those of the plain call, of any order, also for parameters the function uses.
    ``use_reentrant``, ``determinism_check`` and ``debug`` are accepted; the call is never reentrant.
    """
    forward_context, recompute_context = (
        context_fn() if context_fn is not None else (nullcontext(), nullcontext())
    )

    def run() -> Result:
        with recompute_context:
            return function(*args, **kwargs)

    keeper = _Recomputed(run, default_stream.get_state() if preserve_rng_state else None)
    with forward_context, saved_tensors_hooks(keeper.pack, keeper.unpack):
        return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Run a Sequential (or a list of functions) in ``segments`` parts, each of them checkpointed but the
    last."""
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
        input = checkpoint(part(steps[start : start + size]), input, use_reentrant=use_reentrant, **kwargs)
    return part(steps[size * (segments - 1) :])(input)
