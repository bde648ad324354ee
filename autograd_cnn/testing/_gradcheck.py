"""Analytic against numerical gradients, for any function of Tensors and for modules, with a report that says
what is wrong.

The numerical side runs in float64 wherever the function lets it, by central differences with Richardson
extrapolation. At a kink two one-sided slopes are reported, and the analytic gradient has to lie between them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from .._engine.differentiate import grad
from .._tensor import Tensor, tensor_of
from ._draw import Draw
from ._function_checks import Checks
from ._probe import like
from ._report import Options, Report
from ._target import Target


def check(function: Callable[..., Any], *inputs: Any, order: int = 1, **options: Any) -> Report:
    """Check the gradients of ``function(*inputs)``, of every order up to ``order``; nothing is raised for a
    wrong one.

    Args:
        function: takes the inputs, returns a Tensor or several, in dicts and dataclasses too; or a module,
            whose parameters are checked as well.
        inputs: what it takes; Tensors that require gradients are checked, also in dicts, lists, tuples and
            dataclasses. What is named otherwise than the options below is given to the function by that name.
        order: 1 for gradients, 2 for gradients of gradients, and so on; stops at the first order that is
            wrong.
        atol, rtol: an analytic element a and a numerical one n agree where ``|a - n| <= atol + rtol *
            max(|a|, |n|)`` (0 and 1e-6), apart from rounding: that of differences is measured, and it is
            larger where an input or the function computes in a narrower dtype.
        eps: the step of differences, where the one that fits the dtype (5e-4 in float64) does not fit the
            function.
        fast: project on ``draws`` random directions, instead of the whole Jacobian.
        backward, forward: check reverse mode, forward mode.
        undefined: outputs for which nothing comes back count as if zeros came.
        dtypes: each gradient has its input's dtype.
        batched: a batch of upstream signals under ``vmap`` gives the same as one after the other.
        independent: the first axis is a batch whose examples must not mix, neither forward nor backward.
        variations: the same results on strided, Fortran-ordered and repeated inputs.
        nondeterminism: how far two equal calls may be apart.
        parameters: check a module's parameters too.
        constant: results may be constants, whose gradients are zero; otherwise nothing was checked then.
        seed: where the random directions start.
    """
    if order < 1:
        raise ValueError(f"order must be 1 or more, not {order}")
    chosen = Options(**{name: options.pop(name) for name in Options._fields if name in options})
    target = Target(function, inputs, options, parameters=chosen.parameters)
    if not target.places and not target.names:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of the them "
            "have requires_grad=True."
        )
    name = _name_of(function)
    report = Checks(target, chosen, Report(name, 1)).run()
    for k in range(2, order + 1):
        if not report:
            break
        report = check_signals(target, chosen)
        if not report:
            break
        function, inputs = gradient_function(target, chosen.seed)
        target = Target(function, inputs)
        deeper = chosen._replace(variations=False, undefined=False, independent=False, constant=True)
        report = Checks(target, deeper, Report(name, k)).run()
        report.problems = [
            p._replace(cause="second order", text=_only_higher(p.text, k)) for p in report.problems
        ]
    return report


def check_signals(target: Target, options: Options) -> Report:
    """Whether the first gradients of a target are linear in the upstream signal, and the same where they are
    recorded to be differentiated again."""
    checks = Checks(target, options, Report(_name_of(target.function)))
    checks.begin()
    if checks.anything() and checks.guarded(checks.linear):
        checks.guarded(checks.recorded)
    return checks.report


def _name_of(function: Any) -> str:
    """The name in a report; of ``MyFunction.apply`` that of its class."""
    if getattr(function, "__name__", None) == "apply" and isinstance(
        getattr(function, "__self__", None), type
    ):
        return str(function.__self__.__name__)
    return str(getattr(function, "__name__", None) or type(function).__name__)


def _only_higher(text: str, order: int) -> str:
    return (
        f"{text}\n    the gradients of order {order - 1} are right, so it is the gradient's own graph "
        "that is wrong: a rule that reads .array, "
        "detaches, or saves a value computed outside the graph"
    )


def gradient_function(
    target: Target, seed: int = 0, upstream: Sequence[Tensor] | None = None
) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """The gradients of a target as a function of its variables and of the upstream signals, and the inputs
    for it."""
    _, outputs = target.run(target.values)
    draw = Draw(seed + 1)
    signals = (
        [tensor_of(like(draw(*o.shape), o.array), True) for o in outputs]
        if upstream is None
        else list(upstream)
    )
    leaves = [tensor_of(x, True) for x in target.values]

    def gradients(*args: Any) -> Any:
        variables, given = args[: len(leaves)], args[len(leaves) :]
        out = target.applied(variables)
        live = [(o, u) for o, u in zip(out, given, strict=True) if o.requires_grad]
        if not live:
            return tuple(v * 0.0 for v in variables)
        return grad(
            [o for o, _ in live], variables, [u for _, u in live], create_graph=True, materialize_grads=True
        )

    return gradients, (*leaves, *signals)
