"""An array as a page shows it: range, counts, histogram, and a heat-map small enough to carry along."""

import base64
import math
from typing import Any

import numpy as np

from .._engine.statistics import host, statistics

BINS = 24
SIDE = 99
"""A heat-map has at most this many rows and columns."""
CHANNELS = 16


def number(x: float) -> Any:
    """A float as JSON has it: NaN and infinities as words, the rest in seven digits."""
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return float(f"{x:.7g}")


def summary(value: Any, picture: bool = True) -> dict[str, Any]:
    """What a page tells of an array: shape, min, mean, max, norm, zeros, NaN; with ``picture`` histogram and
    heat-map too."""
    a = host(value)
    of = statistics(a, finite=False)
    least, mean, largest = map(number, of.range or (0, 0, 0))
    wide = a.astype(np.float64).reshape(-1) if of.range is not None else np.zeros(0)
    with np.errstate(all="ignore"):
        norm = number(float(np.sqrt(np.square(wide).sum())))
    told: dict[str, Any] = {
        "shape": of.shape,
        "dtype": str(a.dtype),
        "min": least,
        "mean": mean,
        "max": largest,
        "norm": norm,
        "zeros": of.zeros,
        "nan": of.nan,
        "inf": of.inf,
    }
    if picture and wide.size:
        finite = wide[np.isfinite(wide)] if of.nan or of.inf else wide
        if finite.size > 1:
            low, high = float(finite.min()), float(finite.max())
            counts = np.histogram(
                finite, bins=BINS, range=(low, high) if high > low else (low - 0.5, low + 0.5)
            )[0]
            told["hist"] = counts.tolist()
        if a.size <= 64:
            told["values"] = [number(float(x)) for x in wide]
        told["heat"] = _heat(a.astype(np.float64))
    return told


def _heat(a: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The array as an image of bytes: 2 for the most negative, 254 for the most positive, 128 for zero; 0 for
    no number, 1 for gaps."""
    image = np.ma.asarray(_flat_image(a))
    rows, columns = (_picked(n) for n in image.shape)
    image = image[np.ix_(rows, columns)]
    gaps, image = np.ma.getmaskarray(image), image.filled(0.0)
    finite = np.where(np.isfinite(image), image, 0.0)
    largest = float(np.abs(finite).max(initial=0.0))
    levels = np.rint(128 + 126 * (finite / largest if largest else finite)).astype(np.uint8)
    levels[~np.isfinite(image)] = 0
    levels[gaps] = 1
    return {
        "rows": len(rows),
        "columns": len(columns),
        "largest": number(largest),
        "bytes": base64.b64encode(levels.tobytes()).decode(),
    }


def _picked(n: int) -> np.ndarray[Any, Any]:
    return np.linspace(0, n - 1, min(n, SIDE)).round().astype(int) if n else np.zeros(0, int)


def _flat_image(a: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Vectors as one row; maps of a convolution as tiles: the channels of the first image, or the filters'
    first channel."""
    if a.ndim <= 1:
        return a.reshape(1, -1)
    if a.ndim == 2:
        return a
    if a.ndim == 3:
        planes = a
    elif a.ndim == 4:
        planes = a[:, 0] if a.shape[1] == 1 or max(a.shape[2:]) <= 7 else a[0]
    else:
        return a.reshape(math.prod(a.shape[: a.ndim // 2]), -1)
    planes = planes[:CHANNELS]
    across = math.ceil(math.sqrt(len(planes)))
    down = -(-len(planes) // across) if across else 0
    height, width = planes.shape[1:]
    tiled = np.ma.masked_all((max(down * (height + 1) - 1, 0), max(across * (width + 1) - 1, 0)))
    for i, plane in enumerate(planes):
        row, column = divmod(i, across)
        tiled[
            row * (height + 1) : row * (height + 1) + height,
            column * (width + 1) : column * (width + 1) + width,
        ] = plane
    return tiled  # type: ignore[no-any-return]  # NumPy types masked arrays as Any
