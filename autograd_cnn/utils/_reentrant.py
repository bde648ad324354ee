"""A checkpoint as one function of the graph, whose backward goes backwards through what it runs again."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .._creation.random import get_rng_state, set_rng_state
from .._engine.differentiate import backward_from
from .._engine.modes import enable_grad, no_grad, state
from .._random.stream import default_stream
from .._tensor import Tensor
from ..autograd.function import Function
from ..func._tree import flatten


def check_backward_validity(inputs: Iterable[Any]) -> None:
    """Warn where no tensor of ``inputs`` wants a gradient: a reentrant checkpoint of them gives none."""
    if not any(isinstance(t, Tensor) and t.requires_grad for t in inputs):
        warnings.warn(
            "None of the inputs have requires_grad=True. Gradients will be None", UserWarning, stacklevel=3
        )


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same memory out of the graph, wanting gradients where ``inputs`` do."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(
            f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}"
        )
    return tuple(t.detach().requires_grad_(t.requires_grad) if isinstance(t, Tensor) else t for t in inputs)


class CheckpointFunction(Function):
    """A reentrant checkpoint as a function of the graph: ``CheckpointFunction.apply(function, True, *args)``.
    Backward runs ``function`` again and goes back through it; ``autograd.grad`` is refused."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        """``run_function(*args)``, recorded as one node."""
        check_backward_validity(args)
        ctx.run_function, ctx.args = run_function, args
        ctx.random = default_stream.get_state() if preserve_rng_state else None
        ctx.save_for_backward(*[t for t in args if isinstance(t, Tensor)])
        with no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *args: Any) -> Any:
        """The gradients of ``args``, by running the function again."""
        running = state.get().running
        if running is not None and running.to_chosen:
            raise RuntimeError(
                "Checkpointing is not compatible with .grad() or when an `inputs` parameter is passed to "
                ".backward(): use checkpoint(use_reentrant=False)"
            )
        saved = iter(ctx.saved_tensors)
        given = detach_variable(tuple(next(saved) if isinstance(t, Tensor) else t for t in ctx.args))
        with enable_grad(), _drawing_from(ctx.random):
            outputs = ctx.run_function(*given)
        pairs = [
            (output, g)
            for output, g in zip(outputs if isinstance(outputs, tuple) else (outputs,), args, strict=True)
            if isinstance(output, Tensor) and output.requires_grad
        ]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward_from([output for output, _ in pairs], [g for _, g in pairs])
        return (None, None, *(t.grad if isinstance(t, Tensor) else None for t in given))


@contextmanager
def _drawing_from(random: Any) -> Iterator[None]:
    """Random numbers from that state on; after it those that would have come."""
    now = default_stream.get_state()
    if random is not None:
        default_stream.set_state(random)
    try:
        yield
    finally:
        if random is not None:
            default_stream.set_state(now)


def get_device_states(*args: Any) -> tuple[list[int], list[Tensor]]:
    """The numbers of the GPUs that the tensors of ``args`` are on, and the states of their random numbers,
    which are drawn on the host for all."""
    places = [t.get_device() for t in flatten(args)[0] if isinstance(t, Tensor) and t.device.type != "cpu"]
    return places, [get_rng_state() for _ in places]


def set_device_states(
    devices: Sequence[int], states: Sequence[Tensor], *, device_type: str | None = None
) -> None:
    """Put back what :func:`get_device_states` told."""
    for found in states[:1]:
        set_rng_state(found)
