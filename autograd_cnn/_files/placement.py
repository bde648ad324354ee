"""Where the tensors of a file go: ``map_location``, in each of the forms that ``load`` takes."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from .._devices.device import CPU, device
from .._tensor import Tensor

Place: TypeAlias = Callable[[Tensor, str], Tensor]
"""From a tensor on the CPU, and the name of the device where it was saved, to where it shall be."""


class Storage:
    """What a ``map_location`` that is a function is given, and gives back, maybe on another device."""

    def __init__(self, place: device = CPU) -> None:
        self.device = place

    def cpu(self) -> "Storage":
        """In the host's memory."""
        return Storage(CPU)

    def cuda(self, device_index: Any = None, non_blocking: bool = False) -> "Storage":
        """In a GPU's memory."""
        return Storage(device("cuda") if device_index is None else device(device_index))

    def to(self, *, device: Any, non_blocking: bool = False) -> "Storage":
        """On another device."""
        return Storage(_device(device))


def _device(place: Any) -> device:
    return place if isinstance(place, device) else device(place)


def placing(map_location: Any) -> Place:
    """What puts each tensor where ``map_location`` says.

    That is None (the CPU), a device or its name, a dict from names to these, or a function of a
    :class:`Storage` and a name that returns one, or None.
    """
    if map_location is None:
        return lambda tensor, _: tensor
    if isinstance(map_location, Mapping):
        found = {str(was): _device(becomes) for was, becomes in map_location.items()}
        return lambda tensor, was: tensor.to(found.get(was, CPU))
    if isinstance(map_location, (str, device)):
        there = _device(map_location)
        return lambda tensor, _: tensor.to(there)
    if not callable(map_location):
        raise TypeError(
            "load: map_location should be None, a device, its name, a dict of names or a function, not "
            f"{type(map_location).__name__}"
        )

    def asked(tensor: Tensor, was: str) -> Tensor:
        answer = map_location(Storage(), was)
        if answer is not None and not isinstance(answer, Storage):
            raise TypeError(
                "load: a map_location that is a function should return the storage it is given, that "
                f"storage on another device, or None, not {type(answer).__name__}"
            )
        return tensor if answer is None else tensor.to(answer.device)

    return asked
