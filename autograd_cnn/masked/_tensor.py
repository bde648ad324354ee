"""Tensors that carry their mask: elementwise functions, arithmetic of equal masks, and masked reductions."""

import warnings
from collections.abc import Callable
from typing import Any

from .._engine.dtypes import bool_ as truth
from .._tensor import Tensor
from . import _reductions
from ._masks import output_mask

__all__ = ["MaskedTensor", "as_masked_tensor", "is_masked_tensor", "masked_tensor"]

_UNARY = (
    *("abs", "absolute", "acos", "acosh", "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan"),
    *("arctanh", "asin", "asinh", "atan", "atanh", "bitwise_not", "ceil", "clamp", "clip", "cos", "cosh"),
    *("deg2rad", "detach", "digamma", "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "fix", "float"),
    *("double", "floor", "frac", "isnan", "lgamma", "log", "log10", "log1p", "log2", "logit", "nan_to_num"),
    *("neg", "negative", "positive", "pow", "rad2deg", "reciprocal", "round", "rsqrt", "sigmoid", "sign"),
    *("signbit", "sin", "sinc", "sinh", "sqrt", "square", "tan", "tanh", "to", "trunc"),
)
_OPERATORS = (
    *("__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__", "__pow__"),
    *("__radd__", "__rsub__", "__rmul__", "__rtruediv__", "__rpow__"),
    *("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__", "__and__", "__or__", "__xor__"),
)
_BINARY = (
    *("add", "sub", "mul", "div", "atan2", "fmod", "remainder", "maximum", "minimum", "eq", "ne", "lt", "le"),
    *("gt", "ge", "logaddexp", "floor_divide"),
)
_NORMALISED = ("softmax", "log_softmax", "softmin", "normalize", "cumsum", "cumprod")
_MOVED = (
    *("clone", "contiguous", "expand", "flatten", "movedim", "narrow", "permute", "reshape", "select"),
    *("squeeze", "swapaxes", "swapdims", "t", "transpose", "unflatten", "unfold", "unsqueeze", "view"),
)
"""They choose among elements, or lay them elsewhere: the mask goes with them."""
_REDUCTIONS = ("sum", "mean", "prod", "amax", "amin", "argmax", "argmin", "var", "std", "norm", "median")


class MaskedTensor:
    """A tensor, and a mask of its shape that is False where elements are left out."""

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
        self._masked_mask: Tensor = mask.clone()

    @classmethod
    def _made(cls, data: Tensor, mask: Tensor) -> "MaskedTensor":
        made = cls.__new__(cls)
        made._masked_data, made._masked_mask = data, mask
        return made

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

    def __getattr__(self, name: str) -> Any:
        if name in ("shape", "dtype", "device", "ndim", "layout", "requires_grad", "is_leaf", "grad_fn"):
            return getattr(self._masked_data, name)
        if name in ("size", "dim", "numel", "stride", "is_floating_point", "requires_grad_", "type", "item"):
            return getattr(self._masked_data, name)
        if name in _UNARY:
            return lambda *a, **k: self._made(getattr(self._masked_data, name)(*a, **k), self._masked_mask)
        if name in _MOVED:
            data, mask = getattr(self._masked_data, name), getattr(self._masked_mask, name)
            return lambda *a, **k: self._made(data(*a, **k), mask(*a, **k))
        if name in _REDUCTIONS or name in _NORMALISED:
            return lambda *a, **k: self._reduced(name, *a, **k)
        if name in _BINARY:
            return lambda other, *a, **k: self._combined(name, other, *a, **k)
        raise AttributeError(f"'MaskedTensor' has no {name!r}: take get_data() and get_mask()")

    def _reduced(self, name: str, *args: Any, **options: Any) -> "MaskedTensor":
        reduce = getattr(_reductions, name)
        data = reduce(self._masked_data, *args, mask=self._masked_mask, **options)
        return self._made(
            data, output_mask(reduce, self._masked_data, *args, mask=self._masked_mask, **options)
        )

    def _beside(self, other: Any) -> Any:
        """What stands beside the elements, without its mask, which must be the same."""
        if not is_masked_tensor(other):
            return other
        same_shape = tuple(other.shape) == tuple(self.shape)
        if same_shape and not bool((other.get_mask() == self._masked_mask).all()):
            raise ValueError(
                "Input masks must match. If you need support for this, please open an issue on Github: "
                "combine get_data() of both under one mask"
            )
        return other.get_data()

    def _combined(self, name: str, other: Any, *args: Any, **options: Any) -> "MaskedTensor":
        data = getattr(self._masked_data, name)(self._beside(other), *args, **options)
        return self._made(data, self._masked_mask)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """What ``torch.sin(x)`` and its like give: they are NumPy's elementwise functions."""
        if method != "__call__":
            return NotImplemented
        return self._made(ufunc(*map(self._beside, inputs), **options), self._masked_mask)

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """What ``torch.sum(x)`` and its like give: the method of the same name."""
        method = getattr(args[0], function.__name__, None) if args and is_masked_tensor(args[0]) else None
        return NotImplemented if method is None else method(*args[1:], **(kwargs or {}))

    def __len__(self) -> int:
        return len(self._masked_data)

    def __abs__(self) -> "MaskedTensor":
        return self._made(abs(self._masked_data), self._masked_mask)

    def __neg__(self) -> "MaskedTensor":
        return self._made(-self._masked_data, self._masked_mask)

    def __getitem__(self, index: Any) -> "MaskedTensor":
        return self._made(self._masked_data[index], self._masked_mask[index])

    def __repr__(self) -> str:
        if self._masked_data.ndim == 0:
            shown = _element(self._masked_data.item(), bool(self._masked_mask)).strip()
            return f"MaskedTensor({shown}, {bool(self._masked_mask)})"
        return f"MaskedTensor(\n{_shown(self._masked_data.tolist(), self._masked_mask.tolist(), 2)}\n)"


for _operator in _OPERATORS:  # Python looks them up in the class
    setattr(
        MaskedTensor, _operator, (lambda name: lambda self, other: self._combined(name, other))(_operator)
    )


def _shown(values: Any, mask: Any, depth: int) -> str:
    blank = " " * depth
    if not values or not isinstance(values[0], list):
        return blank + "[" + ", ".join(map(_element, values, mask)) + "]"
    parts = (_shown(v, m, depth + 2) for v, m in zip(values, mask, strict=True))
    return f"{blank}[\n" + ",\n".join(parts) + f"\n{blank}]"


def _element(value: Any, selected: bool) -> str:
    if not selected:
        return "      --"
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
