"""The types of results that have names: ``torch.return_types.max``, ``torch.return_types.linalg_qr``."""

from ._functions import arithmetic, factorization, householder, linalg, lu, scan, sorting, statistics
from ._functions._return_types import RETURN_TYPES

globals().update(RETURN_TYPES)
del arithmetic, factorization, householder, linalg, lu, scan, sorting, statistics

__all__ = ["all_return_types"]
__all__ += list(RETURN_TYPES)

all_return_types: list[type] = list(RETURN_TYPES.values())
