"""The Tensor's methods, as mixins by families; each calls the public function of its name."""

from ._conversion import ConversionMethods
from ._elementwise import ElementwiseMethods
from ._indexing import IndexingMethods
from ._movement import MovementMethods
from ._operators import Operators
from ._reduction import ReductionMethods

__all__ = ["ConversionMethods", "ElementwiseMethods", "IndexingMethods", "MovementMethods", "Operators", "ReductionMethods"]
