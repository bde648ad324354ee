"""What functorch.experimental holds."""

from .._forward import hessian as hessian
from .._forward import jacfwd as jacfwd
from .._forward import jvp as jvp
from .._functorch import functionalize as functionalize
from .._functorch import replace_all_batch_norm_modules_ as replace_all_batch_norm_modules_
from .._vmap import chunk_vmap as chunk_vmap
