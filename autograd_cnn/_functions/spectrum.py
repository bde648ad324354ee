"""Eigenvalues of matrices that need not be symmetric, where they are real."""

from typing import Generic, NamedTuple

from .. import ops
from .._engine.handle import Handle, T
from .._engine.single import in_single
from ._arguments import names_arguments
from ._return_types import return_type

__all__: list[str] = []


class Eig(NamedTuple, Generic[T]):
    """What ``eig`` returns."""

    eigenvalues: T
    eigenvectors: T


_EIG = return_type("linalg_eig", Eig)


@names_arguments
@in_single
def eig(A: Handle[T]) -> Eig[T]:
    """The eigenvalues of square matrices and their eigenvectors, in columns of length 1, where all are real:
    real tensors. NotImplementedError where some are complex.

    The gradient of the eigenvectors is finite only where the eigenvalues differ.
    """
    return _EIG(*ops.eig(A))


@names_arguments
@in_single
def eigvals(A: Handle[T]) -> T:
    """The eigenvalues of square matrices, where all are real (see :func:`eig`)."""
    values: T = ops.eig(A)[0]
    return values
