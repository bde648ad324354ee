"""How windows lie over an image: what convolution, pooling, im2col and their kernels mean by geometry."""

from collections.abc import Sequence
from typing import NamedTuple


def output_size(
    size: int,
    kernel: int,
    stride: int,
    dilation: int = 1,
    before: int = 0,
    after: int = 0,
    *,
    ceil: bool = False,
) -> int:
    """How many windows fit: floor((size + padding - (dilation (kernel - 1) + 1)) / stride) + 1.

    With ``ceil`` the quotient is rounded up, and a last window that would start beyond the image and its
    padding in front is dropped (Caffe's pooling).
    """
    room = size + before + after - (dilation * (kernel - 1) + 1)
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + before else count


class Geometry(NamedTuple):
    """The numbers of windows over an image, one for each spatial axis."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    """What is put before and after each axis."""
    dilation: tuple[int, ...]

    @classmethod
    def even(
        cls,
        kernel: Sequence[int],
        stride: Sequence[int],
        padding: Sequence[int],
        dilation: Sequence[int],
    ) -> "Geometry":
        """With as much padding before each axis as behind it."""
        return cls(tuple(kernel), tuple(stride), tuple([(p, p) for p in padding]), tuple(dilation))

    def positions(self, size: Sequence[int], *, ceil: bool = False) -> tuple[int, ...]:
        """How many windows an image of ``size`` has along each axis: see :func:`output_size`."""
        rows = zip(size, self.kernel, self.stride, self.dilation, self.padding, strict=True)
        if ceil:
            return tuple([output_size(n, k, s, d, a, b, ceil=True) for n, k, s, d, (a, b) in rows])
        return tuple([(n + a + b - d * (k - 1) - 1) // s + 1 for n, k, s, d, (a, b) in rows])

    def reach(self, positions: Sequence[int]) -> tuple[int, ...]:
        """How much of the padded image so many windows cover."""
        rows = zip(positions, self.kernel, self.stride, self.dilation, strict=True)
        return tuple([(n - 1) * s + d * (k - 1) + 1 for n, k, s, d in rows])

    def covering(self, size: Sequence[int], positions: Sequence[int]) -> "Geometry":
        """With just so much padding behind an image of ``size`` that so many windows lie in it."""
        rows = zip(size, self.padding, self.reach(positions), strict=True)
        return self._replace(padding=tuple([(a, max(r - a - n, 0)) for n, (a, _), r in rows]))

    def seen(self, size: Sequence[int], positions: Sequence[int]) -> list[list[bool]]:
        """For each window along each axis, whether any of its taps lies in an image of ``size``."""
        rows = zip(size, positions, self.kernel, self.stride, self.dilation, self.before, strict=True)
        found = []
        for n, count, k, s, d, a in rows:
            starts = [i * s - a for i in range(count)]
            first_inside = [start - min(start, 0) // d * d for start in starts]
            ends = [min(n, start + (k - 1) * d + 1) for start in starts]
            found.append([first < end for first, end in zip(first_inside, ends, strict=True)])
        return found

    def sees_everywhere(self, size: Sequence[int], positions: Sequence[int]) -> bool:
        """Whether every window has a tap in an image of ``size``, as it has without dilation."""
        return set(self.dilation) == {1} or all(map(all, self.seen(size, positions)))

    @property
    def around(self) -> bool:
        """Whether there is any padding."""
        return self.padding != ((0, 0),) * len(self.padding)

    @property
    def before(self) -> tuple[int, ...]:
        """The padding in front of each axis."""
        return tuple([a for a, _ in self.padding])

    @property
    def is_even(self) -> bool:
        """Whether there is as much padding before each axis as behind it."""
        return all(a == b for a, b in self.padding)

    @property
    def pointwise(self) -> bool:
        """Whether every window is one pixel and no pixel is skipped: then nothing needs unfolding."""
        return set(self.kernel) == {1} and set(self.stride) == {1} and not self.around

    @property
    def plane(self) -> tuple[int, int, int, int, int, int, int, int]:
        """Over two axes, evenly padded, as kernels take it: (kh, kw, sh, sw, ph, pw, dh, dw)."""
        (kh, kw), (sh, sw), ((ph, _), (pw, _)), (dh, dw) = self
        return kh, kw, sh, sw, ph, pw, dh, dw
