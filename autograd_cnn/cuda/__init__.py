"""GPUs, through CuPy. On a machine without one questions are answered, requests are refused, and nothing is
imported.

As in PyTorch, seeding and emptying the cache are harmless there, so that one script serves both machines.
"""

from . import amp as amp
from ._devices import *
from ._graph import *
from ._memory import *
from ._streams import *
