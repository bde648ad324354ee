"""The Tensor's methods, by families: each line names the function of ``_functions`` that the method is."""

from ..._engine.handle import T
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


class Methods(
    ArithmeticMethods[T],
    ComparisonMethods[T],
    ConversionMethods[T],
    CreationMethods[T],
    ElementwiseMethods[T],
    IndexingMethods[T],
    InPlaceMethods[T],
    InPlaceElementwiseMethods[T],
    LinalgMethods[T],
    MovementMethods[T],
    OrderingMethods[T],
    ReductionMethods[T],
    StatisticsMethods[T],
    TrigonometricMethods,
):
    """All of them."""

    __slots__ = ()
