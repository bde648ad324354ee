"""Sizes of images, as they are asked for."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np


def target_size(before: list[int], size: int | Sequence[int], max_size: int | None) -> tuple[int, int]:
    """Height and width at the ``size`` asked for, of an image of width and height ``before``."""
    width, height = before
    sizes = whole_numbers(size)
    if not width or not height:
        raise ValueError(f"resize: the image has no pixels: its height is {height}, its width {width}")
    if len(sizes) != 1:
        if max_size is not None:
            raise ValueError(
                "max_size should only be passed if size specifies the length of the smaller edge, i.e. size "
                "should be an int or a sequence of length 1"
            )
        return pair(size)
    short = sizes[0]
    new_height, new_width = (
        (short, int(short * width / height)) if height <= width else (int(short * height / width), short)
    )
    longest = max(new_height, new_width)
    if max_size is None or longest <= max_size:
        return new_height, new_width
    if max_size <= short:
        raise ValueError(
            f"max_size = {max_size} must be strictly greater than the requested size for the smaller "
            f"edge size = {size}"
        )
    return (
        (max_size, int(max_size * new_width / longest))
        if new_height > new_width
        else (int(max_size * new_height / longest), max_size)
    )


def whole_numbers(value: Any) -> list[int]:
    """The whole numbers of a sequence, or the one given; NumPy's too. TypeError for anything else."""
    try:
        return [operator.index(value)]
    except TypeError:
        if isinstance(value, (str, bytes)) or not isinstance(value, (Sequence, np.ndarray)):
            raise TypeError(
                f"a size should be an int or a sequence of ints, not {type(value).__name__}"
            ) from None
    return [operator.index(number) for number in value]


def pair(size: int | Sequence[int]) -> tuple[int, int]:
    """(height, width) of one number or two."""
    sizes = whole_numbers(size)
    if len(sizes) not in (1, 2):
        raise ValueError("Please provide only two dimensions (h, w) for size.")
    return sizes[0], sizes[-1]


def checked_fill(fill: Any) -> Any:
    """``fill``, a number or one for each channel; TypeError where it is neither."""
    if not isinstance(fill, (int, float, np.number, tuple, list)):
        raise TypeError(
            f"Got inappropriate fill arg: {fill!r}. Fill should be either a sequence or a number, one for "
            "each channel"
        )
    return fill
