"""Versions that compare as versions do, not letter by letter."""

import re
from typing import Any

__all__ = ["TorchVersion"]


def _release(version: Any) -> tuple[int, ...]:
    """The numbers of a version, of which a longer one is the later: "2.13.0+cpu" is (2, 13)."""
    if isinstance(version, str):
        found = re.match(r"\s*v?(\d+(?:\.\d+)*)", version)
        if found is None:
            raise ValueError(f"Invalid version: {version!r}")
        numbers = [int(part) for part in found.group(1).split(".")]
    else:
        numbers = [int(part) for part in version]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


class TorchVersion(str):
    """A version, which is a text: ``TorchVersion("1.10.0") > "1.9"``, and also ``> (1, 9)``."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) and str.__eq__(self, other):
            return True
        return isinstance(other, (str, tuple, list)) and self._compared(other, lambda a, b: a == b)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return self._compared(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> bool:
        return self._compared(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> bool:
        return self._compared(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> bool:
        return self._compared(other, lambda a, b: a >= b)

    def __hash__(self) -> int:
        return str.__hash__(self)

    def _compared(self, other: Any, how: Any) -> bool:
        try:
            return bool(how(_release(str(self)), _release(other)))
        except ValueError:  # no version: compared as texts
            return bool(how(str(self), str(other)))
