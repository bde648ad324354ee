"""The circular and the hyperbolic functions as methods."""

from ..._functions.trigonometric import *
from ..._functions.trigonometric import atan2_, hypot_


class TrigonometricMethods:
    """The circular and the hyperbolic functions, and their in-place forms."""

    __slots__ = ()

    acos = acos
    acos_ = acos_
    acosh = acosh
    acosh_ = acosh_
    arccos = acos
    arccos_ = acos_
    arccosh = acosh
    arccosh_ = acosh_
    arcsin = asin
    arcsin_ = asin_
    arcsinh = asinh
    arcsinh_ = asinh_
    arctan = atan
    arctan2 = atan2
    arctan2_ = atan2_
    arctan_ = atan_
    arctanh = atanh
    arctanh_ = atanh_
    asin = asin
    asin_ = asin_
    asinh = asinh
    asinh_ = asinh_
    atan = atan
    atan2 = atan2
    atan2_ = atan2_
    atan_ = atan_
    atanh = atanh
    atanh_ = atanh_
    cos = cos
    cos_ = cos_
    cosh = cosh
    cosh_ = cosh_
    hypot = hypot
    hypot_ = hypot_
    sin = sin
    sin_ = sin_
    sinc = sinc
    sinc_ = sinc_
    sinh = sinh
    sinh_ = sinh_
    tan = tan
    tan_ = tan_
    tanh = tanh
    tanh_ = tanh_
