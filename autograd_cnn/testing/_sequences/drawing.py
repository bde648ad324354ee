"""Drawing at random from the tensors that a sequence has made so far, and from indices, shapes and numbers
that fit."""

import random
from collections.abc import Callable, Collection, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

LARGEST, MOST = 50.0, 48
"""What grows is kept below these: values and numbers of elements."""

FLOATS = ("torch.float64", "torch.float32")


class Draw(random.Random):
    """A source of random texts over the tensors in ``names``, which :class:`.lockstep.Run` fills.

    Only shapes, strides, dtypes and addresses are looked at, never what autograd knows: a look at
    ``requires_grad`` could mend what the sequence is to find.
    """

    def __init__(
        self, seed: int, names: dict[str, Any], others: dict[str, Any], smooth: bool = False
    ) -> None:
        super().__init__(seed)
        self.names, self.others, self.smooth, self.made = names, others, smooth, 0
        self.leaves: list[str] = []
        """The names of tensors that were made to want gradients."""
        self.listens = self.likely(0.5)
        """Whether there are hooks of tensors, or else gradients of gradients. What a hook of a value hears in
        a second pass, and so what it changes, depends on whether rules use that value or one that equals it.
        """
        self.turned: set[str] = set()
        """Tensors that became views of what they were, or have hooks: never both, for what a hook hears of a
        tensor that changes its shape in place is of either shape in PyTorch."""
        self.plural: set[str] = set()
        """Results of one ``autograd.Function`` beside others. In PyTorch a pass to one of them runs what
        leads to the others too."""
        self.fragile: set[str] = set()
        """Views that PyTorch refuses to use once their memory was written: those that were made several at
        once, and by an ``autograd.Function``."""
        self.disturbed: set[str] = set()
        """Tensors whose memory was written through another one, perhaps without being recorded."""
        self._stale: set[str] = set()
        self._lost: set[str] = set()

    # names and tensors

    def fresh(self, kind: str = "v") -> str:
        """A name that was not used: ``v7``; ``kind`` is its letter."""
        self.made += 1
        return f"{kind}{self.made - 1}"

    def known(self, kind: str = "v") -> list[str]:
        """The names of this kind that hold something."""
        return [
            n
            for n, value in self.names.items()
            if n[0] == kind and n[1:].isdigit() and value is not None and n not in self._lost
        ]

    def tensor(self, fits: Callable[[Any], bool] | None = None, floating: bool = True) -> str | None:
        """The name of a tensor, late ones more often; None where none fits."""
        found = [
            n
            for n in self.known()
            if (not floating or is_floating(self.names[n])) and (fits is None or fits(self.names[n]))
        ]
        return found[int(self.random() ** 0.6 * len(found))] if found else None

    def wanting(self) -> list[str]:
        """The names of the leaves that want gradients."""
        return [n for n in self.leaves if n in self.names and self.names[n].requires_grad]

    def is_alone(self, name: str) -> bool:
        """Whether no other tensor of a name may see its memory. Of one without elements nobody knows."""
        memory = block(self.names[name])
        return memory != 0 and not any(n != name and block(self.names[n]) == memory for n in self.known())

    def is_root(self, name: str) -> bool:
        """Whether no tensor that was made before may see its memory: it is no view."""
        memory, known = block(self.names[name]), self.known()
        return not memory or not any(block(self.names[n]) == memory for n in known[: known.index(name)])

    def writes(self, name: str, again: bool = False) -> None:
        """Note that the memory of this tensor is written; with ``again`` that it has to be looked at too."""
        if name in self.known():
            self._touch(self.names[name], "" if again else name)

    def accumulates(self) -> None:
        """Note that the memory of each ``.grad`` may be written."""
        for name in self.known():
            if self.names[name]._grad is not None:
                self._touch(self.names[name]._grad, name)

    def _touch(self, tensor: Any, name: str) -> None:
        memory = block(tensor)
        if memory:
            touched = [n for n in self.known() if block(self.names[n]) == memory]
            self._stale.update(n for n in touched if n != name)
            self.disturbed.update(n for n in touched if n != name)
            fragile = [i for i, n in enumerate(touched) if n in self.fragile]
            if fragile:  # and what was made of them
                self._lost.update(touched[fragile[0] :])

    def is_heard_elsewhere(self, tensor: Any) -> bool:
        """Whether a write into this tensor changes what another one with hooks shows. In PyTorch that one has
        a new node when it is next looked at; which of the two has its hooks then is open."""
        return self.is_beside(self.turned, tensor)

    def is_beside(self, names: Collection[str], tensor: Any) -> bool:
        """Whether one of ``names`` holds another tensor that sees the memory of this one."""
        memory = block(tensor) if names else 0
        others = (self.names[n] for n in self.known() if n in names)
        return any(t is not tensor and block(t) == memory for t in others)

    def looked_at(self, name: str) -> str:
        """What to do first to a tensor that is to be written, or gets a hook: where its memory was written
        through another one, PyTorch 2.13 takes it for a leaf, or crashes, unless its history was looked at.
        """
        if name not in self._stale:
            return ""
        self._stale.discard(name)
        return f"{name}.grad_fn; "

    def lies_alike(self, tensor: Any) -> bool:
        """Whether a tensor lies in memory in the same way in the other library: only then ``reshape`` copies
        in both or in neither. PyTorch asks not to rely on that."""
        name = next((n for n in self.known() if self.names[n] is tensor), None)
        other = self.others.get(name) if name is not None else None
        return other is not None and strides(other) == strides(tensor)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of the tensor of this name."""
        return tuple(self.names[name].shape)

    def likely(self, probability: float) -> bool:
        """True as often as ``probability`` says."""
        return self.random() < probability

    # numbers and indices

    def number(self) -> str:
        """A number that keeps values in bounds."""
        return self.choice(("-1.5", "-0.5", "0.25", "0.5", "0.8", "1.25", "2.0"))

    def axis(self, ndim: int) -> int:
        """An axis, counted from either end."""
        return self.randrange(-ndim, ndim) if ndim else self.choice((0, -1))

    def basic_index(self, shape: Sequence[int]) -> str:
        """Integers, slices with steps, None and an ellipsis, as in ``[1:, None, ..., 0]``."""
        parts = [self._part(n) for n in shape[: self.randrange(len(shape) + 1)]]
        if self.likely(0.2):
            parts.insert(self.randrange(len(parts) + 1), "None")
        if self.likely(0.25) or not parts:
            parts.append("...")
        return ", ".join(parts)

    def _part(self, n: int) -> str:
        kind = self.randrange(6)
        if kind == 0 and n:
            return str(self.randrange(-n, n))
        if kind == 1:
            return f"{self.randrange(max(n, 1))}:"
        if kind == 2:
            return f":{self.randrange(1, n + 1)}" if n else ":"
        if kind == 3:
            return self.choice(("::2", "1::2", f"-{max(n - 1, 1)}:"))
        return ":"

    def places(self, n: int, count: int, repeats: bool) -> list[int]:
        """``count`` places along an axis of ``n``; without ``repeats`` at most ``n``."""
        return self.choices(range(n), k=count) if repeats else self.sample(range(n), min(count, n))

    def advanced_index(self, shape: Sequence[int], repeats: bool) -> str | None:
        """Lists and tensors of places, alone, behind a slice, or two together."""
        if not shape or not prod(shape):
            return None
        kind = self.randrange(4)
        first = self.places(shape[0], self.randrange(1, 4), repeats)
        if kind == 0:
            return str(first)
        if kind == 1:
            return f"torch.tensor({first})"
        if len(shape) < 2:
            return f"{first}, ..." if kind == 2 else f"{first}, None"
        if kind == 2:
            return f":, {self.places(shape[1], self.randrange(1, 4), repeats)}"
        second = self.choices(range(shape[1]), k=len(first))
        return f"{first}, {second}"

    def size(self, elements: int) -> tuple[int, ...]:
        """A shape of so many elements."""
        factors = [n for n in range(1, elements + 1) if elements % n == 0] or [0]
        first = self.choice(factors)
        rest = elements // first if first else 1
        return self.choice(((first, rest), (elements,), (first, 1, rest), (rest, first)))

    # operands

    def operand(self, target: str, apart: bool = True) -> str:
        """The text of what broadcasts into the shape of ``target``: a number, or a tensor.

        Its memory is ``apart`` from the target's where that is written: PyTorch leaves open what an operator
        writes that reads the same memory, and refuses the pass where only the block is the same.
        """
        if self.likely(0.3):
            return self.number()
        x = self.names[target]
        name = self.tensor(
            lambda y: (
                y.dtype == x.dtype
                and broadcasts_into(y.shape, x.shape)
                and not (apart and block(x) == block(y))
            )
        )
        return name if name is not None else f"torch.tensor({self.number()}, dtype=torch.float64)"

    def beside(self, name: str) -> str:
        """A tensor that broadcasts with the one of this name, and has its dtype: what is converted is saved
        as a copy here, and by PyTorch as it is, to be refused once it is written."""
        x = self.names[name]
        return self.tensor(lambda y: y.dtype == x.dtype and broadcast_size(x.shape, y.shape) <= MOST) or name


def is_floating(tensor: Any) -> bool:
    """Whether the dtype is one that can want gradients."""
    return str(tensor.dtype) in FLOATS


def largest(tensor: Any) -> float:
    """The largest magnitude."""
    values = array_of(tensor)
    return float(np.abs(values).max()) if values.size else 0.0


def array_of(tensor: Any) -> np.ndarray[Any, Any]:
    """The values as an array, without a look at the graph, in either library."""
    array = getattr(tensor, "array", None)
    return array if isinstance(array, np.ndarray) else np.asarray(tensor.data.numpy(force=True))


def broadcast_size(*shapes: Sequence[int]) -> float:
    """How many elements come out; infinitely many where the shapes do not fit."""
    try:
        return float(prod(np.broadcast_shapes(*map(tuple, shapes))))
    except ValueError:
        return float("inf")


def broadcasts_into(shape: Sequence[int], target: Sequence[int]) -> bool:
    """Whether ``shape`` broadcasts to ``target`` and adds nothing to it."""
    try:
        return np.broadcast_shapes(tuple(shape), tuple(target)) == tuple(target)
    except ValueError:
        return False


def part_shape(shape: tuple[int, ...], index: str) -> tuple[int, ...]:
    """The shape of what an index chooses."""
    chosen: Any = eval(f"x[{index}]", {"x": np.empty(shape)})
    return tuple(np.shape(chosen))


# where tensors lie in memory


def extent(tensor: Any) -> tuple[int, int]:
    """The first address and the one after the last."""
    if not prod(tensor.shape):
        return (0, 0)
    last = sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))
    start = tensor.data_ptr()
    return start, start + (last + 1) * tensor.element_size()


def block(tensor: Any) -> int:
    """The address of the memory that a tensor looks into: PyTorch counts the writes into all of it."""
    array = getattr(tensor, "array", None)
    if not isinstance(array, np.ndarray):
        return int(tensor.untyped_storage().data_ptr())
    while isinstance(array.base, np.ndarray):
        array = array.base
    return int(array.ctypes.data)


def strides(tensor: Any) -> list[int]:
    """How far apart the elements of each axis lie; axes of one element lie anywhere."""
    steps = zip(tensor.shape, tensor.stride(), strict=True)
    return [step if n > 1 else 0 for n, step in steps] if prod(tensor.shape) else []


def share(x: Any, y: Any) -> bool:
    """Whether two tensors may share memory: the ranges of their addresses meet."""
    (a, b), (c, d) = extent(x), extent(y)
    return x is y or (a < d and c < b)


def overlaps(tensor: Any) -> bool:
    """Whether two elements share a place in memory."""
    places = [
        sum(i * step for i, step in zip(index, tensor.stride(), strict=True))
        for index in product(*map(range, tensor.shape))
    ]
    return len(set(places)) < len(places)


def writable(tensor: Any) -> bool:
    """Whether a write can be compared. What elements that share a place hold after it is open in PyTorch,
    which refuses some such writes; here all are refused."""
    return not overlaps(tensor)
