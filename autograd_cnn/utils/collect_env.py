"""What a report of a mistake should tell about the system."""

import platform

import numpy as np

from .._version import __version__

__all__ = ["get_pretty_env_info", "main"]


def get_pretty_env_info() -> str:
    """Versions of the package, Python, NumPy and the system, a line each."""
    return "\n".join(
        [
            f"autograd_cnn version: {__version__}",
            f"Python version: {platform.python_version()}",
            f"NumPy version: {np.__version__}",
            f"OS: {platform.platform()}",
            f"CPU: {platform.machine()}",
        ]
    )


def main() -> None:
    """Print it."""
    print(get_pretty_env_info())
