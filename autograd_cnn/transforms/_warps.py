"""Images bent at random: seen from aside, or as if drawn on rubber; and mixed linearly."""

from collections.abc import Sequence
from typing import Any

from .._creation.random import rand
from .._functions.contraction import mm
from .._functions.joining import cat
from .._tensor import Tensor
from . import functional as F
from ._base import ImageTransform
from ._random_transforms import Perhaps, _below
from ._resampling import InterpolationMode, interpolation_of

__all__ = ["ElasticTransform", "LinearTransformation", "RandomPerspective"]


class RandomPerspective(Perhaps):
    """Seen from aside with probability ``p``: each corner moves inwards by up to ``distortion_scale`` of half
    the image."""

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation: Any = InterpolationMode.BILINEAR,
        fill: Any = 0,
    ) -> None:
        super().__init__(p)
        self.distortion_scale = distortion_scale
        self.interpolation: InterpolationMode = interpolation_of(interpolation)
        self.fill: Any = self._kept_fill(fill)

    @staticmethod
    def get_params(
        width: int, height: int, distortion_scale: float
    ) -> tuple[list[list[int]], list[list[int]]]:
        """The corners, clockwise from the top left, and where they come to be."""
        across, down = (int(distortion_scale * (n // 2)) for n in (width, height))

        def near(size: int, far: int) -> int:
            return _below(far + 1)

        def away(size: int, far: int) -> int:
            return size - far - 1 + _below(far + 1)

        sides = [(near, near), (away, near), (away, away), (near, away)]
        ends = [[x(width, across), y(height, down)] for x, y in sides]
        return [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], ends

    def _draw(self, img: Any) -> dict[str, Any]:
        width, height = F.get_image_size(img)
        return {"corners": self.get_params(width, height, self.distortion_scale)}

    def _change(self, img: Any, **drawn: Any) -> Any:
        before, after = drawn["corners"]
        return F.perspective(img, before, after, self.interpolation, self._fill_for(img))


class ElasticTransform(ImageTransform):
    """As if drawn on rubber: each pixel is moved by a smooth random field, ``alpha`` strong and ``sigma``
    wide (Simard et al. 2003)."""

    def __init__(
        self,
        alpha: Any = 50.0,
        sigma: Any = 5.0,
        interpolation: Any = InterpolationMode.BILINEAR,
        fill: Any = 0,
    ) -> None:
        super().__init__()
        self.alpha: list[float] = self._pair("alpha", alpha)
        self.sigma: list[float] = self._pair("sigma", sigma)
        self.interpolation: InterpolationMode = interpolation_of(interpolation)
        kept = self._kept_fill(fill)
        self.fill: Any = [float(kept)] if isinstance(kept, (int, float)) else kept

    @staticmethod
    def _pair(name: str, value: Any) -> list[float]:
        if isinstance(value, (int, float)):
            return [float(value)] * 2
        if not isinstance(value, Sequence):
            raise TypeError(f"{name} should be float or a sequence of floats. Got {type(value)}")
        if len(value) != 2:
            raise ValueError(f"If {name} is a sequence its length should be 2. Got {len(value)}")
        return [float(number) for number in value]

    @staticmethod
    def get_params(alpha: Sequence[float], sigma: Sequence[float], size: Sequence[int]) -> Tensor:
        """The field (1, H, W, 2): right and down, in halves of the sizes."""
        fields = []
        for strength, width, length in zip(alpha, sigma, (size[1], size[0]), strict=True):
            field = rand(1, 1, *size) * 2 - 1
            if width > 0.0:
                wide = int(8 * width + 1) // 2 * 2 + 1
                field = F.gaussian_blur(field, [wide, wide], list(sigma))
            fields.append(field * strength / length)
        return cat(fields, 1).permute(0, 2, 3, 1)

    def _draw(self, img: Any) -> dict[str, Any]:
        width, height = F.get_image_size(img)
        return {"displacement": self.get_params(self.alpha, self.sigma, [height, width])}

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.elastic_transform(img, drawn["displacement"], self.interpolation, self._fill_for(img))

    def __repr__(self) -> str:
        told = f"alpha={self.alpha}, sigma={self.sigma}, interpolation={self.interpolation}"
        return f"ElasticTransform({told}, fill={self.fill})"

    def forward(self, tensor: Any) -> Any:
        return super().forward(tensor)


class LinearTransformation(ImageTransform):
    """A tensor image, flattened, minus ``mean_vector``, times ``transformation_matrix``: whitening."""

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor) -> None:
        super().__init__()
        rows, columns = transformation_matrix.shape
        if rows != columns:
            raise ValueError(
                "transformation_matrix should be square. Got "
                f"{list(transformation_matrix.shape)} rectangular matrix."
            )
        if mean_vector.shape[0] != rows:
            raise ValueError(
                f"mean_vector should have the same length {mean_vector.shape[0]} as any one of the "
                f"dimensions of the transformation_matrix [{[rows, columns]}]"
            )
        self.transformation_matrix = transformation_matrix
        self.mean_vector = mean_vector

    def _change(self, img: Any, **drawn: Any) -> Any:
        if not isinstance(img, Tensor):
            raise TypeError(f"LinearTransformation: the image must be a Tensor, not {type(img).__name__}")
        size = self.transformation_matrix.shape[0]
        if img.shape[-3:].numel() != size:
            raise ValueError(
                "Input tensor and transformation matrix have incompatible shape."
                f"[{list(img.shape[-3:])}] != {size}"
            )
        flat = img.reshape(-1, size) - self.mean_vector
        return mm(flat, self.transformation_matrix).reshape(img.shape)

    def __repr__(self) -> str:
        return (
            f"LinearTransformation(transformation_matrix={self.transformation_matrix.tolist()}, "
            f"mean_vector={self.mean_vector.tolist()})"
        )

    def forward(self, tensor: Any) -> Any:
        return super().forward(tensor)
