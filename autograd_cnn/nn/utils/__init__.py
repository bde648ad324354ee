"""Tools for modules and their parameters."""

from . import rnn

__all__ = ["rnn"]
