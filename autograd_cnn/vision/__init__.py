"""torchvision's place for what it shares with this package: data sets, models, transforms and pictures of
batches."""

from .. import datasets as datasets
from .. import models as models
from .. import transforms as transforms
from .. import utils as utils
from . import ops as ops

_backend = ["PIL"]


def get_image_backend() -> str:
    """What reads pictures: ``"PIL"``."""
    return _backend[0]


def set_image_backend(backend: str) -> None:
    """Keep a name; pictures are read by PIL in any case. ValueError for another than torchvision's."""
    if backend not in ("PIL", "accimage"):
        raise ValueError(f"Invalid backend '{backend}'. Options are 'PIL' and 'accimage'")
    _backend[0] = backend


def disable_beta_transforms_warning() -> None:
    """Nothing to silence."""
