"""What PyTorch's older constructors make of their arguments: ``Tensor(2, 3)``, ``FloatTensor([1, 2])``,
``tensor.new(...)``."""

from typing import Any

import numpy as np

from .._devices.device import device as make_device
from .._engine.dtypes import from_numpy_dtype, plain
from .._engine.handle import Handle
from .._engine.memory import lend
from .._engine.size import Size
from .._engine.storage import UntypedStorage
from .._engine.typed_storage import TypedStorage
from ._data import array_of, shape_of, source_bytes, unwritten


def legacy_new(given: tuple[Any, ...], kind: np.dtype[Any] | None, options: dict[str, Any]) -> Any:
    """The array, or the given tensor itself, of which the new tensor is an alias.

    Sizes one by one, a :class:`Size` or nothing: unwritten memory. A sequence: a copy. An array of NumPy's:
    its own memory where it has that dtype. A tensor, or a storage: its own memory. ``kind`` is None where a
    tensor of any dtype will do; TypeError for another one, and for what is none of these.
    """
    size, device = options.pop("size", None), options.pop("device", None)
    given += tuple(options.pop(name) for name in ("other", "storage") if name in options)
    if options:
        raise TypeError(
            f"new() received an invalid combination of arguments: {', '.join(options)}; use "
            "tensor(data, dtype=...)"
        )
    if device is not None and make_device(device).type != "cpu":
        raise RuntimeError(
            "legacy constructor expects device type: cpu but device type: "
            f"{make_device(device).type} was passed"
        )
    if size is not None:
        given = (Size(size),)
    data: Any = given[0] if len(given) == 1 else Size(given or (0,))
    target = from_numpy_dtype(np.dtype(np.float32)).dtype if kind is None else kind
    if isinstance(data, Size) or (hasattr(data, "__index__") and not _is_data(data)):
        return unwritten(np.empty(shape_of((data,)), target))
    if isinstance(data, Handle):
        if device is not None:
            raise RuntimeError(
                "Legacy tensor new of the form tensor.new(tensor, device=device) is not supported: use "
                "torch.as_tensor(tensor, device=device)"
            )
        if kind is not None and data.array.dtype != kind:
            raise TypeError(
                f"expected a tensor of dtype {from_numpy_dtype(kind)!r} (got {data.dtype!r}); convert it, or "
                "use tensor(data, dtype=...)"
            )
        return data
    if isinstance(data, TypedStorage | UntypedStorage):
        return source_bytes(data, target).view(target)
    if not hasattr(data, "__len__") or isinstance(data, dict | set | np.generic):
        kind_of = type(data)
        name = f"numpy.{kind_of.__name__}" if isinstance(data, np.generic) else kind_of.__name__
        raise TypeError(f"new(): data must be a sequence (got {name})")
    if isinstance(data, np.ndarray) and data.dtype == target:
        lend(data)
        return plain(data)
    return array_of(data, target)


def _is_data(value: Any) -> bool:
    """Whether what could be an index is data: a truth value, an array, a tensor."""
    return isinstance(value, bool | Handle | np.ndarray | np.bool_)
