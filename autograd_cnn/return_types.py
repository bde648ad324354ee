"""The types of results that have names: ``torch.return_types.max``, ``torch.return_types.linalg_qr``."""

from typing import Any

from ._functions import (
    arithmetic,
    factorization,
    histogramdd,
    householder,
    ldl,
    linalg,
    lu,
    scan,
    sorting,
    statistics,
)
from ._functions._return_types import RETURN_TYPES

del arithmetic, factorization, histogramdd, householder, ldl, linalg, lu, scan, sorting, statistics
globals().update(RETURN_TYPES)

__all__ = ["all_return_types", "pytree_register_structseq"]
__all__ += list(RETURN_TYPES)

all_return_types: list[type] = list(RETURN_TYPES.values())


def pytree_register_structseq(cls: type[Any]) -> None:
    """Nothing to do: trees are taken apart at these types as at every named tuple."""
