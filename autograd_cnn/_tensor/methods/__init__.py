"""The Tensor's methods, by families: each line names the function of ``_functions`` that the method is."""

from ..._engine.handle import T
from .arithmetic import ArithmeticMethods
from .broadcasting import BroadcastingMethods
from .comparison import ComparisonMethods
from .contraction import ContractionMethods
from .conversion import ConversionMethods
from .creation import CreationMethods
from .elementwise import ElementwiseMethods
from .factorization import FactorizationMethods
from .householder import HouseholderMethods
from .indexing import IndexingMethods
from .inplace import InPlaceMethods
from .inplace_elementwise import InPlaceElementwiseMethods
from .joining import JoiningMethods
from .linalg import LinalgMethods
from .lu import LuMethods
from .movement import MovementMethods
from .norm import NormMethods
from .reduction import ReductionMethods
from .sampling import SamplingMethods
from .scan import ScanMethods
from .scattering import ScatteringMethods
from .sorting import SortingMethods
from .statistics import StatisticsMethods
from .strided import StridedMethods
from .triangular import TriangularMethods
from .trigonometric import TrigonometricMethods


class Methods(
    ArithmeticMethods[T],
    BroadcastingMethods[T],
    ComparisonMethods[T],
    ContractionMethods[T],
    ConversionMethods[T],
    CreationMethods[T],
    ElementwiseMethods[T],
    FactorizationMethods,
    HouseholderMethods,
    InPlaceElementwiseMethods[T],
    InPlaceMethods[T],
    IndexingMethods[T],
    JoiningMethods[T],
    LinalgMethods,
    LuMethods,
    MovementMethods[T],
    NormMethods,
    ReductionMethods,
    SamplingMethods,
    ScanMethods,
    ScatteringMethods,
    SortingMethods,
    StatisticsMethods,
    StridedMethods,
    TriangularMethods,
    TrigonometricMethods,
):
    """All of them."""

    __slots__ = ()
