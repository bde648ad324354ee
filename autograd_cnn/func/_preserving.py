"""What operators saved, kept from being overwritten: forward mode needs no value of the past, so code under
it may write where it likes."""

import weakref
from typing import Any

from .._engine import memory
from .._engine.modes import Mode, SavedHooks
from .._tensor import Tensor, lift


class Preserving(Mode):
    """Inside, what is saved is copied when its memory is about to be written."""

    def __init__(self) -> None:
        super().__init__(
            forward_mode=True,
            saved_hooks=SavedHooks(self._keep, lambda t: t, lambda array: lift(array, None), self._save),
        )
        self._kept: dict[int, list[weakref.ref[Tensor]]] = {}
        """What was saved, by the owner of the memory."""

    def _keep(self, tensor: Tensor) -> Tensor:
        self._kept.setdefault(id(memory.owner(tensor.array)), []).append(weakref.ref(tensor))
        return tensor

    def _save(self, array: Any) -> None:
        owner = memory.owner(array)
        for kept in self._kept.pop(id(owner), ()):
            tensor = kept()
            if tensor is not None and memory.owner(tensor.array) is owner:
                tensor.array = tensor.array.copy()
