"""The Tensor's methods, as mixins by families; each calls the public function of its name."""

from ._arithmetic import ArithmeticMethods
from ._comparison import ComparisonMethods
from ._conversion import ConversionMethods
from ._creation import CreationMethods
from ._elementwise import ElementwiseMethods
from ._indexing import IndexingMethods
from ._inplace import InPlaceMethods
from ._inplace_elementwise import InPlaceElementwiseMethods
from ._linalg import LinalgMethods
from ._movement import MovementMethods
from ._operators import Operators
from ._ordering import OrderingMethods
from ._reduction import ReductionMethods
from ._statistics import StatisticsMethods

__all__ = [
    "ArithmeticMethods",
    "ComparisonMethods",
    "ConversionMethods",
    "CreationMethods",
    "ElementwiseMethods",
    "InPlaceElementwiseMethods",
    "InPlaceMethods",
    "IndexingMethods",
    "LinalgMethods",
    "MovementMethods",
    "Operators",
    "OrderingMethods",
    "ReductionMethods",
    "StatisticsMethods",
]
