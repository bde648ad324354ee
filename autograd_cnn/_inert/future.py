"""PyTorch's switches for what it will do later: asked, and without effect."""

__all__ = [
    "get_overwrite_module_params_on_conversion",
    "get_swap_module_params_on_conversion",
    "set_overwrite_module_params_on_conversion",
    "set_swap_module_params_on_conversion",
]


def set_overwrite_module_params_on_conversion(value: bool) -> None:
    """Nothing to do: a module that is converted keeps its parameters, and changes what they hold."""


def get_overwrite_module_params_on_conversion() -> bool:
    """False."""
    return False


def set_swap_module_params_on_conversion(value: bool) -> None:
    """Nothing to do."""


def get_swap_module_params_on_conversion() -> bool:
    """False."""
    return False
