"""The arguments of ``Module.to``, in each of the ways in which they may be given."""

from typing import Any

from ..._devices.device import DeviceLike
from ..._devices.device import device as Device
from ..._engine.dtypes import DType, as_dtype
from ..._engine.dtypes import dtype as Kind
from ..._tensor import Tensor


def where_to(*args: Any, **kwargs: Any) -> tuple[DeviceLike | None, Kind | None, Any]:
    """The device, the dtype and the memory format that are asked for, each None where it stays.

    TypeError for what fits none of ``(device, dtype, non_blocking)``, ``(dtype, non_blocking)``,
    ``(tensor, non_blocking)``; RuntimeError for ``copy``.
    """
    if kwargs.pop("copy", False):
        raise RuntimeError(".to() does not accept copy argument: a module keeps its parameters")
    memory_format = kwargs.pop("memory_format", None)
    first = args[0] if args else None
    names: tuple[str, ...]
    if isinstance(first, Tensor):
        names = ("tensor", "non_blocking")
    elif first is not None and not isinstance(first, (str, int, Device)):
        names = ("dtype", "non_blocking")
    else:
        names = ("device", "dtype", "non_blocking")
    given = dict(zip(names, args, strict=False))
    if (
        len(args) > len(names)
        or (unknown := kwargs.keys() - {*names, "device", "dtype", "tensor"})
        or (given.keys() & kwargs.keys())
    ):
        raise TypeError(
            f"to() received an invalid combination of arguments - got "
            f"{(*args, *(unknown if kwargs else ()))}, but expected (device, dtype, non_blocking), (dtype, "
            f"non_blocking) or (tensor, non_blocking)"
        )
    given |= kwargs
    if isinstance(given.get("tensor"), Tensor):
        return given["tensor"].device, given["tensor"].dtype, memory_format
    if isinstance(given.get("device"), bool) or not isinstance(
        given.get("non_blocking", False), (bool, type(None))
    ):
        raise TypeError(f"to() received an invalid combination of arguments - got {args}")
    return given.get("device"), _as_dtype(given.get("dtype")), memory_format


def _as_dtype(value: DType | None) -> Kind | None:
    if value is None:
        return None
    if isinstance(value, (bool, Tensor, list, dict)):
        raise TypeError(f"to() received an invalid combination of arguments - got dtype={value!r}")
    return as_dtype(value)
