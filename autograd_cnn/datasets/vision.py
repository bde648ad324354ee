"""What the datasets of images share, also those that users write."""

import os
from collections.abc import Callable
from typing import Any

from ..utils.data import Dataset


def _indented(head: str, transform: Any) -> str:
    """The text of ``transform`` after ``head``, its further lines below the first."""
    return head + repr(transform).replace("\n", "\n" + " " * len(head))


class StandardTransform:
    """``transform`` of the image and ``target_transform`` of its target; None leaves one as it is."""

    def __init__(
        self,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
    ) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        image = input if self.transform is None else self.transform(input)
        return image, target if self.target_transform is None else self.target_transform(target)

    def __repr__(self) -> str:
        pairs = (("Transform: ", self.transform), ("Target transform: ", self.target_transform))
        return "\n".join(
            ["StandardTransform", *(_indented(head, one) for head, one in pairs if one is not None)]
        )


class VisionDataset(Dataset[tuple[Any, Any]]):
    """A dataset of images below ``root`` with a ``transform`` of the image and a ``target_transform``, or
    ``transforms(image, target)`` in their place: ValueError for both. Subclasses write ``__getitem__`` and
    ``__len__``; ``extra_repr`` adds lines to the text."""

    def __init__(
        self,
        root: Any = None,
        transforms: Callable[[Any, Any], tuple[Any, Any]] | None = None,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
    ) -> None:
        self.root: Any = os.path.expanduser(root) if isinstance(root, str) else root
        apart = transform is not None or target_transform is not None
        if transforms is not None and apart:
            raise ValueError("Only transforms or transform/target_transform can be passed as argument")
        self.transform = transform
        self.target_transform = target_transform
        self.transforms: Callable[[Any, Any], tuple[Any, Any]] | None = (
            StandardTransform(transform, target_transform) if apart else transforms
        )

    def _changed(self, image: Any, target: Any) -> tuple[Any, Any]:
        """What the transforms make of an item, as they are now: programs exchange them."""
        if self.transform is not None:
            image = self.transform(image)
        return image, target if self.target_transform is None else self.target_transform(target)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __repr__(self) -> str:
        body = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            body.append(f"Root location: {self.root}")
        body += self.extra_repr().splitlines()
        if getattr(self, "transforms", None) is not None:
            body.append(repr(self.transforms))
        return "\n".join([f"Dataset {type(self).__name__}", *(f"    {line}" for line in body)])

    def extra_repr(self) -> str:
        """Lines of its own."""
        return ""
