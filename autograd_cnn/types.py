"""Names of types for signatures."""

import builtins
import os
from collections.abc import Sequence
from typing import IO, TypeAlias

from ._devices.device import device as _device
from ._engine.size import Size
from ._engine.storage import UntypedStorage as Storage

__all__ = ["Device", "FileLike", "Number", "Storage"]

Number: TypeAlias = builtins.int | builtins.float | builtins.bool
Device: TypeAlias = _device | builtins.str | builtins.int | None
FileLike: TypeAlias = builtins.str | os.PathLike[builtins.str] | IO[builtins.bytes]

_int = builtins.int
_float = builtins.float
_bool = builtins.bool
_str = builtins.str
_complex = builtins.complex
_TensorOrTensors = object
_size: TypeAlias = Size | Sequence[builtins.int]
_dispatchkey: TypeAlias = builtins.str
