"""``gradcheck`` and ``gradgradcheck`` with PyTorch's signatures; the work, and the report, are those of
``testing.check``."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._tensor import Tensor, tensor_of
from ..testing import GradcheckError, check
from ..testing._gradcheck import check_signals, gradient_function
from ..testing._report import Options
from ..testing._target import Target
from ._jacobians import get_analytical_jacobian as get_analytical_jacobian
from ._jacobians import get_numerical_jacobian as get_numerical_jacobian
from ._jacobians import get_numerical_jacobian_wrt_specific_input as get_numerical_jacobian_wrt_specific_input

__all__ = [
    "GradcheckError",
    "get_analytical_jacobian",
    "get_numerical_jacobian",
    "get_numerical_jacobian_wrt_specific_input",
    "gradcheck",
    "gradgradcheck",
]

_EPS, _ATOL = 1e-6, 1e-5


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = _EPS,
    atol: float = _ATOL,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the analytic gradients of ``func(*inputs)`` agree with numerical ones, for inputs that require
    gradients.

    Args:
        func: takes the inputs, returns a Tensor or several.
        inputs: a Tensor or a sequence of arguments.
        eps: the step of differences. The default leaves it to the dtype (5e-4 in float64, with Richardson
            extrapolation).
        atol, rtol: how far elements may be apart.
        raise_exception: raise GradcheckError with the report, instead of returning False.
        nondet_tol: how far two equal calls may be apart.
        check_undefined_grad: outputs for which nothing comes back count as if zeros came.
        check_grad_dtypes: each gradient has its input's dtype.
        check_batched_grad, check_batched_forward_grad: the same under ``vmap``.
        check_forward_ad, check_backward_ad: check forward mode, reverse mode.
        fast_mode: random directions instead of the whole Jacobian.
        masked: for sparse tensors, which do not exist here; taken and not used.

    Raises:
        GradcheckError: a gradient is wrong; the message says where, by how much, and what the likely cause
            is.
        ValueError: no input requires a gradient.

    At a kink a warning names the place; the analytic gradient has to lie between the slopes of both sides.
    """
    _check_modes(check_forward_ad, check_backward_ad, check_batched_grad, check_batched_forward_grad)
    return _verdict(
        func,
        inputs,
        raise_exception,
        eps=None if eps == _EPS else eps,
        atol=0.0 if atol == _ATOL else atol,
        rtol=rtol,
        nondeterminism=nondet_tol,
        undefined=check_undefined_grad,
        dtypes=check_grad_dtypes,
        batched=check_batched_grad or check_batched_forward_grad,
        forward=check_forward_ad,
        backward=check_backward_ad,
        fast=fast_mode,
    )


def _check_modes(forward: bool, backward: bool, batched: bool, batched_forward: bool) -> None:
    """AssertionError where nothing is asked for, or batches of what is not."""
    if not (forward or backward):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if batched and not backward:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if batched_forward and not forward:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")


def _verdict(func: Callable[..., Any], inputs: Any, raise_exception: bool, **options: Any) -> bool:
    """What a check found, as PyTorch says it."""
    report = check(func, *_tupled(inputs), variations=False, parameters=False, **options)
    if report.causes == ["no elements"]:  # right for want of anything wrong, as in PyTorch
        warnings.warn(f"gradcheck: nothing was checked: {report.problems[0].text}", UserWarning, stacklevel=3)
        return True
    if report.kinks:
        warnings.warn(
            f"gradcheck: the function has a kink at {'; '.join(report.kinks[:3])}", UserWarning, stacklevel=3
        )
    if raise_exception:
        report.raise_for_problems()
    return bool(report)


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = _EPS,
    atol: float = _ATOL,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """As :func:`gradcheck`, for the gradients of gradients: of ``grad(func(*inputs), inputs, grad_outputs)``.

    Args:
        grad_outputs: the upstream signals, which are inputs of that function too. Drawn at random where they
            are not given.
        gen_non_contig_grad_outputs: draw them with gaps in memory.
        check_fwd_over_rev, check_rev_over_rev: differentiate the gradient in forward mode, in reverse mode.

    The other arguments, what is raised and what is returned are those of :func:`gradcheck`.
    """
    _check_modes(check_fwd_over_rev, check_rev_over_rev, check_batched_grad, False)
    target = Target(func, _tupled(inputs), parameters=False)
    if not target.places:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of the them "
            "have requires_grad=True."
        )
    given = None if grad_outputs is None else [_wanted(t) for t in _tupled(grad_outputs)]
    first = check_signals(target, Options(nondeterminism=nondet_tol))
    if first.problems and first.causes != ["no elements"]:
        if raise_exception:
            first.raise_for_problems()
        return False
    gradients, arguments = gradient_function(target, 0, given)
    if gen_non_contig_grad_outputs and given is None:
        count = len(target.values)
        arguments = (*arguments[:count], *(_with_gaps(t) for t in arguments[count:]))
    return _verdict(
        gradients,
        arguments,
        raise_exception,
        eps=None if eps == _EPS else eps,
        atol=0.0 if atol == _ATOL else atol,
        rtol=rtol,
        nondeterminism=nondet_tol,
        undefined=check_undefined_grad,
        dtypes=check_grad_dtypes,
        batched=check_batched_grad,
        forward=check_fwd_over_rev,
        backward=check_rev_over_rev,
        fast=fast_mode,
        constant=True,
    )


def _tupled(inputs: Any) -> tuple[Any, ...]:
    return tuple(inputs) if isinstance(inputs, Sequence) and not isinstance(inputs, Tensor) else (inputs,)


def _wanted(t: Tensor) -> Tensor:
    return t if t.requires_grad else t.detach().requires_grad_()


def _with_gaps(t: Tensor) -> Tensor:
    return tensor_of(np.repeat(t.array, 2, axis=-1)[..., ::2], True) if t.array.ndim else t
