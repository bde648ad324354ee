"""Times of short pieces of code: a Timer, its Measurements, and a table that compares them."""

from time import perf_counter
from typing import Final

from .compare import Compare as Compare
from .timer import Language as Language
from .timer import Measurement as Measurement
from .timer import TaskSpec as TaskSpec
from .timer import Timer as Timer
from .timer import select_unit as select_unit
from .timer import trim_sigfig as trim_sigfig
from .timer import unit_to_english as unit_to_english

timer: Final = perf_counter
