"""What PyTorch's optimizers ask before they work on lists of tensors at once."""

from collections.abc import Sequence
from typing import Any

__all__: list[str] = []

Indices = list[int]


def _get_foreach_kernels_supported_devices() -> list[str]:
    return ["cuda", "xpu", "mtia"]


def _get_fused_kernels_supported_devices() -> list[str]:
    return ["cuda", "cpu"]


def _has_foreach_support(tensors: Sequence[Any], device: Any) -> bool:
    return all(t is None or t.device.type == "cuda" for t in tensors)


def _device_has_foreach_support(device: Any) -> bool:
    return str(device).partition(":")[0] == "cuda"


def _group_tensors_by_device_and_dtype(
    tensorlistlist: Sequence[Sequence[Any]], with_indices: bool = False
) -> dict[tuple[Any, Any], tuple[list[list[Any]], Indices]]:
    """Lists of equal length, each cut by the device and dtype of the first list's tensors; and which they
    were."""
    groups: dict[tuple[Any, Any], tuple[list[list[Any]], Indices]] = {}
    for i, row in enumerate(zip(*tensorlistlist, strict=True)):
        columns, places = groups.setdefault((row[0].device, row[0].dtype), ([[] for _ in tensorlistlist], []))
        for column, value in zip(columns, row, strict=True):
            column.append(value)
        if with_indices:
            places.append(i)
    return groups
