"""Times of short pieces of code: a Timer, its Measurements, a table that compares them, and inputs of random
shapes to time."""

from .compare import Colorize as Colorize
from .compare import Compare as Compare
from .fuzzer import FuzzedParameter as FuzzedParameter
from .fuzzer import FuzzedTensor as FuzzedTensor
from .fuzzer import Fuzzer as Fuzzer
from .fuzzer import ParameterAlias as ParameterAlias
from .timer import Language as Language
from .timer import Measurement as Measurement
from .timer import TaskSpec as TaskSpec
from .timer import Timer as Timer
from .timer import ordered_unique as ordered_unique
from .timer import select_unit as select_unit
from .timer import set_torch_threads as set_torch_threads
from .timer import timer as timer
from .timer import trim_sigfig as trim_sigfig
from .timer import unit_to_english as unit_to_english
