"""Parameters and buffers, the tensors a module holds, and those of them that have no shape yet."""

from typing import Any, ClassVar, NoReturn, Self, TypeGuard

from .._creation.creation import empty
from .._devices.device import DeviceLike, device
from .._engine.dtypes import DType, dtype
from .._engine.handle import Handle
from .._functions._data import array_of
from .._tensor import Tensor, tensor_of

__all__ = [
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "is_lazy",
]


def _source(data: Any) -> Any:
    """The array that a parameter shares: that of a tensor, one of NumPy's, or a new one of numbers; of None
    one without elements."""
    source = data.array if isinstance(data, Tensor) else () if data is None else data
    return source if hasattr(source, "dtype") else array_of(source, "float32")


class Parameter(Tensor):
    """A tensor that a module learns: set as an attribute, it is found by ``module.parameters()``.

    Shares the memory of ``data``. ``requires_grad`` says whether it wants a gradient.
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Self:
        return cls._sharing(_source(data), requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A parameter of the same values, with memory of its own and, as in PyTorch, without a gradient."""
        found = type(self)._sharing(self.array.copy(order="K"))
        memo[id(self)] = found.requires_grad_(self.requires_grad)
        return found

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that is state but not learnt: set as an attribute, it is found by ``module.buffers()``.

    It stands in ``state_dict`` unless ``persistent`` is False.
    Shares the memory of ``data``.
    """

    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Self:
        found = cls._sharing(_source(data))
        found.persistent = persistent
        return found


_held: Any = Handle.__dict__["array"]
"""The slot in which a tensor has its array."""


class UninitializedTensorMixin:
    """What has no shape yet, until :meth:`materialize` gives it one. It has a dtype and a device, which may
    be changed; whatever needs its numbers is refused.

    It gets its memory in place, so that an optimizer may hold it before.
    """

    __slots__ = ()
    cls_to_become: ClassVar[type[Tensor]]
    """What it is from then on."""

    @property
    def array(self) -> Any:
        """ValueError: there are no numbers."""
        raise ValueError(
            f"Attempted to use an uninitialized parameter, a {type(self).__name__}. This error happens when "
            "you are using a `LazyModule` or explicitly manipulating `torch.nn.parameter."
            f"{type(self).__name__}` objects. When using LazyModules Call `forward` with a dummy batch to "
            "initialize the parameters before calling torch functions"
        )

    @array.setter
    def array(self, array: Any) -> None:
        _held.__set__(self, array)

    def materialize(self, shape: Any, device: DeviceLike | None = None, dtype: DType | None = None) -> None:
        """Give it memory of this shape, unwritten; by default of the device and dtype it has."""
        this: Any = self
        made = empty(shape, device=device or this.device, dtype=dtype or this.dtype)
        this.__class__ = self.cls_to_become
        this._show(made.array)

    @property
    def data(self) -> Tensor:
        """A tensor without elements, of its dtype and on its device."""
        return tensor_of(_held.__get__(self))

    @data.setter
    def data(self, value: Tensor) -> None:
        _held.__set__(self, value.array)

    @property
    def dtype(self) -> dtype:
        """The type that its elements will have."""
        return self.data.dtype

    @property
    def device(self) -> device:
        """Where its memory will be."""
        return self.data.device

    @property
    def shape(self) -> NoReturn:
        """RuntimeError: there is none."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call "
            "`forward` to initialize the parameters before accessing their attributes."
        )

    def share_memory_(self) -> NoReturn:
        """RuntimeError: there is no memory."""
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the "
            "parameters before calling `module.share_memory()`."
        )

    def is_floating_point(self) -> bool:
        """Whether its elements will be floating-point numbers."""
        return self.dtype.is_floating_point

    def to(self, *args: Any, **options: Any) -> Tensor:
        """Its :attr:`data` in another dtype or on another device."""
        return self.data.to(*args, **options)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        this: Any = self
        found = type(this)(this.requires_grad, this.device, this.dtype)
        memo[id(self)] = found
        return found

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        this: Any = self
        return type(this), (this.requires_grad, str(this.device), this.dtype)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A :class:`Parameter` whose shape is not known yet, as in a lazy module before its first call."""

    cls_to_become: ClassVar[type[Tensor]] = Parameter

    def __new__(
        cls, requires_grad: bool = True, device: DeviceLike | None = None, dtype: DType | None = None
    ) -> Self:
        made: Any = Parameter(empty(0, device=device, dtype=dtype), requires_grad)
        made.__class__ = cls
        return made


class UninitializedBuffer(UninitializedTensorMixin, Buffer):
    """A :class:`Buffer` whose shape is not known yet, as in a lazy module before its first call."""

    cls_to_become: ClassVar[type[Tensor]] = Buffer

    def __new__(
        cls,
        requires_grad: bool = False,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
        persistent: bool = True,
    ) -> Self:
        made: Any = Buffer(empty(0, device=device, dtype=dtype), persistent=persistent)
        made.requires_grad_(requires_grad)
        made.__class__ = cls
        return made


def is_lazy(param: Any) -> TypeGuard[UninitializedTensorMixin]:
    """Whether ``param`` is a parameter or a buffer without a shape."""
    return isinstance(param, UninitializedTensorMixin)
