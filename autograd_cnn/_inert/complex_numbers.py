"""Functions of complex and of sparse numbers: there are none of these, and what is asked of real ones is
answered."""

from typing import Any

from ._answers import refusing

__all__ = [
    "complex",
    "is_conj",
    "is_neg",
    "istft",
    "polar",
    "resolve_conj",
    "resolve_neg",
    "sparse_coo_tensor",
    "sparse_csr_tensor",
    "stft",
    "view_as_complex",
    "view_as_real",
]

_PARTS = "keep the real and the imaginary part as two tensors"
_DENSE = "use dense tensors"

complex = refusing("torch.complex", _PARTS)
polar = refusing("torch.polar", _PARTS)
view_as_complex = refusing("torch.view_as_complex", _PARTS)
view_as_real = refusing("torch.view_as_real", _PARTS)
stft = refusing("torch.stft", "use scipy.signal.stft; it has no gradient here")
istft = refusing("torch.istft", "use scipy.signal.istft; it has no gradient here")
sparse_coo_tensor = refusing("torch.sparse_coo_tensor", _DENSE)
sparse_csr_tensor = refusing("torch.sparse_csr_tensor", _DENSE)


def is_conj(input: Any) -> bool:
    """False: real numbers are never stored as conjugates."""
    return False


def is_neg(input: Any) -> bool:
    """False: numbers are never stored with the other sign."""
    return False


def resolve_conj(input: Any) -> Any:
    """``input``."""
    return input


def resolve_neg(input: Any) -> Any:
    """``input``."""
    return input
