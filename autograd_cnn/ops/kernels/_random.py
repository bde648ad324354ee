"""Random numbers from the Mersenne Twister (Matsumoto and Nishimura 1998), in the memory of NumPy's: 624
words, and how many of them are used up.

The words of a whole array are made first, one after the other; what they become is computed in pieces, by all
threads. The recipes are PyTorch's, and so is the rounding: no kernel here may be compiled with the liberties
that others take. ``_random/stream.py`` tells of the recipes, and has them in NumPy.
"""

import math

import numpy as np
from numba import prange, types

from ._bits import bits_of, multiply_add, single_of
from ._launch import BOOL, FLOAT, exact, exactly, scratch, written

WORDS, SHIFT = 624, 397
PIECE = 2**14
"""Numbers that a thread takes at a time."""

AT_ONCE = 2**11
"""Normal numbers computed in one loop: what it needs stays in the processor's cache."""

_U, _F = np.uint32, np.float32
STATE = written(1, types.uint32)


@exact
def _mixed(high, low):
    """What the twist makes of the highest bit of one word and the others of the next."""
    y = (high & _U(0x80000000)) | (low & _U(0x7FFFFFFF))
    return (y >> _U(1)) ^ ((_U(0) - (y & _U(1))) & _U(0x9908B0DF))


@exact
def _joined(a, b, out):
    for i in range(out.size):
        out[i] = a[i] ^ b[i]


@exact
def _twist(words, mixed):
    """The next 624 words. They are taken in three parts, none of which reads what it writes, so that they are
    computed side by side."""
    first, second = words[: WORDS - 1], words[1:]
    for i in range(WORDS - 1):
        mixed[i] = _mixed(first[i], second[i])
    near = WORDS - SHIFT
    _joined(words[SHIFT:], mixed[:near], words[:near])
    _joined(words[:near], mixed[near : 2 * near], words[near : 2 * near])
    _joined(words[near:SHIFT], mixed[2 * near :], words[2 * near : WORDS - 1])
    words[WORDS - 1] = words[SHIFT - 1] ^ _mixed(words[WORDS - 1], words[0])


@exact
def _fill(state, out):
    """The next words of the twister, before they are tempered."""
    words, used, done = state[:WORDS], np.int64(state[WORDS]), 0
    mixed = np.empty(WORDS - 1, np.uint32)
    while done < out.size:
        if used == WORDS:
            _twist(words, mixed)
            used = np.int64(0)
        count = min(WORDS - used, out.size - done)
        source, to = words[used : used + count], out[done : done + count]
        for i in range(count):
            to[i] = source[i]
        used += count
        done += count
    state[WORDS] = used


@exact
def _tempered(word):
    y = _U(word)
    y ^= y >> _U(11)
    y ^= (y << _U(7)) & _U(0x9D2C5680)
    y ^= (y << _U(15)) & _U(0xEFC60000)
    y ^= y >> _U(18)
    return _U(y)


@exact
def _unit(word):
    """A single in [0, 1): 24 bits."""
    return _F(np.int32(_tempered(word) & _U(2**24 - 1))) * _F(2.0**-24)


@exact
def _long(high, low):
    """The last 53 bits of two words."""
    return np.int64((np.uint64(_tempered(high) & _U(2**21 - 1)) << np.uint64(32)) | np.uint64(_tempered(low)))


@exactly(STATE, written(1, types.uint32))
def _words(state, out):
    _fill(state, out)
    for piece in prange((out.size + PIECE - 1) // PIECE):
        part = out[piece * PIECE : (piece + 1) * PIECE]
        for i in range(part.size):
            part[i] = _tempered(part[i])


@exactly(STATE, written(1), FLOAT, FLOAT, BOOL)
def _units(state, out, scale, low, scaled):
    _fill(state, out.view(np.uint32))
    for piece in prange((out.size + PIECE - 1) // PIECE):
        part = out[piece * PIECE : (piece + 1) * PIECE]
        words = part.view(np.uint32)
        for i in range(part.size):
            part[i] = _unit(words[i])
        if scaled:
            for i in range(part.size):
                part[i] = multiply_add(part[i], scale, low)


@exactly(STATE, written(1, types.uint32), written(1, types.float64))
def _double_units(state, words, out):
    _fill(state, words)
    for piece in prange((out.size + PIECE - 1) // PIECE):
        begin, end = piece * PIECE, (piece + 1) * PIECE
        a, b = words[2 * begin : 2 * end], out[begin:end]
        for i in range(b.size):
            b[i] = np.float64(_long(a[2 * i], a[2 * i + 1])) * 2.0**-53


@exactly(STATE, written(1, types.uint32), written(1), types.int64, FLOAT)
def _coins(state, words, out, chance, worth):
    """``worth`` where 53 bits are less than ``chance``, else 0."""
    _fill(state, words)
    for piece in prange((out.size + PIECE - 1) // PIECE):
        begin, end = piece * PIECE, (piece + 1) * PIECE
        a, b = words[2 * begin : 2 * end], out[begin:end]
        for i in range(b.size):
            b[i] = worth if _long(a[2 * i], a[2 * i + 1]) < chance else _F(0)


@exactly(STATE, written(1, types.uint32), written(1, types.int64), types.uint32, types.int64)
def _integers(state, words, out, span, low):
    _fill(state, words)
    for piece in prange((out.size + PIECE - 1) // PIECE):
        begin, end = piece * PIECE, (piece + 1) * PIECE
        a, b = words[begin:end], out[begin:end]
        for i in range(b.size):
            b[i] = np.int64(_U(_tempered(a[i])) % span) + low


@exactly(STATE, written(1, types.uint32), written(1, types.int64))
def _permutation(state, words, order):
    _fill(state, words)
    n = order.size
    for piece in prange((n + PIECE - 1) // PIECE):
        for i in range(piece * PIECE, min((piece + 1) * PIECE, n)):
            order[i] = i
            if i < n - 1:
                words[i] = _tempered(words[i]) % _U(n - i)
    for i in range(n - 1):
        j = i + words[i]
        order[i], order[j] = order[j], order[i]


# The Box-Muller transform: box_muller.py has it in NumPy, and says where its polynomials come from.


@exact
def _log(x):
    """Of a normal number in (0, 1]."""
    bits = bits_of(x)
    mantissa = single_of((bits & np.int32(0x7FFFFF)) | np.int32(0x3F000000))
    low = mantissa < _F(0.707106781186547524)
    t = (mantissa + mantissa if low else mantissa) - _F(1)
    e = _F(np.int32((bits >> np.int32(23)) - np.int32(126))) - (_F(1) if low else _F(0))
    square = t * t
    y = _F(7.0376836292e-2)
    y = multiply_add(y, t, _F(-1.1514610310e-1))
    y = multiply_add(y, t, _F(1.1676998740e-1))
    y = multiply_add(y, t, _F(-1.2420140846e-1))
    y = multiply_add(y, t, _F(1.4249322787e-1))
    y = multiply_add(y, t, _F(-1.6668057665e-1))
    y = multiply_add(y, t, _F(2.0000714765e-1))
    y = multiply_add(y, t, _F(-2.4999993993e-1))
    y = multiply_add(y, t, _F(3.3333331174e-1))
    y = multiply_add(y * t, square, e * _F(-2.12194440e-4))
    y = t + multiply_add(square, _F(-0.5), y)
    return multiply_add(e, _F(0.693359375), y)


@exact
def _sine_and_cosine(x):
    """Of an angle that is not negative."""
    octant = (np.int32(x * _F(4 / np.pi)) + np.int32(1)) & np.int32(~1)
    multiple = _F(octant)
    x = multiply_add(multiple, _F(-0.78515625), x)
    x = multiply_add(multiple, _F(-2.4187564849853515625e-4), x)
    x = multiply_add(multiple, _F(-3.77489497744594108e-8), x)
    square = x * x
    cosine = multiply_add(_F(2.443315711809948e-5), square, _F(-1.388731625493765e-3))
    cosine = multiply_add(cosine, square, _F(4.166664568298827e-2))
    cosine = multiply_add(cosine * square, square, _F(-0.5) * square) + _F(1)
    sine = multiply_add(_F(-1.9515295891e-4), square, _F(8.3321608736e-3))
    sine = multiply_add(sine, square, _F(-1.6666654611e-1))
    sine = multiply_add(sine * square, x, x)
    crossed = octant & np.int32(2) != 0
    s, c = (cosine if crossed else sine), (sine if crossed else cosine)
    return (
        -s if octant & np.int32(4) != 0 else s,
        c if (octant - np.int32(2)) & np.int32(4) != 0 else -c,
    )


@exact
def _pairs(near, far, std, mean, scaled):
    """Uniform numbers, one for the radius and one for the angle, to two normal ones, in place."""
    for i in range(near.size):
        radius = np.sqrt(_F(-2) * _log(_F(1) - near[i]))
        sine, cosine = _sine_and_cosine(_F(2 * np.pi) * far[i])
        near[i], far[i] = radius * cosine, radius * sine
    if scaled:
        for i in range(near.size):
            near[i], far[i] = multiply_add(near[i], std, mean), multiply_add(far[i], std, mean)


@exact
def _blocks(words, out, std, mean, scaled):
    """Blocks of 16 words to normal numbers: eight radii, eight angles. Many are taken at once, for a loop
    over eight would not become vectors."""
    near, far = np.empty(AT_ONCE // 2, np.float32), np.empty(AT_ONCE // 2, np.float32)
    for begin in range(0, out.size, AT_ONCE):
        count = min(AT_ONCE, out.size - begin) // 16
        for block in range(count):
            for i in range(8):
                near[8 * block + i] = _unit(words[begin + 16 * block + i])
                far[8 * block + i] = _unit(words[begin + 16 * block + 8 + i])
        _pairs(near[: 8 * count], far[: 8 * count], std, mean, scaled)
        for block in range(count):
            for i in range(8):
                out[begin + 16 * block + i] = near[8 * block + i]
                out[begin + 16 * block + 8 + i] = far[8 * block + i]


@exactly(STATE, written(1), FLOAT, FLOAT, BOOL)
def _normals(state, out, std, mean, scaled):
    words, whole = out.view(np.uint32), out.size // 16 * 16
    _fill(state, words)
    for piece in prange((whole + PIECE - 1) // PIECE):
        begin, end = piece * PIECE, min((piece + 1) * PIECE, whole)
        _blocks(words[begin:end], out[begin:end], std, mean, scaled)
    if whole < out.size:  # the last 16 are drawn again
        _fill(state, words[-16:])
        _blocks(words[-16:], out[-16:], std, mean, scaled)


def _halves(count):
    """Memory for the words of so many doubles; it is free again after the launch."""
    return scratch("words", 2 * count, np.uint32)


def words(state, count):
    """The next words of 32 bits."""
    out = np.empty(count, np.uint32)
    _words.sized(count, state, out)
    return out


def units(state, count, low=0.0, high=1.0):
    """Singles in [low, high)."""
    out = np.empty(count, np.float32)
    low, high = _F(low), _F(high)
    _units.sized(count, state, out, high - low, low, (low, high) != (0, 1))
    return out


def double_units(state, count):
    """Doubles in [0, 1)."""
    out = np.empty(count)
    _double_units.sized(count, state, _halves(count), out)
    return out


def coins(state, count, p, worth=1.0):
    """``worth``, a single, with probability ``p``, else 0."""
    out = np.empty(count, np.float32)
    _coins.sized(count, state, _halves(count), out, math.ceil(p * 2.0**53), _F(worth))
    return out


def integers(state, count, span, low):
    """Words modulo ``span``, and ``low`` more."""
    out = np.empty(count, np.int64)
    _integers.sized(2 * count, state, scratch("words", count, np.uint32), out, np.uint32(span), low)
    return out


def permutation(state, count):
    """The numbers from 0 on in random order: the shuffle of Fisher and Yates, forwards."""
    out = np.empty(count, np.int64)
    _permutation.sized(count, state, scratch("words", count - 1, np.uint32), out)
    return out


def normals(state, count, mean=0.0, std=1.0):
    """Normal numbers, 16 at least."""
    out = np.empty(count, np.float32)
    _normals.sized(8 * count, state, out, _F(std), _F(mean), (mean, std) != (0.0, 1.0))
    return out
