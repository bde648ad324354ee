"""Whether PyTorch's openmp is there: no, NumPy brings its own libraries."""


def is_available() -> bool:
    """False."""
    return False
