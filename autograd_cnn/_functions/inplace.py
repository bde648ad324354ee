"""The in-place functions under PyTorch's names: each calls the method of that name, which overwrites its
tensor."""

from typing import Any

from ._arguments import names_arguments


@names_arguments
def abs_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.abs_`."""
    return input.abs_()


@names_arguments
def ceil_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.ceil_`."""
    return input.ceil_()


@names_arguments
def clamp_(input: Any, min: Any = None, max: Any = None) -> Any:
    """See :meth:`autograd_cnn.Tensor.clamp_`."""
    return input.clamp_(min, max)


@names_arguments
def clamp_max_(input: Any, max: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.clamp_max_`."""
    return input.clamp_max_(max)


@names_arguments
def clamp_min_(input: Any, min: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.clamp_min_`."""
    return input.clamp_min_(min)


@names_arguments
def clip_(input: Any, min: Any = None, max: Any = None) -> Any:
    """See :meth:`autograd_cnn.Tensor.clip_`."""
    return input.clip_(min, max)


@names_arguments
def deg2rad_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.deg2rad_`."""
    return input.deg2rad_()


@names_arguments
def detach_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.detach_`."""
    return input.detach_()


@names_arguments
def erf_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.erf_`."""
    return input.erf_()


@names_arguments
def erfc_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.erfc_`."""
    return input.erfc_()


@names_arguments
def exp2_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.exp2_`."""
    return input.exp2_()


@names_arguments
def exp_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.exp_`."""
    return input.exp_()


@names_arguments
def expm1_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.expm1_`."""
    return input.expm1_()


@names_arguments
def fill_(input: Any, value: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.fill_`."""
    return input.fill_(value)


@names_arguments
def fix_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.fix_`."""
    return input.fix_()


@names_arguments
def floor_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.floor_`."""
    return input.floor_()


@names_arguments
def frac_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.frac_`."""
    return input.frac_()


@names_arguments
def gcd_(input: Any, other: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.gcd_`."""
    return input.gcd_(other)


@names_arguments
def i0_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.i0_`."""
    return input.i0_()


@names_arguments
def lcm_(input: Any, other: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.lcm_`."""
    return input.lcm_(other)


@names_arguments
def ldexp_(input: Any, other: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.ldexp_`."""
    return input.ldexp_(other)


@names_arguments
def log10_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.log10_`."""
    return input.log10_()


@names_arguments
def log1p_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.log1p_`."""
    return input.log1p_()


@names_arguments
def log2_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.log2_`."""
    return input.log2_()


@names_arguments
def log_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.log_`."""
    return input.log_()


@names_arguments
def logit_(input: Any, eps: Any = None) -> Any:
    """See :meth:`autograd_cnn.Tensor.logit_`."""
    return input.logit_(eps)


@names_arguments
def nan_to_num_(input: Any, nan: Any = None, posinf: Any = None, neginf: Any = None) -> Any:
    """See :meth:`autograd_cnn.Tensor.nan_to_num_`."""
    return input.nan_to_num_(nan, posinf, neginf)


@names_arguments
def neg_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.neg_`."""
    return input.neg_()


@names_arguments
def negative_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.negative_`."""
    return input.negative_()


@names_arguments
def rad2deg_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.rad2deg_`."""
    return input.rad2deg_()


@names_arguments
def reciprocal_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.reciprocal_`."""
    return input.reciprocal_()


@names_arguments
def relu_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.relu_`."""
    return input.relu_()


@names_arguments
def round_(input: Any, *, decimals: int = 0) -> Any:
    """See :meth:`autograd_cnn.Tensor.round_`."""
    return input.round_(decimals=decimals)


@names_arguments
def rsqrt_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.rsqrt_`."""
    return input.rsqrt_()


@names_arguments
def sigmoid_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.sigmoid_`."""
    return input.sigmoid_()


@names_arguments
def sqrt_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.sqrt_`."""
    return input.sqrt_()


@names_arguments
def square_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.square_`."""
    return input.square_()


@names_arguments
def trunc_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.trunc_`."""
    return input.trunc_()


@names_arguments
def xlogy_(input: Any, other: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.xlogy_`."""
    return input.xlogy_(other)


@names_arguments
def zero_(input: Any) -> Any:
    """See :meth:`autograd_cnn.Tensor.zero_`."""
    return input.zero_()
