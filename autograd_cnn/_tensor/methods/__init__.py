"""The Tensor's methods, as mixins by families; each calls the public function of its name."""

from .arithmetic import ArithmeticMethods
from .comparison import ComparisonMethods
from .conversion import ConversionMethods
from .creation import CreationMethods
from .elementwise import ElementwiseMethods
from .indexing import IndexingMethods
from .inplace import InPlaceMethods
from .inplace_elementwise import InPlaceElementwiseMethods
from .linalg import LinalgMethods
from .movement import MovementMethods
from .ordering import OrderingMethods
from .reduction import ReductionMethods
from .statistics import StatisticsMethods
from .trigonometric import TrigonometricMethods

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
    "OrderingMethods",
    "ReductionMethods",
    "StatisticsMethods",
    "TrigonometricMethods",
]
