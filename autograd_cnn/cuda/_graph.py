"""CUDA graphs: a training step is recorded once and replayed as a whole. For networks so small that launching
kernels costs more than they do."""

import contextlib
from collections.abc import Callable
from typing import Any

from .._devices.transfer import gpu_library
from .._engine import memory
from .._engine.handle import Handle
from ..ops import DeviceError, ShapeError

__all__ = ["CapturedStep", "graph"]

WARM_UP = 2
"""So many calls run in the ordinary way first: kernels are compiled, libraries make their workspaces,
optimizers their state."""


def graph(step: Callable[..., Any]) -> "CapturedStep":
    """``step(*tensors)`` on a GPU, as a function that replays what the third call did.

    The first two calls run it as it is (they count as steps). The third one captures every kernel it
    launches; from then on only these run, in the same memory: inputs are copied into the captured ones, and
    the tensors returned are the same objects each time, overwritten by the next call. So ``step`` must do the
    same thing at every call:

    - its inputs have the same shapes and dtypes (another shape is a ShapeError: give a smaller last batch to
      ``step`` itself);
    - it reads nothing from the GPU (``item()``, printing, masks as indices) and copies nothing from the host;
    - what Python computes is frozen: ``SGD`` with a fixed learning rate fits, a schedule or Adam's bias
      correction, which count steps in Python, do not; nor do random numbers, which are drawn on the host
      (dropout).

    ``zero_grad()`` belongs in ``step``. Raises DeviceError where ``step`` does something that can't be
    captured.
    """
    return CapturedStep(step)


class CapturedStep:
    """A step that is captured at its third call and replayed after that; made by :func:`graph`."""

    def __init__(self, step: Callable[..., Any]) -> None:
        self.step = step
        self.calls: int = 0
        self._cupy = gpu_library()
        self._stream = self._cupy.cuda.Stream(non_blocking=True)
        self._pool = self._cupy.cuda.MemoryPool()
        self._graph: Any = None
        self._inputs: tuple[Any, ...] = ()
        self._result: Any = None

    def __call__(self, *inputs: Any) -> Any:
        """Run the step, or replay it, on ``inputs``: tensors on the GPU."""
        wrong = [
            type(x).__name__
            for x in inputs
            if not isinstance(x, Handle) or not hasattr(x.array, "__cuda_array_interface__")
        ]
        if wrong:
            raise DeviceError(
                f"a captured step takes tensors on a GPU only, not {', '.join(wrong)}; move them with .cuda()"
            )
        self._stream.wait_event(self._cupy.cuda.get_current_stream().record())
        with self._stream:
            result = self._run(inputs)
            done = self._stream.record()
        self._cupy.cuda.get_current_stream().wait_event(done)
        return result

    def _run(self, inputs: tuple[Any, ...]) -> Any:
        self.calls += 1
        if self.calls <= WARM_UP:
            return self.step(*inputs)
        if self._graph is None:
            self._capture(inputs)
        else:
            self._fill(inputs)
        self._graph.launch(self._stream)
        return self._result

    def _capture(self, inputs: tuple[Any, ...]) -> None:
        """Record the step on copies of its inputs, in a memory pool of its own: nobody else may use its
        memory in between."""
        self._inputs = tuple(x.detach().clone() for x in inputs)
        with self._cupy.cuda.using_allocator(self._pool.malloc):
            self._stream.begin_capture()
            try:
                self._result = self.step(*self._inputs)
            except Exception as error:
                self._abandon()
                raise DeviceError(
                    f"this step can't be captured ({type(error).__name__}: {error}): it may read "
                    "nothing from the GPU "
                    "(item(), print, masks as indices) and copy nothing from the host; run it without "
                    "cuda.graph"
                ) from error
            self._graph = self._stream.end_capture()

    def _abandon(self) -> None:
        """End a capture that failed; ending it may fail as well, with the same cause."""
        self.calls -= 1
        with contextlib.suppress(RuntimeError):
            self._stream.end_capture()

    def _fill(self, inputs: tuple[Any, ...]) -> None:
        if len(inputs) != len(self._inputs):
            raise TypeError(f"this step was captured with {len(self._inputs)} inputs, but got {len(inputs)}")
        for i, (own, given) in enumerate(zip(self._inputs, inputs, strict=True)):
            if own.array.shape != given.array.shape or own.array.dtype != given.array.dtype:
                raise ShapeError(
                    f"this step was captured with input {i} of shape {list(own.array.shape)} and "
                    f"{own.array.dtype}, but got "
                    f"{list(given.array.shape)} and {given.array.dtype}; call the step itself for "
                    "other shapes"
                )
            memory.settle(own.array)
            own.array[...] = given.array
            memory.wrote(own.array)
