"""cuDNN's switches, which change nothing: results are deterministic, and there is nothing to tune."""

import contextlib
from collections.abc import Iterator

from .. import cuda

enabled = True
benchmark = False
benchmark_limit = 10
deterministic = False
allow_tf32 = True


def is_available() -> bool:
    """Whether there is a GPU."""
    return cuda.is_available()


def version() -> int | None:
    """None: cuDNN is not used."""
    return None


@contextlib.contextmanager
def flags(
    enabled: bool = False, benchmark: bool = False, benchmark_limit: int = 10, deterministic: bool = False, allow_tf32: bool = True
) -> Iterator[None]:
    """Other switches inside, which change nothing either."""
    yield
