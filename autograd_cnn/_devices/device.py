"""Where an array lives."""

import functools
from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

KINDS = (
    "cpu",
    "cuda",
    "ipu",
    "xpu",
    "mkldnn",
    "opengl",
    "opencl",
    "ideep",
    "hip",
    "ve",
    "fpga",
    "maia",
    "xla",
    "lazy",
    "vulkan",
    "mps",
    "meta",
    "hpu",
    "mtia",
    "privateuseone",
)
"""The devices that PyTorch knows. A name is a device; tensors are on the first two only."""


class device:
    """Where a tensor lives: ``device("cpu")``, ``device("cuda:0")``, ``device("cuda", 0)``.

    ``with device("cuda"):`` makes it the device of tensors that are made inside without one; so does the
    decorator ``@device("cuda")`` for a function.
    """

    __slots__ = ("index", "type")

    type: str
    index: "int | None"

    default: ClassVar["device | None"] = None
    """Where tensors are made; None is the CPU."""
    _before: ClassVar[list["device | None"]] = []

    def __init__(self, type: "str | int | device", index: "int | None" = None) -> None:
        if isinstance(type, device):
            index = type.index if index is None else index
            type = type.type
        elif isinstance(type, (int, np.integer)) and not isinstance(type, bool):
            if type < 0:
                raise RuntimeError(f"Device index must not be negative, got {type}")
            index = int(type)
            type = "cuda"
        kind, colon, number = str(type).partition(":")
        if kind not in KINDS:
            raise RuntimeError(
                f"Expected one of {', '.join(KINDS)} device type at start of device string: {kind}"
            )
        if index is not None and index < 0:
            raise RuntimeError(f"Device index must not be negative, got {index}")
        if colon and (not number.isdigit() or index is not None):
            raise RuntimeError(f"device {type!r} is not known; use 'cpu', 'cuda' or 'cuda:N'")
        self.type = kind
        self.index = int(number) if colon else index

    def __repr__(self) -> str:
        return (
            f"device(type={self.type!r})"
            if self.index is None
            else f"device(type={self.type!r}, index={self.index})"
        )

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __enter__(self) -> "device":
        self._before.append(device.default)
        device.default = None if self.type == "cpu" else self
        return self

    def __exit__(self, *error: object) -> None:
        device.default = self._before.pop()

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def called(*args: Any, **options: Any) -> Any:
            with self:
                return function(*args, **options)

        return called  # type: ignore[return-value]  # functools.wraps keeps the signature

    def __reduce__(self) -> tuple[Any, ...]:
        return (device, (self.type, self.index))


DeviceLike: TypeAlias = device | str | int
"""What names a device; a number is a GPU's."""

CPU = device("cpu")


def device_of(array: Any) -> device:
    """The device an array lives on."""
    host = isinstance(array, (np.ndarray, np.generic))
    return CPU if host else device("cuda", int(array.device.id))
