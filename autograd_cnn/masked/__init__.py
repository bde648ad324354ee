"""Functions of the elements that a mask selects, and tensors that carry their mask, under the names of
``torch.masked``."""

from ._masks import canonical_dim as _canonical_dim
from ._masks import combine_input_and_mask as _combine_input_and_mask
from ._masks import input_mask as _input_mask
from ._masks import output_mask as _output_mask
from ._masks import reduction_identity as _reduction_identity
from ._reductions import *
from ._tensor import *
