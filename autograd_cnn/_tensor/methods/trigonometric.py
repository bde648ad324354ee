"""The circular and the hyperbolic functions as methods."""

from ..._functions.trigonometric import *
from ..._functions.trigonometric import arctan2_, atan2_, hypot_


class TrigonometricMethods:
    """The circular and the hyperbolic functions, and their in-place forms."""

    __slots__ = ()

    acos = acos
    acos_ = acos_
    acosh = acosh
    acosh_ = acosh_
    arccos = arccos
    arccos_ = arccos_
    arccosh = arccosh
    arccosh_ = arccosh_
    arcsin = arcsin
    arcsin_ = arcsin_
    arcsinh = arcsinh
    arcsinh_ = arcsinh_
    arctan = arctan
    arctan2 = arctan2
    arctan2_ = arctan2_
    arctan_ = arctan_
    arctanh = arctanh
    arctanh_ = arctanh_
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
