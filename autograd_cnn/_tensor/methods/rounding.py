"""Steps and rounding as methods."""

from ..._functions.rounding import *
from ..._functions.rounding import floor_divide_, fmod_, nextafter_, remainder_, sign_


class RoundingMethods:
    """The sign, rounding, what a division leaves, and their in-place forms."""

    __slots__ = ()

    ceil = ceil
    ceil_ = ceil_
    fix = trunc
    fix_ = trunc_
    floor = floor
    floor_ = floor_
    floor_divide = floor_divide
    floor_divide_ = floor_divide_
    fmod = fmod
    fmod_ = fmod_
    frac = frac
    frac_ = frac_
    nextafter = nextafter
    nextafter_ = nextafter_
    remainder = remainder
    remainder_ = remainder_
    round = round
    round_ = round_
    sgn = sign
    sgn_ = sign_
    sign = sign
    sign_ = sign_
    trunc = trunc
    trunc_ = trunc_
