"""The Tensor's methods, by families: each line names the function of ``_functions`` that the method is."""

from ..._engine.handle import T
from .activation import ActivationMethods
from .arithmetic import ArithmeticMethods
from .bounds import BoundsMethods
from .comparison import ComparisonMethods
from .conversion import ConversionMethods
from .creation import CreationMethods
from .description import DescriptionMethods
from .dtypes import DTypeMethods
from .exponential import ExponentialMethods
from .incomplete_gamma import IncompleteGammaMethods
from .indexing import IndexingMethods
from .inplace import InPlaceMethods
from .inplace_elementwise import InPlaceElementwiseMethods
from .integers import IntegersMethods
from .linalg import LinalgMethods
from .movement import MovementMethods
from .ordering import OrderingMethods
from .reduction import ReductionMethods
from .rounding import RoundingMethods
from .special import SpecialMethods
from .statistics import StatisticsMethods
from .trigonometric import TrigonometricMethods


class Methods(
    ActivationMethods,
    ArithmeticMethods,
    BoundsMethods,
    ComparisonMethods[T],
    ConversionMethods[T],
    CreationMethods[T],
    DescriptionMethods[T],
    DTypeMethods[T],
    ExponentialMethods,
    IncompleteGammaMethods,
    IndexingMethods[T],
    InPlaceMethods[T],
    InPlaceElementwiseMethods[T],
    IntegersMethods,
    LinalgMethods[T],
    MovementMethods[T],
    OrderingMethods[T],
    ReductionMethods[T],
    RoundingMethods,
    SpecialMethods[T],
    StatisticsMethods[T],
    TrigonometricMethods,
):
    """All of them."""

    __slots__ = ()
