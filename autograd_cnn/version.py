"""The version of PyTorch whose names and conventions are here. ``autograd_cnn.__version__`` is this package's
own, until :func:`install_as_torch` lets it stand for PyTorch."""

from typing import Final

from .torch_version import TorchVersion

__version__: Final = TorchVersion("2.13.0+autograd.cnn")
torchvision: Final = "0.28.0+autograd.cnn"
debug: Final = False
cuda: Final[str | None] = None
hip: Final[str | None] = None
rocm: Final[str | None] = None
xpu: Final[str | None] = None
git_version: Final = "Unknown"
