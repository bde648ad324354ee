"""Hooks on what operators keep for the backward pass."""

from collections.abc import Callable
from typing import Any

from .._engine.modes import Mode, SavedHooks
from .._tensor import Tensor, lift


class saved_tensors_hooks(Mode):
    """Inside, what an operator saves goes through ``pack_hook`` at once and through ``unpack_hook`` when
    backward needs it.

    ``pack_hook(tensor)`` may return anything (a file name, a compressed copy); ``unpack_hook`` makes a tensor
    of it again.
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        super().__init__(saved_hooks=SavedHooks(pack_hook, unpack_hook, lambda array: lift(array, None)))


class save_on_cpu(saved_tensors_hooks):
    """Keep what operators save in the host's memory."""

    def __init__(self, pin_memory: bool = False) -> None:
        super().__init__(lambda t: (t.device, t.cpu()), lambda kept: kept[1].to(kept[0]))
