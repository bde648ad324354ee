"""Things around training: reading data."""

from . import data as data
from . import dlpack as dlpack
