"""Eigenvalues of matrices that need not be symmetric, where all are real (Giles 2008, section 3.1)."""

import numpy as np

from ._arrays import array_module
from ._contraction import swap_last
from ._factorization import diag, inverse_gaps
from ._linalg import check_matrix, columns, solve
from ._primitive import primitive
from ._reduction import sum as sum_over


@primitive(outputs=("w", "v"))
def eig(x, /):
    """The eigenvalues of square matrices, and their eigenvectors, in columns of length 1;
    NotImplementedError where some are complex."""
    check_matrix("eig", x)
    here = x.get() if hasattr(x, "get") else x
    if not np.isfinite(here).all():
        raise RuntimeError("torch.linalg.eig: input tensor should not contain infs or NaNs.")
    found = np.linalg.eig(here)
    if np.iscomplexobj(found[0]) and bool((found[0].imag != 0).any()):
        raise NotImplementedError(
            "linalg.eig: some eigenvalues are complex, and there are no complex tensors here; of symmetric "
            "matrices linalg.eigh gives real ones, of others use numpy.linalg.eig on A.detach().numpy()"
        )
    xp = array_module(x)
    return tuple(xp.asarray(np.ascontiguousarray(part.real)) for part in found)


@eig.vjp(
    "x",
    formula="solve(swap_last(v), (diag(g_w) + (swap_last(v) @ g_v - swap_last(v) @ v * columns(sum(v * g_v, "
    "axis=-2))) * inverse_gaps(w)) @ swap_last(v))",
)
def eig_x(g_w, g_v, w, v):
    back = swap_last(v)
    inner = None if g_w is None else diag(g_w)
    if g_v is not None:  # the vectors keep their length
        turned = (back @ g_v - back @ v * columns(sum_over(v * g_v, axis=-2))) * inverse_gaps(w)
        inner = turned if inner is None else inner + turned
    return solve(back, inner @ back)


def _with_real_spectrum(draw):
    values = np.arange(1.0, 4.0) * np.eye(3)
    bases = (draw(3, 3) + 2 * np.eye(3), draw(2, 3, 3) + 2 * np.eye(3))
    return [basis @ values @ np.linalg.inv(basis) for basis in bases]


eig.samples(_with_real_spectrum)
