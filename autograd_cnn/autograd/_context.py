"""The ``ctx`` of an ``autograd.Function``."""

import warnings
from typing import Any

from .._engine import memory
from .._engine.modes import state
from .._tensor import Tensor


def _only_tensors(
    said: str, given: tuple[Any, ...], error: type[Exception] = RuntimeError, *others: type
) -> None:
    """An ``error`` where something else is given."""
    for i, value in enumerate(given):
        if not isinstance(value, (Tensor, *others)):
            kind = type(value).__name__
            raise error(f"{said}, but argument {i} is of type {kind}; ctx keeps it as an attribute")


class FunctionCtx:
    """What ``forward`` leaves for ``backward``; also a place for attributes of the user's own."""

    needs_input_grad: tuple[bool, ...]
    """For each argument of ``apply``, whether a gradient is wanted."""

    def __init__(self, needs_input_grad: tuple[bool, ...] = ()) -> None:
        self.needs_input_grad = needs_input_grad
        self._to_save: tuple[Any, ...] = ()
        self._saved: tuple[Any, ...] = ()
        self._without_gradient: tuple[Any, ...] = ()
        self._materialize = True
        self._dirty: tuple[Any, ...] = ()
        self._for_forward: tuple[Any, ...] = ()

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep tensors (or None) for ``backward``; call it once, in ``forward`` or ``setup_context``."""
        _only_tensors("save_for_backward can only save variables", tensors, TypeError, type(None))
        self._to_save = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What ``save_for_backward`` got."""
        return self._saved

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """The older name of :attr:`saved_tensors`."""
        warnings.warn(
            "'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2
        )
        return self._saved

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for ``jvp``, whose ``ctx.saved_tensors`` they are."""
        self._for_forward = tensors if state.get().forward_mode else ()

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """Say that some outputs of ``forward`` have no gradient."""
        _only_tensors("mark_non_differentiable only accepts variable arguments", outputs)
        self._without_gradient = outputs

    def mark_dirty(self, *inputs: Tensor) -> None:
        """Say that ``forward`` wrote into some inputs."""
        _only_tensors("mark_dirty can only accept variables", inputs)
        self._dirty = inputs

    def _note_writes(self, args: tuple[Any, ...]) -> None:
        """Note the writes into what is marked dirty; a warning where one of them is none of ``args``."""
        for t in self._dirty:
            memory.settle(t.array)
            memory.wrote(t.array)
            if all(t is not given for given in args):
                warnings.warn(
                    "Only input Tensors should be given to ctx.mark_dirty(). If a Tensor is not an input, "
                    "there is no need to pass it to mark_dirty().",
                    UserWarning,
                    stacklevel=3,
                )

    def set_materialize_grads(self, value: bool) -> None:
        """With False, ``backward`` gets None for outputs that received no gradient, instead of zeros."""
        self._materialize = value
