"""Sequences of different lengths in one tensor: padded to the longest, or packed without padding, step by
step."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from .. import ops
from .._functions.conversion import moved as brought
from .._functions.indexing import index_select
from .._functions.masking import masked_fill
from .._tensor import Tensor, tensor_of
from ..ops import array_module


def _in_dtype(name: str) -> "Callable[[PackedSequence], PackedSequence]":
    def converted(self: "PackedSequence") -> "PackedSequence":
        return self._with(brought(self.data, name))

    converted.__doc__ = f"The same with {name} data."
    return converted


class PackedSequence_(NamedTuple):
    """The fields of a :class:`PackedSequence`."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


T = TypeVar("T")
R = TypeVar("R")


def bind(optional: T | None, fn: Callable[[T], R]) -> R | None:
    """``fn(optional)``; None where that is None."""
    return None if optional is None else fn(optional)


def apply_permutation(tensor: Tensor, permutation: Tensor, dim: int = 1) -> Tensor:
    """What lies along ``dim`` in another order."""
    return index_select(tensor, dim, permutation)


class PackedSequence(PackedSequence_):
    """Sequences step by step: ``data`` holds the first elements of all of them, then the second ones of those
    that have any, ...

    ``batch_sizes`` says how many sequences have an element at each step. Longer sequences come first:
    ``sorted_indices`` says which one stands where, ``unsorted_indices``, found from it, leads back.
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> "PackedSequence":
        if batch_sizes is None:  # old programs gave both as one pair
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def _with(self, data: Tensor) -> "PackedSequence":
        """The same with other data; itself where that is its own."""
        return self if data is self.data else self._replace(data=data)

    def to(self, *args: Any, **options: Any) -> "PackedSequence":
        """The same with its data in another dtype or on another device."""
        return self._with(self.data.to(*args, **options))

    def cpu(self) -> "PackedSequence":
        """The same in the host's memory."""
        return self._with(brought(self.data, device="cpu"))

    def cuda(self, device: Any = "cuda") -> "PackedSequence":
        """The same on a GPU."""
        return self._with(brought(self.data, device=device))

    double = _in_dtype("float64")
    float = _in_dtype("float32")
    half = _in_dtype("float16")
    long = _in_dtype("int64")
    int = _in_dtype("int32")
    short = _in_dtype("int16")
    char = _in_dtype("int8")
    byte = _in_dtype("uint8")

    def pin_memory(self) -> "PackedSequence":
        """The same with its data in pinned memory."""
        return self._with(self.data.pin_memory())

    def is_pinned(self) -> bool:
        """Whether the data lies in pinned memory."""
        return self.data.is_pinned()

    @property
    def is_cuda(self) -> bool:
        """Whether the data is on a GPU."""
        return self.data.device.type == "cuda"


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes ``permutation``."""
    if permutation is None:
        return None
    return tensor_of(array_module(permutation.array).argsort(permutation.array))


def _host_lengths(lengths: Any) -> Any:
    array = lengths.detach().cpu().array if isinstance(lengths, Tensor) else np.asarray(lengths)
    return array.astype(np.int64)


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Padded sequences (T, B, *), or (B, T, *) with ``batch_first``, without their padding.

    Raises RuntimeError where a length does not fit, or where they are not in falling order and
    ``enforce_sorted`` wants it.
    """
    if not input.array.size:
        raise RuntimeError("Cannot pack empty tensors.")
    counts = _host_lengths(lengths)
    order = None
    if not enforce_sorted:
        places = np.argsort(-counts, kind="stable")
        order, counts = tensor_of(places), counts[places]
        input = index_select(input, 0 if batch_first else 1, order)
    elif (np.diff(counts) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You "
            "can pass `enforce_sorted=False` to "
            "pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not "
            "need ONNX exportability."
        )
    x = input.transpose(0, 1) if batch_first else input
    steps, batch = x.array.shape[:2]
    if len(counts) != batch:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(counts)} (batch_size={batch})"
        )
    if counts.size == 0 or counts[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if counts[0] > steps:
        raise RuntimeError(
            f"Expected lengths of at most {steps}, the steps of the input, but got {int(counts[0])}"
        )
    alive = np.arange(int(counts[0]))[:, None] < counts
    rows = ops.reshape(x, shape=(steps * batch, *x.array.shape[2:]))
    index = array_module(x.array).asarray(np.flatnonzero(alive))
    return PackedSequence(
        ops.getitem(rows, index=index), tensor_of(alive.sum(1)), order, invert_permutation(order)
    )


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """The padded sequences (T, B, *), or (B, T, *), and their lengths: the inverse of
    :func:`pack_padded_sequence`."""
    sizes = sequence.batch_sizes.array
    steps, batch = len(sizes), int(sizes[0])
    if total_length is not None:
        if total_length < steps:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, "
                f"but got total_length={total_length} and max sequence length being {steps}"
            )
        steps = total_length
    alive = np.arange(batch) < np.append(sizes, np.zeros(steps - len(sizes), np.int64))[:, None]
    index = np.where(alive, np.cumsum(alive).reshape(alive.shape) - 1, 0)
    xp, data = array_module(sequence.data.array), sequence.data
    mask = alive.reshape(*alive.shape, *(1,) * (data.ndim - 1))
    rows = ops.getitem(data, index=xp.asarray(index))
    padded = masked_fill(rows, tensor_of(xp.asarray(~np.broadcast_to(mask, rows.array.shape))), padding_value)
    lengths = tensor_of(alive.sum(0))
    if sequence.unsorted_indices is not None:
        padded = index_select(padded, 1, sequence.unsorted_indices)
        lengths = tensor_of(lengths.array[sequence.unsorted_indices.array])
    return (padded.transpose(0, 1) if batch_first else padded), lengths


def pad_sequence(
    sequences: Tensor | Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences (L_i, *) side by side, padded to the longest: (T, B, *), or (B, T, *) with
    ``batch_first``."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            "pad_sequence: Expected iterable for input sequences, but got arg of type: "
            f"{type(sequences).__name__}"
        )
    several = list(sequences)
    if not several:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"padding_side must be 'left' or 'right', not {padding_side!r}")
    longest = max(x.array.shape[0] for x in several)
    padded = []
    for x in several:
        missing = longest - x.array.shape[0]
        widths = ((0, missing) if padding_side == "right" else (missing, 0), *((0, 0),) * (x.ndim - 1))
        padded.append(ops.pad(x, widths=widths, value=padding_value) if missing else x)
    return ops.stack(*padded, axis=0 if batch_first else 1)


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (L_i, *) packed; in falling order of length unless ``enforce_sorted`` is False."""
    lengths = [x.array.shape[0] for x in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpad_sequence(padded_sequences: Tensor, lengths: Any, batch_first: bool = False) -> list[Tensor]:
    """Padded sequences one by one, without their padding."""
    x = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [x[i, :length] for i, length in enumerate(_host_lengths(lengths).tolist())]


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Packed sequences one by one."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
