"""Things around training: reading data, and pictures of it."""

from . import checkpoint as checkpoint
from . import data as data
from . import deterministic as deterministic
from . import dlpack as dlpack
from . import hooks as hooks
from ._images import make_grid as make_grid
from ._images import save_image as save_image
