"""The types of results that have names: ``torch.return_types.max``, ``torch.return_types.linalg_qr``."""

from typing import Any as _Any

from . import linalg as _linalg
from ._functions._return_types import RETURN_TYPES as _RETURN_TYPES

del _linalg  # with it, all functions have declared theirs
globals().update(_RETURN_TYPES)

__all__ = ["all_return_types", "pytree_register_structseq"]
__all__ += list(_RETURN_TYPES)

all_return_types: list[type] = list(_RETURN_TYPES.values())


def pytree_register_structseq(cls: type[_Any]) -> None:
    """Nothing to do: trees are taken apart at these types as at every named tuple."""
