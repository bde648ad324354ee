"""What datasets of images share: where they are, and what changes an image and its target."""

import os
from collections.abc import Callable
from typing import Any

from ..utils.data import Dataset

__all__ = ["StandardTransform", "VisionDataset"]

Change = Callable[[Any], Any]


class StandardTransform:
    """``transform`` of the input beside ``target_transform`` of the target; what is None changes nothing."""

    def __init__(self, transform: Change | None = None, target_transform: Change | None = None) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        return (
            input if self.transform is None else self.transform(input),
            target if self.target_transform is None else self.target_transform(target),
        )

    def __repr__(self) -> str:
        lines = ["StandardTransform"]
        for head, change in (("Transform: ", self.transform), ("Target transform: ", self.target_transform)):
            if change is not None:
                lines.append(head + repr(change).replace("\n", "\n" + " " * len(head)))
        return "\n".join(lines)


class VisionDataset(Dataset[tuple[Any, Any]]):
    """Base class: a subclass writes ``__getitem__``, ``__len__`` and perhaps ``extra_repr``.

    ``transforms`` changes an image and its target at once; or ``transform`` the one and ``target_transform``
    the other. ValueError where both ways are given.
    """

    _repr_indent = 4

    def __init__(
        self,
        root: "str | os.PathLike[str] | None" = None,
        transforms: Callable[[Any, Any], tuple[Any, Any]] | None = None,
        transform: Change | None = None,
        target_transform: Change | None = None,
    ) -> None:
        one_by_one = transform is not None or target_transform is not None
        if transforms is not None and one_by_one:
            raise ValueError("Only transforms or transform/target_transform can be passed as argument")
        self.root: Any = os.path.expanduser(root) if isinstance(root, str) else root
        self.transform = transform
        self.target_transform = target_transform
        self.transforms: Callable[[Any, Any], tuple[Any, Any]] | None = (
            StandardTransform(transform, target_transform) if one_by_one else transforms
        )

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} must define __len__(self)")

    def _changed(self, image: Any, target: Any) -> tuple[Any, Any]:
        """An item; ``transform`` and ``target_transform`` may have been set since."""
        return StandardTransform(self.transform, self.target_transform)(image, target)

    def __repr__(self) -> str:
        body = [f"Number of datapoints: {len(self)}"]
        body += [] if self.root is None else [f"Root location: {self.root}"]
        body += self.extra_repr().splitlines()
        body += [] if self.transforms is None else [repr(self.transforms)]
        lines = [" " * self._repr_indent + line for line in body]
        return "\n".join([f"Dataset {type(self).__name__}", *lines])

    def extra_repr(self) -> str:
        """More lines that tell of this dataset."""
        return ""
