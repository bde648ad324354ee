"""Fractional max-pooling layers."""

from collections.abc import Sequence
from typing import Any, ClassVar

from ..._tensor import Tensor
from .. import functional as F
from ..functional._arguments import Sizes, per_axis
from .module import Module

__all__ = [
    "FractionalMaxPool2d",
    "FractionalMaxPool3d",
]


class _FractionalMaxPool(Module):
    """What both share: ``output_size``, or ``output_ratio`` in (0, 1) of each size of the input."""

    axes: ClassVar[int]
    pool: ClassVar[Any]  # its result depends on an argument

    def __init__(
        self,
        kernel_size: Sizes,
        output_size: Sizes | None = None,
        output_ratio: float | Sequence[float] | None = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        ratios: Any = output_ratio
        if isinstance(output_ratio, (int, float)):
            ratios = (output_ratio,) * self.axes
        if ratios is not None and not all(0 < ratio < 1 for ratio in ratios):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")
        self.kernel_size: tuple[int, ...] = per_axis("kernel_size", kernel_size, self.axes)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size: tuple[int, ...] | None = (
            None if output_size is None else per_axis("output_size", output_size, self.axes, least=0)
        )
        self.output_ratio: tuple[float, ...] | None = None if ratios is None else tuple(ratios)

    def forward(self, input: Tensor) -> Any:
        return type(self).pool(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )


class FractionalMaxPool2d(_FractionalMaxPool):
    """:func:`~autograd_cnn.nn.functional.fractional_max_pool2d`."""

    axes: ClassVar[int] = 2
    pool: ClassVar[Any] = F.fractional_max_pool2d


class FractionalMaxPool3d(_FractionalMaxPool):
    """:func:`~autograd_cnn.nn.functional.fractional_max_pool3d`."""

    axes: ClassVar[int] = 3
    pool: ClassVar[Any] = F.fractional_max_pool3d
