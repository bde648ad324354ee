"""Random numbers in the dtype and on the device of a parameter."""

from typing import Any

import numpy as np

from .._creation.creation import from_numpy
from .._engine.modes import is_grad_enabled
from .._random.gamma import gamma
from .._tensor import Tensor
from ._gamma_slope import gamma_slope
from .utils import eps_of, tiny_of

__all__ = ["standard_gamma", "standard_normal", "uniform_in"]


def standard_normal(like: Tensor, shape: Any) -> Tensor:
    """Normal numbers of mean 0 and deviation 1."""
    return like.new_empty(shape).normal_()


def uniform_in(like: Tensor, shape: Any) -> Tensor:
    """Uniform numbers of [0, 1)."""
    return like.new_empty(shape).uniform_()


def inner_uniform(like: Tensor, shape: Any) -> Tensor:
    """Uniform numbers between 0 and 1, neither of which is drawn."""
    return uniform_in(like, shape).clamp(min=tiny_of(like), max=1 - eps_of(like) / 2)


def standard_gamma(concentration: Tensor) -> Tensor:
    """Gamma numbers of rate 1, one for each concentration, with their slopes by it."""
    shapes = concentration.detach().cpu().numpy().astype(np.float64)
    drawn = gamma(shapes)
    kept = np.asarray(np.maximum(drawn, tiny_of(concentration)))  # NumPy makes numbers of arrays without axes
    sample = from_numpy(kept).to(concentration.dtype).to(concentration.device)
    if not (concentration.requires_grad and is_grad_enabled()):
        return sample
    slope = from_numpy(np.asarray(gamma_slope(shapes, kept))).to(concentration.dtype).to(concentration.device)
    return sample + slope * (concentration - concentration.detach())
