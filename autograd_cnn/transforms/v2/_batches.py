"""Batches mixed with themselves, images and labels alike: MixUp (Zhang et al. 2017, arXiv 1710.09412), CutMix
(Yun et al. 2019, arXiv 1905.04899)."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..._creation.creation import tensor
from ..._tensor import Tensor
from ...distributions import Beta
from ...nn.functional import one_hot
from ...utils._pytree import tree_flatten, tree_unflatten
from .._pillow import is_pillow
from .._random_transforms import _below
from ._transform import Transform, has_any, query_size

__all__ = ["CutMix", "MixUp"]


def find_labels(inputs: Any) -> Any:
    """The labels of a sample: its second part, or in a dict (that part may be one) what is called "labels",
    or else has "label" in its name."""
    if isinstance(inputs, Tensor) or (isinstance(inputs, (tuple, list)) and len(inputs) < 2):
        raise ValueError(
            "labels_getter='default' takes the second input for the labels: call it (images, labels)"
        )
    if isinstance(inputs, (tuple, list)):
        inputs = inputs[1]
    if isinstance(inputs, Tensor):
        return inputs
    if not isinstance(inputs, Mapping):
        raise ValueError(
            "When using the default labels_getter, the input passed to forward must be a dictionary or a "
            "two-tuple whose second item is a dictionary or a tensor, but got "
            f"{type(inputs).__name__} instead."
        )
    names = [name for name in inputs if isinstance(name, str) and "label" in name.lower()]
    if not names:
        raise ValueError(
            "Could not infer where the labels are in the sample. Try passing a callable as the labels_getter "
            f"parameter. The sample has {list(inputs)}"
        )
    return inputs[next((name for name in names if name.lower() == "labels"), names[0])]


def _getter_of(labels_getter: Any) -> Callable[[Any], Any]:
    if labels_getter == "default":
        return find_labels
    if callable(labels_getter):
        return labels_getter
    if labels_getter is None:
        return lambda inputs: None
    raise ValueError(
        f"labels_getter should either be 'default', a callable, or None, but got {labels_getter!r}."
    )


class _Mixing(Transform):
    """Each image of a batch mixed with the one before it; labels become shares of classes."""

    def __init__(
        self,
        *,
        alpha: float = 1.0,
        num_classes: int | None = None,
        labels_getter: str | Callable[[Any], Any] | None = "default",
    ) -> None:
        super().__init__()
        self.alpha: float = float(alpha)
        self.num_classes = num_classes
        self._labels: Callable[[Any], Any] = _getter_of(labels_getter)

    def _share(self) -> float:
        return float(Beta(tensor([self.alpha]), tensor([self.alpha])).sample())

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        flat, spec = tree_flatten(sample)
        if has_any(flat, is_pillow):
            raise ValueError(
                f"{type(self).__name__}() does not support PIL images: it mixes batches of tensors"
            )
        labels = self._labels(sample)
        self._check(labels)
        others = [i for i, each in enumerate(flat) if each is not labels]
        images = [others[i] for i in self._images([flat[i] for i in others])]
        params = {"labels": labels, "batch_size": len(labels)}
        params |= self.make_params([flat[i] for i in images])
        where = next(i for i, each in enumerate(flat) if each is labels)
        for i in [*images, where]:
            flat[i] = self.transform(flat[i], params)
        return tree_unflatten(flat, spec)

    def _check(self, labels: Any) -> None:
        if not isinstance(labels, Tensor):
            raise ValueError(f"The labels must be a tensor, but got {type(labels)} instead.")
        if labels.ndim not in (1, 2):
            raise ValueError(
                "labels should be index based with shape (batch_size,) or probability based with shape "
                f"(batch_size, num_classes), but got a tensor of shape {labels.shape} instead."
            )
        if labels.ndim == 1 and self.num_classes is None:
            raise ValueError("num_classes must be passed if the labels are index-based (1D)")
        if labels.ndim == 2 and self.num_classes not in (None, labels.shape[-1]):
            raise ValueError(
                "When passing 2D labels, the number of elements in last dimension must match num_classes: "
                f"{labels.shape[-1]} != {self.num_classes}. You can Leave num_classes to None."
            )

    def _mixed_labels(self, labels: Tensor, share: float) -> Tensor:
        if labels.ndim == 1:
            assert self.num_classes is not None  # see _check
            labels = one_hot(labels, num_classes=self.num_classes)
        shares = labels if labels.is_floating_point() else labels.float()
        return shares.roll(1, 0) * (1.0 - share) + shares * share

    @staticmethod
    def _check_image(inpt: Tensor, batch_size: int) -> None:
        if inpt.ndim not in (4, 5):
            raise ValueError(f"Expected a batched input with 4 dims, but got {inpt.ndim} dimensions instead.")
        if inpt.shape[0] != batch_size:
            raise ValueError(
                "The batch size of the image or video does not match the batch size of the labels: "
                f"{inpt.shape[0]} != {batch_size}."
            )


class MixUp(_Mixing):
    """Weighted means of each image and the one before it, the weight drawn from Beta(``alpha``,
    ``alpha``)."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"lam": self._share()}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if inpt is params["labels"]:
            return self._mixed_labels(inpt, params["lam"])
        self._check_image(inpt, params["batch_size"])
        return inpt.roll(1, 0) * (1.0 - params["lam"]) + inpt * params["lam"]


class CutMix(_Mixing):
    """A rectangle of each image replaced by that of the one before it; its area is drawn as in
    :class:`MixUp`."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        share = self._share()
        height, width = query_size(flat_inputs)
        x, y = _below(width), _below(height)
        half = 0.5 * math.sqrt(1.0 - share)
        wide, high = int(half * width), int(half * height)
        x1, y1, x2, y2 = max(x - wide, 0), max(y - high, 0), min(x + wide, width), min(y + high, height)
        return {"box": (x1, y1, x2, y2), "lam_adjusted": 1.0 - (x2 - x1) * (y2 - y1) / (width * height)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if inpt is params["labels"]:
            return self._mixed_labels(inpt, params["lam_adjusted"])
        self._check_image(inpt, params["batch_size"])
        x1, y1, x2, y2 = params["box"]
        found = inpt.clone()
        found[..., y1:y2, x1:x2] = inpt.roll(1, 0)[..., y1:y2, x1:x2]
        return found
