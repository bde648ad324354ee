"""Order along rows: all of it, or the first few.

A number becomes a key, an unsigned integer of the same order, with its place beside it in one word of 64
bits. Keys are sorted byte by byte from the last on (a radix sort: it keeps equal ones in their order); what
has 64 bits by its lower half first, then by its upper. The first few of a row are not sorted for but
gathered.
"""

import numpy as np
from numba import prange, types

from ._launch import BOOL, inner, kernel, read, written

FEW = 48
"""So few are sorted by insertion."""

TOGETHER = 2**12
"""So many numbers are a piece at least: short rows stand together."""

_Q, _W = np.uint64, np.uint32
_HALF, _LOWER, _BYTE, _SIGN = _Q(32), _Q(2**32 - 1), _Q(255), _Q(2**63)


@inner
def _single_keys(words, keys, floating, descending):
    """The keys of a row of 32 bits each. NaN is the largest, and the two zeros are equal."""
    turned = _W(2**32 - 1) if descending else _W(0)
    if floating:
        for i in range(keys.size):
            bits = _W(words[i])
            magnitude = _W(bits & _W(2**31 - 1))
            key = _W(~bits) if bits >= _W(2**31) else _W(bits ^ _W(2**31))
            key = _W(2**31) if magnitude == _W(0) else key
            key = _W(2**32 - 1) if magnitude > _W(0x7F800000) else key
            keys[i] = key ^ turned
    else:
        for i in range(keys.size):
            keys[i] = _W(words[i]) ^ _W(2**31) ^ turned


@inner
def _double_key(words, i, floating, descending):
    """The key of element i of a row of 64 bits each, the lower half first."""
    bits = (_Q(_W(words[2 * i + 1])) << _HALF) | _Q(_W(words[2 * i]))
    key = bits ^ _SIGN
    if floating:
        magnitude = bits & ~_SIGN
        if magnitude > _Q(0x7FF0000000000000):
            key = ~_Q(0)
        elif magnitude == _Q(0):
            key = _SIGN
        elif bits & _SIGN:
            key = ~bits
    return ~key if descending else key


@inner
def _insertion(a, shift):
    """Sort a few words by their bits from ``shift`` on."""
    for i in range(1, a.size):
        word, j = a[i], i
        while j > 0 and a[j - 1] >> shift > word >> shift:
            a[j] = a[j - 1]
            j -= 1
        a[j] = word


@inner
def _radix(a, b, counts, shift):
    """Words sorted by 32 of their bits from ``shift`` on: ``a`` or ``b``, which is as long; ``counts`` is
    (4, 256)."""
    if a.size <= FEW:
        _insertion(a, shift)
        return a
    counts[:] = 0
    for i in range(a.size):
        key = a[i] >> shift
        counts[0, key & _BYTE] += 1
        counts[1, (key >> _Q(8)) & _BYTE] += 1
        counts[2, (key >> _Q(16)) & _BYTE] += 1
        counts[3, (key >> _Q(24)) & _BYTE] += 1
    source, to = a, b
    for byte in range(4):
        digit, place = shift + _Q(8 * byte), counts[byte]
        if place[(source[0] >> digit) & _BYTE] == a.size:
            continue  # all alike
        total = 0
        for value in range(256):
            more = place[value]
            place[value] = total
            total += more
        for i in range(a.size):
            value = (source[i] >> digit) & _BYTE
            to[place[value]] = source[i]
            place[value] += 1
        source, to = to, source
    return source


@inner
def _choose(words, k, count):
    """Bring the ``k`` least of the first ``count`` words to the front, the largest of them last (Hoare's
    selection)."""
    low, high = 0, count - 1
    while low < high:
        middle = words[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while words[i] < middle:
                i += 1
            while words[j] > middle:
                j -= 1
            if i <= j:
                words[i], words[j] = words[j], words[i]
                i += 1
                j -= 1
        if k - 1 <= j:
            high = j
        elif k - 1 >= i:
            low = i
        else:
            return


@kernel(read(2, types.int32), written(2, types.int64), BOOL, BOOL)
def _order(words, out, floating, descending):
    rows, n = out.shape
    many = max(1, TOGETHER // n)
    for piece in prange((rows + many - 1) // many):
        a, b, counts = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty((4, 256), np.int64)
        keys = np.empty(n, np.uint32)
        for row in range(piece * many, min((piece + 1) * many, rows)):
            _single_keys(words[row], keys, floating, descending)
            for i in range(n):
                a[i] = (_Q(keys[i]) << _HALF) | _Q(i)
            _write_places(_radix(a, b, counts, _HALF), out[row])


@kernel(read(2, types.int32), written(2, types.int64), BOOL, BOOL)
def _order_double(words, out, floating, descending):
    rows, n = out.shape
    many = max(1, TOGETHER // n)
    for piece in prange((rows + many - 1) // many):
        a, b, counts = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty((4, 256), np.int64)
        keys = np.empty(n, np.uint64)
        for row in range(piece * many, min((piece + 1) * many, rows)):
            for i in range(n):
                keys[i] = _double_key(words[row], i, floating, descending)
                a[i] = (keys[i] << _HALF) | _Q(i)
            found = _radix(a, b, counts, _HALF)
            other = b if found is a else a
            for i in range(n):
                place = found[i] & _LOWER
                found[i] = (keys[place] & ~_LOWER) | place
            _write_places(_radix(found, other, counts, _HALF), out[row])


@inner
def _write_places(words, out):
    for i in range(out.size):
        out[i] = np.int64(words[i] & _LOWER)


@inner
def _gather(keys, size, least, bounds, best, k):
    """The ``k`` least of the keys, each with its place, to the front of ``best``.

    The k-th least of the minima of all blocks bounds what can be among them; little else is below it.
    """
    for block in range(least.size):
        low = _W(2**32 - 1)
        for i in range(block * size, min((block + 1) * size, keys.size)):
            key = keys[_Q(i)]  # an index that can't be negative: so the loop becomes vectors
            low = key if key < low else low
        least[block] = bounds[block] = low
    _choose(bounds, k, bounds.size)
    bound, held, equal = bounds[k - 1], 0, 0
    for block in range(least.size):
        if least[block] > bound:
            continue
        for i in range(block * size, min((block + 1) * size, keys.size)):
            key = _Q(keys[i])
            if key < bound or (key == bound and equal < k):
                best[held] = (key << _HALF) | _Q(i)
                held += 1
                equal += key == bound
    _choose(best, k, held)


@kernel(read(2, types.int32), written(2, types.int64), BOOL, BOOL)
def _first(words, out, floating, descending):
    rows, n = words.shape
    k = out.shape[1]
    many, size = max(1, TOGETHER // n), min(64, n // (4 * k))
    blocks = (n + size - 1) // size
    for piece in prange((rows + many - 1) // many):
        keys, counts = np.empty(n, np.uint32), np.empty((4, 256), np.int64)
        least, bounds = np.empty(blocks, np.uint64), np.empty(blocks, np.uint64)
        best, other = np.empty(k * size + k, np.uint64), np.empty(k, np.uint64)
        for row in range(piece * many, min((piece + 1) * many, rows)):
            _single_keys(words[row], keys, floating, descending)
            _gather(keys, size, least, bounds, best, k)
            found = _radix(best[:k], other, counts, _Q(0))
            _write_places(_radix(found, best[k : 2 * k], counts, _HALF), out[row])


def _in_words(x, axis):
    """x with ``axis`` last as rows of words of 32 bits; how many an element has, and whether it is floating
    point. None where its dtype is no such."""
    dtype = x.dtype
    if dtype.itemsize < 4:
        x = x.astype(np.float32 if dtype.kind == "f" else np.int32)
    elif dtype == np.uint32:
        x = x.astype(np.int64)
    elif dtype.kind not in "if":
        return None
    last = np.ascontiguousarray(np.moveaxis(x, axis, -1))
    return last.reshape(-1, last.shape[-1]).view(np.int32), last.dtype.itemsize // 4, dtype.kind == "f"


def order(x, axis, descending, count=None):
    """The places of the elements of x in order along ``axis``, or of the first ``count`` of them; None for a
    dtype that has no keys."""
    made = _in_words(x, axis)
    if made is None:
        return None
    words, units, floating = made
    n = x.shape[axis]
    kept = n if count is None else count
    if units == 1 and 0 < kept <= n // 16:
        out = np.empty((len(words), kept), np.int64)
        _first.sized(4 * x.size, words, out, floating, descending)
    else:
        out = np.empty((len(words), n), np.int64)
        sort = _order if units == 1 else _order_double
        sort.sized(16 * x.size, words, out, floating, descending)
        out = out[:, :kept]
    rest = [size for i, size in enumerate(x.shape) if i != axis % x.ndim]
    return np.ascontiguousarray(np.moveaxis(out.reshape(*rest, kept), -1, axis))
