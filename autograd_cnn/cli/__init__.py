"""The command ``autograd-cnn``."""

from ._main import main as main
