"""How a tensor prints."""

from typing import Any


def tensor_text(tensor: Any) -> str:
    """The text of ``repr(tensor)``."""
    return f"tensor({tensor.array})"
