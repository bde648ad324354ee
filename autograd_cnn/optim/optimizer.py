"""The place where PyTorch keeps the base class, and the hooks around the steps of all optimizers."""

from ._hooks import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from ._optimizer import Optimizer, required
from ._optimizer import Parameters as ParamsT

__all__ = [
    "Optimizer",
    "ParamsT",
    "register_optimizer_step_post_hook",
    "register_optimizer_step_pre_hook",
    "required",
]
