"""Where the time of a program goes: operators, steps of backward passes and named parts, measured."""

from .profiler import *
