"""L-BFGS (Liu and Nocedal, 1989): a quasi-Newton method that remembers some steps instead of a matrix."""

import copy
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar, overload

from .._creation.creation import zeros
from .._engine.modes import enable_grad, no_grad
from .._functions.joining import cat
from .._tensor import Tensor
from ._checks import check_step, is_number
from ._line_search import Point, strong_wolfe
from ._optimizer import Closure, Optimizer, Parameters
from ._updates import Group, at_least_zero, state_dtype

__all__ = ["LBFGS"]

Loss = TypeVar("Loss")

_COUNTS = ("func_evals", "n_iter")
_REMEMBERED = ("d", "t", "prev_flat_grad", "prev_loss", "old_dirs", "old_stps", "ro", "H_diag")
"""What the state holds after the first iteration."""


class LBFGS(Optimizer):
    """Minimizes by up to ``max_iter`` quasi-Newton iterations in each ``step(closure)``; all parameters form
    one vector.

    The direction is -H g with H the inverse Hessian as the last ``history_size`` steps and changes of the
    gradient tell it. With ``line_search_fn="strong_wolfe"`` its length is searched, else it is ``lr``.
    Iterations end at ``max_eval`` evaluations (by default 5/4 of ``max_iter``), where no element of the
    gradient exceeds ``tolerance_grad``, or where neither step nor loss moves by ``tolerance_change``. The
    state stands under the first parameter.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        at_least_zero({"learning rate": lr})
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @overload
    def step(self, closure: None = None) -> NoReturn: ...
    @overload
    def step(self, closure: Callable[[], Loss]) -> Loss: ...
    def step(self, closure: Closure | None = None) -> Any:
        """Minimize the loss that ``closure`` computes, gradients included; it is called several times. Its
        first loss is returned."""
        if closure is None:
            raise TypeError("LBFGS.step() needs a closure: it evaluates the loss at several places")
        check_step(self)
        parameters, state = self._parameters(), self.state[self._parameters()[0]]
        places = [parameter.detach().clone() for parameter in parameters]
        kept = {name: list(value) if isinstance(value, list) else value for name, value in state.items()}
        with no_grad():
            try:
                return self._minimize(enable_grad()(closure), self.param_groups[0])
            except BaseException:  # a closure that fails at a trial point must not leave the parameters there
                for parameter, place in zip(parameters, places, strict=True):
                    parameter.copy_(place)
                state.clear()
                state.update(kept)
                raise

    def _wrong_state(self, who: Any, state: Mapping[str, Any], parameter: Tensor, group: Group) -> list[str]:
        begun = any(name in state for name in _REMEMBERED) or (
            is_number(state.get("n_iter")) and state["n_iter"] > 0
        )
        wrong = [
            f"the state of parameter {who} has no {name!r}"
            for name in _COUNTS + (_REMEMBERED if begun else ())
            if name not in state
        ]
        wrong += [
            f"{name!r} of parameter {who} is not a number"
            for name in (*_COUNTS, "t", "prev_loss", "H_diag")
            if not is_number(state.get(name, 0))
        ]
        total = sum(p.numel() for p in self._parameters())
        vectors = [(name, [state[name]]) for name in ("d", "prev_flat_grad") if name in state]
        vectors += [(name, state[name]) for name in ("old_dirs", "old_stps") if name in state]
        for name, found in vectors:
            if not isinstance(found, list) or not all(
                isinstance(v, Tensor) and tuple(v.shape) == (total,) and v.is_floating_point() for v in found
            ):
                wrong.append(
                    f"{name!r} of parameter {who} is not made of vectors of {total} numbers, one for "
                    "each of all parameters"
                )
        lists = [state.get(name, []) for name in ("old_dirs", "old_stps", "ro")]
        if not all(isinstance(part, list) and len(part) == len(lists[0]) for part in lists) or not all(
            map(is_number, lists[2])
        ):
            wrong.append(
                f"'old_dirs', 'old_stps' and 'ro' of parameter {who} are not lists of one length, the "
                "last of numbers"
            )
        if not isinstance(state.get("al", []), list) or len(state.get("al", [])) not in (
            0,
            group["history_size"],
        ):
            wrong.append(f"'al' of parameter {who} is not a list of {group['history_size']} entries")
        return wrong

    def _minimize(self, closure: Closure, group: Group) -> Any:
        search = group["line_search_fn"]
        if search not in (None, "strong_wolfe"):
            raise RuntimeError("only 'strong_wolfe' is supported")
        state = self.state[self._parameters()[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first = closure()
        loss, gradient, evaluations = float(first), self._gradient(), 1
        state["func_evals"] += 1
        if float(gradient.abs().max()) <= group["tolerance_grad"]:
            return first
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            direction = self._direction(state, gradient, group["history_size"])
            t = float(group["lr"])
            if state["n_iter"] == 1:
                t /= max(1.0, float(gradient.abs().sum()))
            state.update(d=direction, t=t, prev_flat_grad=gradient.clone(), prev_loss=loss)
            slope = float(gradient.dot(direction))
            if slope > -group["tolerance_change"]:
                break
            used, before = 0, loss
            if search is not None:
                start = Point(0.0, loss, gradient, slope)
                length = float(direction.abs().max())
                (t, loss, gradient, _), used = strong_wolfe(
                    self._line(closure, direction), start, t, length, group["max_eval"] - evaluations
                )
                state["t"] = t
                self._move(t, direction)
            else:
                self._move(t, direction)
                if iteration != group["max_iter"]:
                    loss, gradient, used = float(closure()), self._gradient(), 1
            evaluations += used
            state["func_evals"] += used
            if evaluations >= group["max_eval"] or self._arrived(
                gradient, direction * t, loss - before, group
            ):
                break
        return first

    @staticmethod
    def _arrived(gradient: Tensor, step: Tensor, change: float, group: Group) -> bool:
        tolerance = group["tolerance_change"]
        flat = float(gradient.abs().max()) <= group["tolerance_grad"]
        return flat or float(step.abs().max()) <= tolerance or abs(change) < tolerance

    @staticmethod
    def _direction(state: dict[str, Any], gradient: Tensor, history: int) -> Tensor:
        """-H g by the two-loop recursion (Nocedal and Wright, algorithm 7.4), after the last step has been
        remembered."""
        if state["n_iter"] == 1:
            state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1)
            return gradient.neg()
        changes, steps, inverses = state["old_dirs"], state["old_stps"], state["ro"]
        change, step = gradient - state["prev_flat_grad"], state["d"] * state["t"]
        curvature = change.dot(step)
        if float(curvature) > 1e-10:
            if len(changes) == history:
                for remembered in (changes, steps, inverses):
                    remembered.pop(0)
            changes.append(change)
            steps.append(step)
            inverses.append(1.0 / curvature)
            state["H_diag"] = curvature / change.dot(change)
        weights = state.setdefault("al", [None] * history)
        q = gradient.neg()
        for i in reversed(range(len(changes))):
            weights[i] = steps[i].dot(q) * inverses[i]
            q = q - weights[i] * changes[i]
        q = q * state["H_diag"]
        for i in range(len(changes)):
            q = q + (weights[i] - changes[i].dot(q) * inverses[i]) * steps[i]
        return q

    def _line(self, closure: Closure, direction: Tensor) -> Any:
        """The function along ``direction``; the parameters stay where they are."""
        here = [parameter.detach().clone() for parameter in self._parameters()]

        def at(t: float) -> Point:
            self._move(t, direction)
            loss, gradient = float(closure()), self._gradient()
            for parameter, value in zip(self._parameters(), here, strict=True):
                parameter.copy_(value)
            return Point(t, loss, gradient, float(gradient.dot(direction)))

        return at

    def _gradient(self) -> Tensor:
        """All gradients as one vector (of halves in float32), zeros for those that are not there."""
        return cat(
            [
                zeros(p.numel(), dtype=state_dtype(p), device=p.device)
                if p.grad is None
                else p.grad.reshape(-1).to(state_dtype(p))
                for p in self._parameters()
            ]
        )

    def _move(self, t: float, direction: Tensor) -> None:
        """Add t times the direction to the parameters."""
        begin = 0
        for parameter in self._parameters():
            end = begin + parameter.numel()
            parameter.add_(direction[begin:end].reshape(parameter.shape), alpha=t)
            begin = end

    def _loaded(self, parameter: Tensor, name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._loaded(parameter, name, part) for part in value]
        if isinstance(value, Tensor):
            return value.detach().to(dtype=state_dtype(parameter), device=parameter.device, copy=True)
        return copy.deepcopy(value)
