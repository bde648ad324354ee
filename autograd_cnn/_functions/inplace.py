"""The in-place functions under PyTorch's names: each calls the method of that name, which overwrites its
tensor."""

from typing import Any

from ._arguments import names_arguments


@names_arguments
def addmv_(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """See :meth:`autograd_cnn.Tensor.addmv_`."""
    return input.addmv_(mat, vec, beta=beta, alpha=alpha)


@names_arguments
def index_put_(input: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    """See :meth:`autograd_cnn.Tensor.index_put_`."""
    return input.index_put_(indices, values, accumulate)
