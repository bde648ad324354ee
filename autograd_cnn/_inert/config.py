"""How the library was built, as a text: ``torch.__config__.show()``."""

import sys

import numpy as np

from .._version import __version__

__all__ = ["parallel_info", "show"]


def show() -> str:
    """The versions that compute here."""
    python = ".".join(map(str, sys.version_info[:3]))
    return f"autograd_cnn {__version__}, NumPy {np.__version__}, Python {python}\n"


def parallel_info() -> str:
    """How many threads are used."""
    from .._devices.settings import get_num_threads

    return f"at::get_num_threads() : {get_num_threads()}\n"
