"""Primitive operators: each a forward on arrays with its own local gradient, formula and samples.

The folder is installed as ``autograd_cnn.ops``. It knows arrays only, never a Tensor: on plain arrays the operators
are plain functions, and an operand that has a ``__primitive__`` hook (as the Tensor does) takes the call over.
"""

if __name__ == "ops":
    raise ImportError("import this package as 'autograd_cnn.ops'; under the name 'ops' every operator would be registered twice")

from ._errors import DeviceError, DTypeError, ShapeError
from ._primitive import Plan, Primitive, Sample, primitive, registry
from ._arrays import array_module
from ._comparison import cast, equal, greater, greater_equal, isfinite, isnan, less, less_equal, logical_and, logical_not, logical_or, not_equal, sign, where
from ._arithmetic import absolute, add, divide, maximum, minimum, multiply, negative, power, subtract
from ._exponential import exp, log, sigmoid, sqrt, tanh
from ._broadcasting import broadcast_to, sum_to
from ._movement import concatenate, crop, flip, pad, reshape, slices, stack, transpose, unstack
from ._reduction import amax, amin, logsumexp, mean, sum, unreduce
from ._activation import leaky_relu, log_softmax, relu, softmax
from ._indexing import argmax, follow, getitem, is_basic, put_along, put_view, scatter_add, setitem, take_along
from ._contraction import einsum, matmul, swap_last, swapped
from ._windows import fold, output_size, windows
from ._pooling import max_pool_index
