"""Extensions in C++ and CUDA by name: they are compiled against PyTorch, and can't be here."""

from typing import Any, NoReturn

__all__ = ["CUDA_HOME", "BuildExtension", "CUDAExtension", "CppExtension", "load", "load_inline"]

CUDA_HOME: str | None = None


def _refuse(what: str) -> NoReturn:
    raise RuntimeError(
        f"{what}: an extension for PyTorch is compiled against its C++ library, which is not here; write the "
        "operator in Python (docs/own-operator.md)"
    )


def load(name: str, sources: Any, **options: Any) -> NoReturn:
    """RuntimeError."""
    _refuse(f"load({name!r})")


def load_inline(name: str, cpp_sources: Any, **options: Any) -> NoReturn:
    """RuntimeError."""
    _refuse(f"load_inline({name!r})")


def CppExtension(  # noqa: N802 - PyTorch's name
    name: str, sources: Any, *args: Any, **kwargs: Any
) -> NoReturn:
    """RuntimeError."""
    _refuse(f"CppExtension({name!r})")


def CUDAExtension(  # noqa: N802 - PyTorch's name
    name: str, sources: Any, *args: Any, **kwargs: Any
) -> NoReturn:
    """RuntimeError."""
    _refuse(f"CUDAExtension({name!r})")


class BuildExtension:
    """RuntimeError when it is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse("BuildExtension")

    @classmethod
    def with_options(cls, **options: Any) -> type["BuildExtension"]:
        """The class itself."""
        return cls
