"""``torch.nn.parallel.comm``: tensors copied to devices, cut for them, and joined again."""

from collections.abc import Sequence
from typing import Any

from .._functions.joining import cat, chunk, split
from .._tensor import Tensor

__all__ = ["broadcast", "broadcast_coalesced", "gather", "reduce_add", "reduce_add_coalesced", "scatter"]


def _places(devices: Sequence[Any] | None, out: Sequence[Tensor] | None) -> int:
    """How many results there will be. RuntimeError where both or none of the two say it."""
    if (devices is None) == (out is None):
        raise RuntimeError(
            f"Exactly one of 'devices' and 'out' must be specified, but got devices={devices} and out={out}"
        )
    return len(devices if devices is not None else out or ())


def _placed(
    parts: Sequence[Tensor], devices: Sequence[Any] | None, out: Sequence[Tensor] | None
) -> tuple[Tensor, ...]:
    if out is not None:
        return tuple(place.copy_(part) for place, part in zip(out, parts, strict=True))
    return tuple(part.to(device) for part, device in zip(parts, devices or (), strict=True))


def broadcast(
    tensor: Tensor, devices: Sequence[Any] | None = None, *, out: Sequence[Tensor] | None = None
) -> tuple[Tensor, ...]:
    """The tensor on each device, or written into each of ``out``."""
    return _placed([tensor] * _places(devices, out), devices, out)


def broadcast_coalesced(
    tensors: Sequence[Tensor], devices: Sequence[Any], buffer_size: int = 10485760
) -> list[list[Tensor]]:
    """Several tensors on each device: a list for each."""
    return [[tensor.to(device) for tensor in tensors] for device in devices]


def scatter(
    tensor: Tensor,
    devices: Sequence[Any] | None = None,
    chunk_sizes: Sequence[int] | None = None,
    dim: int = 0,
    streams: Any = None,
    *,
    out: Sequence[Tensor] | None = None,
) -> tuple[Tensor, ...]:
    """The tensor in parts along ``dim``, equal ones or of ``chunk_sizes``, one for each device, or written
    into ``out``."""
    count = _places(devices, out)
    if out is not None:
        if chunk_sizes is not None:
            raise RuntimeError("'chunk_sizes' must be None when 'out' is specified: those have sizes")
        chunk_sizes = [place.shape[dim] for place in out]
    parts = chunk(tensor, count, dim) if chunk_sizes is None else split(tensor, list(chunk_sizes), dim)
    return _placed(parts, devices, out)


def gather(
    tensors: Sequence[Tensor], dim: int = 0, destination: Any = None, *, out: Tensor | None = None
) -> Tensor:
    """The tensors joined along ``dim``, on ``destination`` or in ``out``."""
    if out is not None:
        if destination is not None:
            raise RuntimeError(f"'destination' must not be specified when 'out' is, got {destination}")
        return out.copy_(cat(list(tensors), dim))
    joined = cat(list(tensors), dim)
    return joined if destination is None else joined.to(destination)


def reduce_add(inputs: Sequence[Tensor], destination: Any = None) -> Tensor:
    """Their sum. ValueError for other shapes."""
    first, *others = inputs
    for other in others:
        if other.shape != first.shape:
            raise ValueError(
                f"input {tuple(other.shape)} does not match {tuple(first.shape)}: reduce_add of one shape"
            )
        first = first + other
    return first if destination is None else first.to(destination)


def reduce_add_coalesced(
    inputs: Sequence[Sequence[Tensor]], destination: Any = None, buffer_size: int = 10485760
) -> tuple[Tensor, ...]:
    """The sums of those at the same place of each list."""
    return tuple(reduce_add(column, destination) for column in zip(*inputs, strict=True))
