"""Tensors that carry their mask: elementwise functions, arithmetic of equal masks, and masked reductions."""

import functools
import inspect
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

from .._engine.dtypes import bool_ as truth
from .._engine.operators import Operators
from .._functions._arguments import members
from .._tensor import Tensor
from ..ops import Primitive
from . import _reductions
from ._masks import output_mask
from ._primitives import Masked, under_masks

__all__ = ["MaskedTensor", "as_masked_tensor", "is_masked_tensor", "masked_tensor"]

_REDUCTIONS = frozenset(
    (
        *("sum", "mean", "prod", "amax", "amin", "argmax", "argmin", "var", "std", "norm", "softmax"),
        *("log_softmax", "softmin", "normalize", "cumsum", "cumprod"),
    )
)
"""The methods that are functions of :mod:`._reductions`."""

_MOVED = frozenset(
    (
        *("chunk", "clone", "contiguous", "cpu", "cuda", "detach", "split", "split_with_sizes"),
        *("tensor_split", "unbind", "view", "T", "mT"),
    )
)
"""They look at memory, or at the graph: what they do with the elements is done with the mask too."""

_CONVERTED = frozenset(
    (
        *("double", "float", "half", "int", "long", "short", "to", "type_as", "empty_like", "ones_like"),
        *("zeros_like", "full_like", "real", "angle", "dropout", "alpha_dropout", "feature_alpha_dropout"),
    )
)
"""They look at the array, element by element, and leave the mask as it is."""

_OF_THE_ELEMENTS = frozenset(
    (
        *("shape", "dtype", "device", "ndim", "layout", "requires_grad", "is_leaf", "grad_fn", "is_cuda"),
        *("size", "dim", "numel", "stride", "is_floating_point", "is_contiguous", "element_size"),
        *("data_ptr", "is_complex"),
    )
)
"""What the elements say of themselves."""

_OWN = frozenset(("all", "item"))
"""What is written out for the class."""


class MaskedTensor(Operators["MaskedTensor"]):
    """A tensor, and a mask of its shape that is False where elements are left out.

    It is an operand of primitives by their hook, ``__primitive__``, as a Tensor is; functions that look at an
    array themselves, or reduce, ask it by ``__torch_function__``.
    """

    __slots__ = ("__weakref__", "_mask", "_masked_data")

    @classmethod
    def unary(cls, fn: Callable[[Tensor], Tensor], data: Tensor, mask: Tensor) -> "MaskedTensor":
        """``fn(data)`` under ``mask``."""
        return MaskedTensor(fn(data), mask)

    def __init__(self, data: Tensor, mask: Tensor, requires_grad: bool = False) -> None:
        if not isinstance(data, Tensor):
            raise TypeError("data must be a Tensor")
        if not isinstance(mask, Tensor):
            raise TypeError("mask must be a Tensor")
        if mask.dtype != truth:
            raise TypeError("mask must have dtype bool.")
        if data.ndim != mask.ndim:
            raise ValueError("data.dim() must equal mask.dim()")
        if tuple(data.shape) != tuple(mask.shape):
            raise ValueError("data.size() must equal mask.size()")
        warnings.warn(
            "The PyTorch API of MaskedTensors is in prototype stage and will change in the near future; the "
            "functions of torch.masked with mask= do the same",
            UserWarning,
            stacklevel=3,
        )
        self._masked_data: Tensor = data.clone()
        if requires_grad:
            self._masked_data = self._masked_data.detach().requires_grad_()
        self._mask: Tensor | None = mask.clone()

    @classmethod
    def _made(cls, data: Tensor, mask: Tensor | None) -> "MaskedTensor":
        made = cls.__new__(cls)
        made._masked_data, made._mask = data, mask
        return made

    @property
    def _masked_mask(self) -> Tensor:
        """The mask; that of a tensor that has none is True everywhere."""
        data = self._masked_data
        return data.new_ones(data.shape, dtype=truth) if self._mask is None else self._mask

    def get_data(self) -> Tensor:
        """The elements, those that are left out among them."""
        return self._masked_data

    def get_mask(self) -> Tensor:
        """True where an element takes part."""
        return self._masked_mask

    def to_tensor(self, value: float) -> Tensor:
        """A tensor with ``value`` for the elements that are left out."""
        return self._masked_data.masked_fill(~self._masked_mask, value)

    def backward(self, gradient: Any = None) -> None:
        """The gradients of a masked scalar's leaves."""
        self._masked_data.backward(gradient.get_data() if is_masked_tensor(gradient) else gradient)

    @property
    def grad(self) -> "MaskedTensor | None":
        """The gradient, under the same mask."""
        gradient = self._masked_data.grad
        return None if gradient is None else self._made(gradient, self._masked_mask)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Ask for a gradient of the elements."""
        self._masked_data.requires_grad_(requires_grad)
        return self

    def item(self) -> Any:
        """The element, where there is one and it takes part; ValueError where it is left out."""
        value = self._masked_data.item()
        if not self._masked_mask.item():
            raise ValueError(
                "item(): expected a mask tensor of one True, but the element is left out: to_tensor(value) "
                "puts a value in its place"
            )
        return value

    def all(self, dim: Any = None, keepdim: bool = False) -> "MaskedTensor":
        """Whether all elements that take part are true."""
        true = self._masked_data.logical_or(~self._masked_mask)
        data = true.all() if dim is None else true.all(dim, keepdim)
        return self._made(data, output_mask("all", true, dim, keepdim=keepdim, mask=self._masked_mask))

    @staticmethod
    def __primitive__(
        prim: Primitive, args: Sequence[Any], params: dict[str, Any] | None = None
    ) -> "MaskedTensor":
        """What primitives make of it: elements that take part stay such, under the same mask."""
        return MaskedTensor._made(*under_masks(prim, [_parts(arg) for arg in args], params or {}))

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """What ``torch.sum(x)`` and its like give: reductions of the elements that take part. Beside it,
        another tensor is one without a mask."""
        options, name = kwargs or {}, function.__name__
        first, *others = args or (None,)
        beside = list(members((*others, *options.values())))
        if isinstance(first, MaskedTensor) and not any(map(is_masked_tensor, beside)):
            if name in _REDUCTIONS:
                return first._reduced(name, *others, **options)
            if name in _MOVED:
                return first._moved(function, *others, **options)
            if name in _CONVERTED:
                return cls._made(function(first._masked_data, *others, **options), first._mask)
            if name in _OWN or name in _OF_THE_ELEMENTS:
                return getattr(first, name)(*others, **options)
        if not any(isinstance(value, Tensor) for value in members((first, *beside))):
            return NotImplemented
        return function(*map(_masked, args), **{key: _masked(value) for key, value in options.items()})

    def __getattr__(self, name: str) -> Any:
        if name in _OF_THE_ELEMENTS:
            return getattr(self._masked_data, name)
        found = None if name.startswith("_") else inspect.getattr_static(Tensor, name, None)
        if isinstance(found, property) and found.fget is not None and name in _MOVED:
            return self._moved(found.fget)
        if not inspect.isfunction(found):
            raise AttributeError(f"'MaskedTensor' object has no attribute {name!r}; take get_data()")
        return functools.partial(self._called, found)

    def _called(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """A method of the Tensor, on this one."""
        said = self.__torch_function__(method, (), (self, *args), options)
        if said is not NotImplemented:
            return said
        try:
            return method(self, *args, **options)
        except AttributeError as error:
            if error.obj is not self:
                raise
            raise TypeError(
                f"{method.__name__}() is not supported for tensor subclasses: it has no meaning for a "
                "MaskedTensor; take get_data() and get_mask()"
            ) from None

    def _moved(self, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        data = function(self._masked_data, *args, **options)
        mask = function(self._masked_mask, *args, **options)
        if isinstance(data, tuple):
            return tuple(map(self._made, data, mask))
        return self._made(data, mask)

    def _reduced(self, name: str, *args: Any, **options: Any) -> "MaskedTensor":
        reduce, mask = getattr(_reductions, name), self._masked_mask
        data = reduce(self._masked_data, *args, mask=mask, **options)
        return self._made(data, output_mask(reduce, self._masked_data, *args, mask=mask, **options))

    def _overwrite(self, value: Any, *operands: Any) -> Self:
        self._masked_data._overwrite(value.get_data(), *map(_elements, operands))
        return self

    def __pow__(self, exponent: Any) -> "MaskedTensor":
        found: MaskedTensor = self.pow(exponent)
        return found

    def __pos__(self) -> Self:
        return self

    def __bool__(self) -> bool:
        if self._masked_data.numel() > 1:
            raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
        return bool(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __len__(self) -> int:
        return len(self._masked_data)

    def __iter__(self) -> Iterator["MaskedTensor"]:
        return iter(self.unbind())

    def __getitem__(self, index: Any) -> "MaskedTensor":
        return self._made(self._masked_data[index], self._masked_mask[index])

    def __repr__(self) -> str:
        if self._masked_data.ndim == 0:
            shown = _element(self._masked_data.item(), bool(self._masked_mask), "--")
            return f"MaskedTensor({shown}, {bool(self._masked_mask)})"
        return f"MaskedTensor(\n{_shown(self._masked_data.tolist(), self._masked_mask.tolist(), 2)}\n)"


def _parts(operand: Any) -> Masked:
    """An operand and its mask, None where it has none."""
    return (operand._masked_data, operand._mask) if isinstance(operand, MaskedTensor) else (operand, None)


def _elements(operand: Any) -> Any:
    return operand.get_data() if isinstance(operand, MaskedTensor) else operand


def _masked(value: Any) -> Any:
    """``value``, where it is a Tensor, or has some, with MaskedTensors without a mask in their places."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(_masked, value)) if type(value) in (tuple, list) else value
    return MaskedTensor._made(value, None) if isinstance(value, Tensor) else value


def _shown(values: Any, mask: Any, depth: int) -> str:
    blank = " " * depth
    if not values or not isinstance(values[0], list):
        return blank + "[" + ", ".join(map(_element, values, mask)) + "]"
    parts = (_shown(v, m, depth + 2) for v, m in zip(values, mask, strict=True))
    return f"{blank}[\n" + ",\n".join(parts) + f"\n{blank}]"


def _element(value: Any, selected: bool, left_out: str = "      --") -> str:
    if not selected:
        return left_out
    return f"{value:8.4f}" if isinstance(value, float) else str(value)


def is_masked_tensor(obj: object, /) -> bool:
    """Whether it is a :class:`MaskedTensor`."""
    return isinstance(obj, MaskedTensor)


def masked_tensor(data: Tensor, mask: Tensor, requires_grad: bool = False) -> MaskedTensor:
    """A new leaf: ``data`` under ``mask``."""
    return MaskedTensor(data.detach() if isinstance(data, Tensor) else data, mask, requires_grad)


def as_masked_tensor(data: Tensor, mask: Tensor) -> MaskedTensor:
    """``data`` under ``mask``, as a part of its graph."""
    return MaskedTensor(data, mask)
