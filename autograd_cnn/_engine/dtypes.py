"""dtype objects: PyTorch's names over NumPy's dtypes, and PyTorch's rules of promotion.

The default dtype is kept here, and not with the switches of ``ops.kernels``: no kernel asks for it, and only
who turns a number without a dtype into an array does, by these rules.
"""

import builtins
from typing import Any, Final, TypeAlias

import numpy as np

from ..ops._errors import scalar_type

__all__ = [
    "can_cast",
    "double",
    "dtype",
    "finfo",
    "float",
    "float16",
    "float32",
    "float64",
    "get_default_dtype",
    "half",
    "iinfo",
    "int8",
    "int16",
    "int32",
    "int64",
    "long",
    "promote_types",
    "set_default_dtype",
    "set_default_tensor_type",
    "short",
    "uint8",
]

_Self: TypeAlias = "dtype"
"""Inside the class its name is that of NumPy's dtype."""


class dtype:
    """A data type. ``np.dtype(autograd_cnn.float32)`` is NumPy's; it prints as PyTorch's does."""

    __slots__ = ("dtype", "name")

    name: str
    dtype: np.dtype[Any]
    """NumPy's dtype; its name makes NumPy functions take this object as one."""

    def __init__(self, name: str, numpy_dtype: Any) -> None:
        self.name = name
        self.dtype = np.dtype(numpy_dtype)

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, dtype):
            return self.dtype == other.dtype
        if isinstance(other, np.dtype):
            return bool(self.dtype == other)
        return (
            isinstance(other, type) and issubclass(other, np.generic) and bool(self.dtype == np.dtype(other))
        )

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __reduce__(self) -> tuple[Any, ...]:
        return (as_dtype, (self.dtype,))

    @property
    def is_floating_point(self) -> bool:
        """Whether gradients exist for it."""
        return self.dtype.kind == "f"

    @property
    def is_complex(self) -> bool:
        """Always False: this engine is for real numbers."""
        return False

    def to_real(self) -> "_Self":
        """The dtype of the real part: this one."""
        return self

    @property
    def is_signed(self) -> bool:
        """Whether it has negative values."""
        return self.dtype.kind in "fi"

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        return self.dtype.itemsize

    @property
    def abbr(self) -> str:
        """Its short name: "f32", "i64", "b8" of bool."""
        return f"{self.dtype.kind}{8 * self.itemsize}"


DType: TypeAlias = dtype | np.dtype[Any] | type[Any] | str
"""What names a data type: one of ours, of NumPy's or of Python's."""

float16: Final = dtype("float16", np.float16)
half: Final = float16
float32: Final = dtype("float32", np.float32)
float: Final = float32
float64: Final = dtype("float64", np.float64)
double: Final = float64
uint8: Final = dtype("uint8", np.uint8)
int8: Final = dtype("int8", np.int8)
int16: Final = dtype("int16", np.int16)
short: Final = int16
int32: Final = dtype("int32", np.int32)
int_: Final = int32
int64: Final = dtype("int64", np.int64)
long: Final = int64
bool_: Final = dtype("bool", np.bool_)

ALL = (float16, float32, float64, uint8, int8, int16, int32, int64, bool_)

TENSOR_TYPES = {f"{scalar_type(d)}Tensor": d for d in ALL}
"""The older names of the dtypes: ``tensor.type()`` gives "torch.FloatTensor"."""

_by_numpy: dict[np.dtype[Any], dtype] = {d.dtype: d for d in ALL}
_by_python: dict[Any, dtype] = {bool: bool_, int: int64, builtins.float: float64}

_default = float32


def as_dtype(value: Any) -> dtype:
    """The dtype object for a dtype of ours, NumPy's or Python's; TypeError for what has no place here."""
    if isinstance(value, dtype):
        return value
    if value in _by_python:
        return _by_python[value]
    try:
        if value is None:  # float64, says NumPy
            raise KeyError
        return _by_numpy[np.dtype(value)]
    except (KeyError, TypeError):
        raise TypeError(
            f"dtype {value!r} is not supported; choose one of {', '.join(map(repr, ALL))}"
        ) from None


def from_numpy_dtype(value: np.dtype[Any]) -> dtype:
    """The dtype object of an array's dtype."""
    found = _by_numpy.get(value)
    if found is None and value.kind in "biuf" and not value.isnative:
        raise ValueError(
            f"the array's byte order ({value}) is not this machine's: convert it with "
            "array.astype(array.dtype.newbyteorder('='))"
        )
    if found is None and value.kind not in "biuf":
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{value.type.__name__}: dtype {value!r} is not "
            f"supported; choose one of {', '.join(map(repr, ALL))}"
        )
    return found if found is not None else as_dtype(value)


def plain(array: Any) -> Any:
    """The same memory as an array of NumPy's own class, under NumPy's own dtype object.

    A matrix multiplies where an array does not, and a masked array leaves elements out. Kernels are chosen by
    the identity of the dtype, and what was pickled has an equal copy of it.
    """
    if type(array) is not np.ndarray and isinstance(array, np.ndarray):
        array = array.view(np.ndarray)
    if array.dtype.isbuiltin or (found := _by_numpy.get(array.dtype)) is None:
        return array
    return array.view(found.dtype)


def get_default_dtype() -> dtype:
    """The dtype of floating-point numbers that come without one: float32 unless changed."""
    return _default


def set_default_dtype(d: Any, /) -> None:
    """Set what :func:`get_default_dtype` returns."""
    global _default
    chosen = as_dtype(d)
    if chosen.dtype.kind != "f":
        raise TypeError(f"only floating-point types are supported as the default type, not {chosen!r}")
    _default = chosen


def set_default_tensor_type(t: Any) -> None:
    """The former way of :func:`set_default_dtype`: ``torch.DoubleTensor`` or its name."""
    name = (t if isinstance(t, str) else getattr(t, "__name__", str(t))).removeprefix("torch.")
    if name not in TENSOR_TYPES:
        raise TypeError(
            "set_default_tensor_type takes torch.FloatTensor, DoubleTensor or HalfTensor, or their "
            f"names, not {t!r}"
        )
    set_default_dtype(TENSOR_TYPES[name])


def category(numpy_dtype: np.dtype[Any]) -> "builtins.int":
    """0 for bool, 1 for integers, 2 for floating point."""
    return {"b": 0, "i": 1, "u": 1, "f": 2}.get(numpy_dtype.kind, 3)


def join(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """PyTorch's promotion of two tensors' dtypes of one priority: int64 and float32 make float32, not
    float64."""
    if a == b:
        return a
    higher, lower = (a, b) if category(a) >= category(b) else (b, a)
    return higher if category(higher) > category(lower) else np.promote_types(a, b)


def promote_types(type1: Any, type2: Any) -> dtype:
    """The smallest dtype that both promote to: int64 and float16 make float16."""
    return from_numpy_dtype(join(as_dtype(type1).dtype, as_dtype(type2).dtype))


def can_cast(from_: Any, to: Any) -> "builtins.bool":
    """Whether promotion may turn ``from_`` into ``to``: never into a lower category (bool, integers, floating
    point)."""
    return category(as_dtype(from_).dtype) <= category(as_dtype(to).dtype)


class finfo:
    """The limits of a floating-point dtype: ``bits``, ``eps``, ``max``, ``min``, ``tiny``,
    ``smallest_normal``, ``resolution``."""

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")

    bits: builtins.int
    dtype: str
    eps: builtins.float
    max: builtins.float
    min: builtins.float
    resolution: builtins.float
    smallest_normal: builtins.float
    tiny: builtins.float

    def __init__(self, type: Any = None) -> None:
        kind = _default if type is None else as_dtype(type)
        if not kind.is_floating_point:
            raise TypeError(
                f"torch.finfo() requires a floating point input type, not {kind!r}. Use torch.iinfo "
                "to handle integers"
            )
        limits: Any = np.finfo(kind.dtype)
        self.bits, self.dtype = kind.itemsize * 8, kind.name
        self.eps, self.max, self.min = limits.eps.item(), limits.max.item(), limits.min.item()
        self.tiny = self.smallest_normal = limits.smallest_normal.item()
        self.resolution = 10.0**-limits.precision

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{name}={getattr(self, name):g}' for name in names)}, dtype={self.dtype})"


class iinfo:
    """The limits of an integer dtype: ``bits``, ``max``, ``min``."""

    __slots__ = ("bits", "dtype", "max", "min")

    bits: builtins.int
    dtype: str
    max: builtins.int
    min: builtins.int

    def __init__(self, type: Any) -> None:
        kind = as_dtype(type)
        if kind.dtype.kind not in "iu":
            raise TypeError(
                f"torch.iinfo() requires an integer input type, not {kind!r}. Use torch.finfo to "
                "handle floating point"
            )
        limits = np.iinfo(kind.dtype)
        self.bits, self.dtype, self.max, self.min = limits.bits, kind.name, limits.max, limits.min

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
