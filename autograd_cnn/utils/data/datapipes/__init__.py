"""Datasets that are made of each other: ``IterableWrapper(items).map(f).shuffle().batch(4)``."""

from . import iter as iter
from . import map as map
