"""The place where PyTorch keeps the base class, and the hooks around the steps of all optimizers."""

from ._hooks import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from ._optimizer import Optimizer

__all__ = ["Optimizer", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook"]
