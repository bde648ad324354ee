"""Making tensors from data, or filled with numbers that follow a rule."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._dtype import as_dtype, device_of, from_numpy_dtype, get_default_dtype, join
from .._dtype import device as make_device
from .._handle import Handle
from .._tensor import Tensor
from .._transfer import move

Array = np.ndarray[Any, Any]
_NUMBERS = frozenset((bool, int, float))


def finish(array: Any, device: Any, requires_grad: bool) -> Tensor:
    """The tensor of ``array`` on ``device`` (None: where it is)."""
    array = np.asarray(array) if isinstance(array, np.generic) else array
    return Tensor(array if device is None else move(array, make_device(device)), requires_grad)


def shape_of(size: tuple[Any, ...], named: "dict[str, Any] | None" = None) -> tuple[int, ...]:
    """The shape in ``zeros(2, 3)``, ``zeros((2, 3))`` and ``zeros(size=(2, 3))``."""
    if named:
        if set(named) != {"size"} or size:
            raise TypeError(f"unexpected keyword arguments {sorted(named)}: the shape goes by position or as size=(...)")
        size = (named["size"],)
    if not size:
        raise TypeError('missing 1 required positional argument: "size"; a tensor without axes has size ()')
    sizes = size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    try:
        shape = tuple(n.__index__() for n in sizes)
    except (AttributeError, TypeError) as error:
        kinds = ", ".join(type(n).__name__ for n in sizes)
        raise TypeError(f"argument 'size' must be a tuple of ints, not ({kinds})") from error
    for n in shape:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(shape)}")
    return shape


def _numpy_dtype(dtype: Any) -> np.dtype[Any]:
    """The dtype asked for; the default one where it is None."""
    return (get_default_dtype() if dtype is None else as_dtype(dtype)).dtype


# from data


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A new tensor with a copy of ``data``: numbers, nested sequences, arrays or tensors.

    Python's floats get the default dtype, its ints int64; arrays, NumPy's numbers and tensors keep theirs.
    """
    if isinstance(data, Handle):
        data = data.array
    if hasattr(data, "dtype") and hasattr(data, "shape"):
        target = from_numpy_dtype(data.dtype) if dtype is None else as_dtype(dtype)
        from_numpy_dtype(data.dtype)
        with np.errstate(invalid="ignore", over="ignore"):
            return finish(data.astype(target.dtype, copy=True), device, requires_grad)
    leaves: list[Any] = []
    kinds: set[Any] = set()
    shape = _sizes(data)
    _collect(data, shape, 0, None, leaves, kinds)
    array = _convert(leaves, _inferred(kinds) if dtype is None else as_dtype(dtype).dtype).reshape(shape)
    return finish(array, device, requires_grad)


def _sizes(data: Any) -> tuple[int, ...]:
    """The shape that nested sequences have if they are as regular as their first elements."""
    shape: list[int] = []
    while not isinstance(data, str):
        if isinstance(data, Handle):
            data = data.array
        if isinstance(data, (np.ndarray, np.generic)):
            return (*shape, *data.shape)
        if not isinstance(data, Sequence) and not (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
            break
        shape.append(len(data))
        if not data:
            break
        data = data[0]
    return tuple(shape)


def _collect(data: Any, shape: tuple[int, ...], depth: int, kind: Any, leaves: list[Any], kinds: set[Any]) -> None:
    """Append the numbers of nested sequences to ``leaves``, and their types to ``kinds``."""
    if isinstance(data, Handle):
        data = move(data.array, make_device("cpu"))
    if isinstance(data, (np.ndarray, np.generic)):
        kind, data = data.dtype, data.tolist()
    if depth < len(shape):
        if type(data) in _NUMBERS:
            raise TypeError(f"expected a sequence of length {shape[depth]} at dim {depth}, not the number {data!r}")
        if len(data) != shape[depth]:
            raise ValueError(f"expected sequence of length {shape[depth]} at dim {depth} (got {len(data)})")
        found = set(map(type, data))
        if depth == len(shape) - 1 and found <= _NUMBERS:
            leaves += data
            kinds |= {kind} if kind is not None else found
        else:
            for part in data:
                _collect(part, shape, depth + 1, kind, leaves, kinds)
        return
    if isinstance(data, str):
        raise TypeError(f"new(): invalid data type 'str': a tensor holds numbers, not {data!r}")
    if not isinstance(data, (bool, int, float)):
        what = TypeError if isinstance(data, Sequence) else RuntimeError
        raise what(f"Could not infer dtype of {type(data).__name__}: give numbers, nested sequences of equal lengths, arrays or tensors")
    leaves.append(data)
    kinds.add(kind or (bool if isinstance(data, bool) else int if isinstance(data, int) else float))


def _inferred(kinds: set[Any]) -> np.dtype[Any]:
    """The common dtype of Python's number types and NumPy dtypes."""
    result: np.dtype[Any] | None = None
    for kind in kinds:
        found = from_numpy_dtype(kind).dtype if isinstance(kind, np.dtype) else as_dtype(kind).dtype
        result = found if result is None else join(result, found)
    return get_default_dtype().dtype if result is None else result


def _convert(leaves: list[Any], target: np.dtype[Any]) -> Array:
    """Python numbers in ``target``; RuntimeError for what does not fit an integer type."""
    if target.kind == "f":
        with np.errstate(over="ignore"):
            return np.array(leaves, np.float64).astype(target)
    if target.kind == "b":
        return np.array([bool(leaf) for leaf in leaves], target)
    try:
        wide = np.array([int(leaf) for leaf in leaves], np.int64)
    except OverflowError as error:
        raise ValueError(f"Overflow when unpacking long long: {max(leaves, key=abs)} does not fit int64") from error
    limits = np.iinfo(target)
    lowest = -limits.max if limits.min == 0 else limits.min
    if wide.size and (wide.max() > limits.max or wide.min() < lowest):
        raise RuntimeError(f"value cannot be converted to type {target} without overflow: give numbers in [{limits.min}, {limits.max}]")
    return wide.astype(target)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """``data`` as a tensor; it shares memory, and a tensor its history, where dtype and device allow."""
    if isinstance(data, Tensor):
        return data.to(dtype=dtype, device=device)  # type: ignore[no-any-return]  # the method is typed for mixins
    if isinstance(data, np.ndarray):
        return from_numpy(data).to(dtype=dtype, device=device)  # type: ignore[no-any-return]
    return tensor(data, dtype=dtype, device=device)


def asarray(obj: Any, *, dtype: Any = None, device: Any = None, copy: "bool | None" = None, requires_grad: bool = False) -> Tensor:
    """``obj`` as a tensor. ``copy``: True always copies, False raises where a copy is needed, None copies where needed."""
    made = as_tensor(obj, dtype, device)
    source = obj.array if isinstance(obj, Handle) else obj
    shared = isinstance(source, type(made.array)) and np.shares_memory(source, made.array)
    if copy and shared:
        made = made.clone()
    elif copy is False and not shared:
        raise ValueError(f"asarray: a copy of this {type(obj).__name__} is needed, but copy=False forbids it")
    if requires_grad and not made.requires_grad:
        made = made.detach().requires_grad_()
    return made


def from_numpy(ndarray: Array) -> Tensor:
    """A tensor that shares the memory of ``ndarray``."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    from_numpy_dtype(ndarray.dtype)
    return Tensor(ndarray)


def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor without axes, of the default dtype unless another is given."""
    return tensor(s, dtype=dtype or get_default_dtype(), device=device, requires_grad=requires_grad)


# filled with one number


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """Zeros in the shape ``size``."""
    return finish(np.zeros(shape_of(size, named), _numpy_dtype(dtype)), device, requires_grad)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """Ones in the shape ``size``."""
    return finish(np.ones(shape_of(size, named), _numpy_dtype(dtype)), device, requires_grad)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """Memory in the shape ``size`` that nobody has written yet."""
    return finish(np.empty(shape_of(size, named), _numpy_dtype(dtype)), device, requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """``fill_value`` everywhere in the shape ``size``; it gives the dtype where none is given."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    value = tensor(fill_value, dtype=dtype).array
    return finish(np.full(shape_of((size,)), value), device, requires_grad)


def _like(input: Tensor, dtype: Any, device: Any) -> tuple[Any, Any, Any]:
    """Shape, NumPy dtype and device of ``input``, where they are not given."""
    if not isinstance(input, Handle):
        raise TypeError(f"argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    kind = input.array.dtype if dtype is None else as_dtype(dtype).dtype
    return input.array.shape, kind, device_of(input.array) if device is None else device


def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros in the shape, dtype and device of ``input``."""
    shape, kind, where = _like(input, dtype, device)
    return zeros(shape, dtype=kind, device=where, requires_grad=requires_grad)


def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones in the shape, dtype and device of ``input``."""
    shape, kind, where = _like(input, dtype, device)
    return ones(shape, dtype=kind, device=where, requires_grad=requires_grad)


def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Unwritten memory in the shape, dtype and device of ``input``."""
    shape, kind, where = _like(input, dtype, device)
    return empty(shape, dtype=kind, device=where, requires_grad=requires_grad)


def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """``fill_value`` everywhere in the shape, dtype and device of ``input``."""
    shape, kind, where = _like(input, dtype, device)
    return full(shape, fill_value, dtype=kind, device=where, requires_grad=requires_grad)


# following a rule


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def arange(
    *bounds: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any
) -> Tensor:
    """``arange(end)`` or ``arange(start, end, step)``: start, start + step, ... below end; int64 where all are integers."""
    names = ("end",) if len(bounds) == 1 and "end" not in named else ("start", "end", "step")
    given = dict(zip(names, bounds, strict=False)) | named
    if "end" not in given or len(bounds) > 3 or not set(given) <= {"start", "end", "step"}:
        raise TypeError(f"arange takes end, or start, end and step, but got {bounds} and {named}")
    start, end, step = (_number(given.get(name, default)) for name, default in (("start", 0), ("end", None), ("step", 1)))
    kind = as_dtype(dtype).dtype if dtype is not None else _inferred({bool if False else type(v) for v in (start, end, step)})
    kind = np.dtype(np.int64) if dtype is None and kind.kind != "f" else kind
    if kind.kind == "i" and dtype is not None and all(isinstance(v, float) for v in (step,)) and int(step) == 0:
        raise ValueError(f"step must be nonzero: {step} is 0 in {kind}")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError(f"upper bound and lower bound inconsistent with step sign: from {start} to {end} by {step}")
    if all(isinstance(v, int) for v in (start, end, step)):
        count = max(0, -((start - end) // step))
    else:
        count = math.ceil((end - start) / step)
    if kind.kind != "f":
        start, step = int(start), int(step)
    values = start + np.arange(count, dtype=np.float64 if kind.kind == "f" else np.int64) * step
    return finish(values.astype(kind), device, requires_grad)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` numbers from ``start`` to ``end`` at equal distances, both included."""
    return finish(_spaced(_number(start), _number(end), steps, _numpy_dtype(dtype)), device, requires_grad)


def _spaced(start: Any, end: Any, steps: int, kind: np.dtype[Any]) -> Array:
    """Each half counts from its own end, so that both ends are exact."""
    if steps < 0:
        raise RuntimeError(f"number of steps must be non-negative, not {steps}")
    if steps < 2:
        return np.full(steps, start, kind)
    if kind.kind == "f":
        working = np.float64 if kind == np.float64 else np.float32
        start, end = working(start), working(end)
        step = (end - start) / working(steps - 1)
    else:
        working, start, end = np.float32, int(start), int(end)
        step = np.float32(end - start) / np.float32(steps - 1)
    index = np.arange(steps)
    low = index < steps // 2
    from_start = np.float64(start) + np.float64(step) * index
    from_end = np.float64(end) - np.float64(step) * (steps - 1 - index)
    return np.where(low, from_start, from_end).astype(working).astype(kind)


def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """``steps`` powers of ``base``, from ``base**start`` to ``base**end``."""
    kind = _numpy_dtype(dtype)
    exponents = _spaced(_number(start), _number(end), steps, np.dtype(np.float64))
    return finish(np.power(float(base), exponents).astype(kind), device, requires_grad)


def eye(n: int, m: "int | None" = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The ``n`` x ``m`` matrix with ones on its diagonal."""
    for name, size in (("n", n), ("m", n if m is None else m)):
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    return finish(np.eye(n, m, dtype=_numpy_dtype(dtype)), device, requires_grad)


class TensorType:
    """``FloatTensor(2, 3)`` makes an unwritten tensor, ``FloatTensor([1, 2])`` one of data; ``isinstance`` asks for the dtype."""

    def __init__(self, name: str, dtype: Any) -> None:
        self.__name__, self.dtype = name, as_dtype(dtype)

    def __call__(self, *args: Any) -> Tensor:
        if not args:
            return empty(0, dtype=self.dtype)
        data = args[0]
        if len(args) > 1 or isinstance(data, int) or type(data).__name__ == "Size":
            return empty(*args, dtype=self.dtype)
        if not hasattr(data, "__len__"):
            raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
        if hasattr(data, "dtype") and data.dtype != self.dtype.dtype:
            raise TypeError(f"{self.__name__}: expected data of dtype {self.dtype!r}, not {data.dtype}; convert it, or use tensor(data, dtype=...)")
        return tensor(data, dtype=self.dtype)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, Tensor) and bool(value.array.dtype == self.dtype.dtype)

    def __repr__(self) -> str:
        return f"<class 'torch.{self.__name__}'>"


FloatTensor = TensorType("FloatTensor", np.float32)
DoubleTensor = TensorType("DoubleTensor", np.float64)
HalfTensor = TensorType("HalfTensor", np.float16)
LongTensor = TensorType("LongTensor", np.int64)
IntTensor = TensorType("IntTensor", np.int32)
ShortTensor = TensorType("ShortTensor", np.int16)
CharTensor = TensorType("CharTensor", np.int8)
ByteTensor = TensorType("ByteTensor", np.uint8)
BoolTensor = TensorType("BoolTensor", np.bool_)
