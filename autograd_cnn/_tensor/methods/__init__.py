"""The Tensor's methods, by families: each line names the function of ``_functions`` that the method is."""

from ..._engine.handle import T
from .activation import ActivationMethods
from .arithmetic import ArithmeticMethods
from .bounds import BoundsMethods
from .broadcasting import BroadcastingMethods
from .comparison import ComparisonMethods
from .contraction import ContractionMethods
from .conversion import ConversionMethods
from .creation import CreationMethods
from .description import DescriptionMethods
from .dtypes import DTypeMethods
from .exponential import ExponentialMethods
from .factorization import FactorizationMethods
from .householder import HouseholderMethods
from .incomplete_gamma import IncompleteGammaMethods
from .indexing import IndexingMethods
from .integers import IntegersMethods
from .joining import JoiningMethods
from .linalg import LinalgMethods
from .lu import LuMethods
from .movement import MovementMethods
from .norm import NormMethods
from .reduction import ReductionMethods
from .rounding import RoundingMethods
from .sampling import SamplingMethods
from .scan import ScanMethods
from .scattering import ScatteringMethods
from .sorting import SortingMethods
from .special import SpecialMethods
from .statistics import StatisticsMethods
from .storage import StorageMethods
from .strided import StridedMethods
from .triangular import TriangularMethods
from .trigonometric import TrigonometricMethods


class Methods(
    ActivationMethods,
    ArithmeticMethods,
    BoundsMethods,
    BroadcastingMethods[T],
    ComparisonMethods[T],
    ContractionMethods[T],
    ConversionMethods[T],
    CreationMethods[T],
    DescriptionMethods[T],
    DTypeMethods[T],
    ExponentialMethods,
    FactorizationMethods,
    HouseholderMethods,
    IncompleteGammaMethods,
    IndexingMethods[T],
    IntegersMethods,
    JoiningMethods[T],
    LinalgMethods,
    LuMethods,
    MovementMethods[T],
    NormMethods,
    ReductionMethods,
    RoundingMethods,
    SamplingMethods,
    ScanMethods,
    ScatteringMethods,
    SortingMethods,
    SpecialMethods[T],
    StatisticsMethods,
    StorageMethods,
    StridedMethods,
    TriangularMethods,
    TrigonometricMethods,
):
    """All of them."""

    __slots__ = ()
