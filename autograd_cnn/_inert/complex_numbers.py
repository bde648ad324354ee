"""Functions of complex and of sparse numbers: there are none of these, and what is asked of real ones is
answered."""

from typing import Any, Final

from .._functions._arguments import array_in, names_arguments
from ._answers import refusing

__all__ = [
    "complex",
    "is_conj",
    "is_neg",
    "istft",
    "polar",
    "sparse_coo_tensor",
    "sparse_csr_tensor",
    "stft",
    "view_as_complex",
    "view_as_real",
]

_PARTS = "keep the real and the imaginary part as two tensors"
_DENSE = "use dense tensors"

complex: Final = refusing("torch.complex", _PARTS)
polar: Final = refusing("torch.polar", _PARTS)
view_as_complex: Final = refusing("torch.view_as_complex", _PARTS)
view_as_real: Final = refusing("torch.view_as_real", _PARTS)
stft: Final = refusing("torch.stft", "use scipy.signal.stft; it has no gradient here")
istft: Final = refusing("torch.istft", "use scipy.signal.istft; it has no gradient here")
sparse_coo_tensor: Final = refusing("torch.sparse_coo_tensor", _DENSE)
sparse_csr_tensor: Final = refusing("torch.sparse_csr_tensor", _DENSE)


@names_arguments
def is_conj(input: Any) -> bool:
    """False: real numbers are never stored as conjugates."""
    array_in(input)  # what has none is refused
    return False


@names_arguments
def is_neg(input: Any) -> bool:
    """False: numbers are never stored with the other sign."""
    array_in(input)
    return False
