"""Modes: restored after exceptions, per thread, as decorators; and what is recorded under them."""

import asyncio
import inspect
import threading

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import ops
from autograd_cnn._engine import modes, observers


def recorded() -> bool:
    """Whether an operator is being recorded just now."""
    return bool((ag.tensor([1.0], requires_grad=True) * 2.0).requires_grad)


def test_no_grad_and_enable_grad_nest() -> None:
    assert recorded()
    with ag.no_grad():
        assert not recorded()
        with ag.enable_grad():
            assert recorded()
        assert not recorded()
    assert recorded()


def test_a_mode_ends_with_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), ag.no_grad():
        1 / 0  # noqa: B018 - the exception is the point
    assert recorded()


def test_one_mode_object_can_be_entered_again_inside_itself() -> None:
    mode = ag.no_grad()
    with mode:
        with mode:
            assert not recorded()
        assert not recorded()
    assert recorded()


def test_modes_are_decorators_and_keep_name_and_result() -> None:
    @ag.no_grad()
    def evaluate(depth: int) -> list[bool]:
        """Said."""
        return [recorded(), *(evaluate(depth - 1) if depth else [])]

    assert evaluate(3) == [False] * 4
    assert (evaluate.__name__, evaluate.__doc__) == ("evaluate", "Said.")
    assert recorded()

    @ag.no_grad()
    def fails() -> None:
        raise KeyError("inside")

    with pytest.raises(KeyError):
        fails()
    assert recorded()


def test_a_decorator_serves_several_threads_at_once() -> None:
    inside, leave = threading.Barrier(4), threading.Barrier(4)
    seen: list[bool] = []

    @ag.no_grad()
    def work() -> None:
        inside.wait(10)
        seen.append(recorded())
        leave.wait(10)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert seen == [False] * 4
    assert recorded()


def test_a_new_thread_starts_from_the_default() -> None:
    seen: list[bool] = []
    with ag.no_grad():
        thread = threading.Thread(target=lambda: seen.append(recorded()))
        thread.start()
        thread.join()
        assert not recorded()
    assert seen == [True]


def test_asyncio_tasks_do_not_disturb_each_other() -> None:
    async def quiet(order: asyncio.Event) -> bool:
        with ag.no_grad():
            order.set()
            await asyncio.sleep(0)
            return recorded()

    async def loud(order: asyncio.Event) -> bool:
        await order.wait()
        return recorded()

    async def both() -> tuple[bool, bool]:
        order = asyncio.Event()
        a, b = await asyncio.gather(quiet(order), loud(order))
        return a, b

    assert asyncio.run(both()) == (False, True)


def test_set_grad_enabled_as_a_call_and_as_a_context() -> None:
    with modes.set_grad_enabled(False):
        assert not recorded()
        with modes.set_grad_enabled(True):
            assert recorded()
    assert recorded()
    modes.set_grad_enabled(False)
    try:
        assert not recorded()
        assert not modes.is_grad_enabled()
    finally:
        modes.set_grad_enabled(True)
    assert recorded()
    mode = modes.set_grad_enabled(False)
    for _ in range(2):
        with mode:
            assert not recorded()
        assert recorded()


def test_inference_mode_is_seen_and_can_be_switched_off() -> None:
    assert not modes.is_inference_mode_enabled()
    with ag.inference_mode():
        assert modes.is_inference_mode_enabled()
        assert not recorded()
    with ag.inference_mode(False):
        assert recorded()
    assert not modes.is_inference_mode_enabled()


def test_lines_are_kept_only_where_they_are_wanted() -> None:
    x = ag.tensor([1.0], requires_grad=True)
    assert (x * 2.0).grad_fn.line is None
    with modes.lines():
        assert (x * 2.0).grad_fn.line is not None


def test_results_under_no_grad_are_leaves_without_history() -> None:
    x = ag.tensor([1.0], requires_grad=True)
    with ag.no_grad():
        y = x * 2.0
    assert y.is_leaf
    assert not y.requires_grad
    assert y.grad_fn is None
    assert (y * x).requires_grad


def test_backward_works_inside_no_grad_and_records_nothing() -> None:
    x = ag.tensor([3.0], requires_grad=True)
    y = x * x
    with ag.no_grad():
        y.backward()
    assert x.grad.tolist() == [6.0]
    assert not x.grad.requires_grad


def test_create_graph_records_also_inside_no_grad_as_in_pytorch() -> None:
    x = ag.tensor([3.0], requires_grad=True)
    y = x * x
    with ag.no_grad():
        with pytest.warns(UserWarning, match="create_graph=True"):
            y.backward(create_graph=True)
        first, again = ag.autograd.grad(y, [x, x], create_graph=True)
    assert x.grad.requires_grad
    assert first.requires_grad
    assert again.requires_grad


def test_hooks_run_with_recording_off_unless_create_graph() -> None:
    x = ag.tensor([3.0], requires_grad=True)
    seen: list[bool] = []
    h = x * 2.0
    h.register_hook(lambda g: seen.append(recorded()))
    (h * h).backward(retain_graph=True)
    with pytest.warns(UserWarning, match="create_graph=True"):
        (h * h).backward(create_graph=True)
    assert seen == [False, True]


class Listener:
    """Keeps what the engine tells an observer."""

    def __init__(self) -> None:
        self.told: list[tuple] = []

    def recorded(self, prim, operands, params, results) -> None:
        self.told.append(("recorded", prim.name, len(operands), params, [r.array.tolist() for r in results]))

    def left(self, tensor, how, result) -> None:
        self.told.append(("left", tensor.array.tolist(), how, result.array.tolist()))

    def began(self, roots) -> None:
        self.told.append(("began", len(roots)))

    def step(self, node, upstream, contributions) -> None:
        self.told.append(
            ("step", node.prim.name, upstream.tolist(), [(i, g.tolist()) for i, g in contributions])
        )


def test_who_watches_is_told_of_operators_and_of_backward_steps() -> None:
    x, outer, inner = ag.tensor([1.0, 2.0], requires_grad=True), Listener(), Listener()
    token = modes.state.set(modes.state.get()._replace(observer=observers.Observers(outer, inner)))
    try:
        y = ops.sum(x * 3.0, axis=(0,), keepdims=False)
        y.detach()
        y.backward()
    finally:
        modes.state.reset(token)
    assert outer.told == inner.told
    assert outer.told == [
        ("recorded", "multiply", 2, {}, [[3.0, 6.0]]),
        ("recorded", "sum", 1, {"axis": (0,), "keepdims": False}, [9.0]),
        ("left", 9.0, "detach()", 9.0),
        ("began", 1),
        ("step", "sum", 1.0, [(0, [1.0, 1.0])]),
        ("step", "multiply", [1.0, 1.0], [(0, [3.0, 3.0])]),
    ]


def test_who_watches_is_told_of_parameters_and_of_all_results() -> None:
    @ops.primitive(outputs=("low", "high"))
    def ends(x, /, *, count):
        return x[:count], x[-count:]

    listener = Listener()
    token = modes.state.set(modes.state.get()._replace(observer=listener))
    try:
        ends(ag.tensor([1.0, 2.0, 3.0]), count=1)
    finally:
        modes.state.reset(token)
    assert listener.told == [("recorded", "ends", 1, {"count": 1}, [[1.0], [3.0]])]


def test_scopes_are_linked_from_the_innermost_outwards() -> None:
    x = ag.tensor([1.0], requires_grad=True)
    with modes.scope("net"), modes.scope("conv1", "module"):
        y = x * 2.0
    z = x * 2.0
    assert (y.grad_fn.scope.name, y.grad_fn.scope.kind, y.grad_fn.scope.outer.name) == (
        "conv1",
        "module",
        "net",
    )
    assert z.grad_fn.scope is None


def test_threads_that_accumulate_into_one_leaf_lose_nothing() -> None:
    x = ag.tensor(np.ones(50), requires_grad=True)

    def work() -> None:
        for _ in range(100):
            (x * 2.0).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert x.grad.tolist() == [1600.0] * 50


@pytest.mark.parametrize("state", [{"all": "raise"}, {"all": "warn", "over": "ignore"}])
def test_numpys_error_state_is_neither_obeyed_nor_touched(state: dict[str, str]) -> None:
    with np.errstate(**state):  # warnings are errors in these tests
        before = np.geterr()
        x = ag.tensor([0.0, -1.0, 1e38], requires_grad=True)
        y = ag.log(x) * x * 1e38 / 0.0
        y.sum().backward()
        assert np.geterr() == before
    assert not np.isfinite(x.grad.array).any()
    with pytest.raises(FloatingPointError), np.errstate(all="raise"):
        np.log(np.zeros(1))


# decorators

DECORATORS = {
    "no_grad()": (ag.no_grad(), False),
    "no_grad": (ag.no_grad, False),
    "enable_grad()": (ag.enable_grad(), True),
    "enable_grad": (ag.enable_grad, True),
    "inference_mode()": (ag.inference_mode(), False),
    "inference_mode": (ag.inference_mode, False),
    "inference_mode(False)": (ag.inference_mode(False), True),
    "set_grad_enabled(False)": (lambda f: ag.set_grad_enabled(False)(f), False),
    "set_grad_enabled(True)": (lambda f: ag.set_grad_enabled(True)(f), True),
}
"""Decorators, and whether what they decorate is recorded."""


@pytest.mark.parametrize("outside", [True, False])
@pytest.mark.parametrize("name", DECORATORS)
def test_a_decorated_function_and_nothing_else_is_in_the_mode(name: str, outside: bool) -> None:
    decorate, inside = DECORATORS[name]

    def look(*given: int) -> tuple[bool, tuple[int, ...]]:
        """Where it is."""
        return ag.is_grad_enabled(), given

    with ag.enable_grad() if outside else ag.no_grad():
        decorated = decorate(look)
        assert ag.is_grad_enabled() is outside
        assert decorated(1, 2) == (inside, (1, 2))
        assert ag.is_grad_enabled() is outside
        assert (decorated.__name__, decorated.__doc__) == ("look", "Where it is.")

        class Holder:
            method = decorate(look)
            fixed = staticmethod(decorate(look))

        assert Holder().method(1)[0] is inside
        assert Holder.fixed(1) == (inside, (1,))
        assert ag.is_grad_enabled() is outside


@pytest.mark.parametrize("outside", [True, False])
@pytest.mark.parametrize("name", DECORATORS)
def test_a_decorated_generator_is_in_the_mode_wherever_it_goes_on(name: str, outside: bool) -> None:
    decorate, inside = DECORATORS[name]
    seen: list[bool] = []

    @decorate
    def numbers(stop: int):
        try:
            for i in range(stop):
                seen.append(ag.is_grad_enabled())
                try:
                    seen.append((yield i) is None)
                except ValueError:
                    yield ag.is_grad_enabled()
            return ag.is_grad_enabled()
        finally:
            seen.append(ag.is_grad_enabled())

    with ag.enable_grad() if outside else ag.no_grad():
        assert inspect.isgeneratorfunction(numbers)
        generator = numbers(3)
        assert next(generator) == 0
        assert ag.is_grad_enabled() is outside
        assert generator.send("sent") == 1
        assert ag.is_grad_enabled() is outside
        assert generator.throw(ValueError) is inside
        assert ag.is_grad_enabled() is outside
        assert next(generator) == 2
        with pytest.raises(StopIteration) as stop:
            next(generator)
        assert stop.value.value is inside
        assert seen == [inside, False, inside, inside, True, inside]
        seen.clear()
        broken = numbers(3)
        next(broken)
        broken.close()
        assert seen == [inside, inside]
        assert ag.is_grad_enabled() is outside


def test_what_a_decorated_generator_sets_itself_is_there_again_when_it_goes_on() -> None:
    @ag.no_grad()
    def switching():
        with ag.enable_grad():
            yield ag.is_grad_enabled()
            yield ag.is_grad_enabled()
        yield ag.is_grad_enabled()

    generator = switching()
    assert [next(generator), ag.is_grad_enabled(), *generator] == [True, True, True, False]


def test_generators_that_take_turns_keep_their_modes() -> None:
    @ag.no_grad
    def off():
        for _ in range(3):
            yield ag.is_grad_enabled()

    @ag.enable_grad
    def on():
        for _ in range(3):
            yield ag.is_grad_enabled()

    with ag.no_grad():
        assert list(zip(off(), on(), strict=True)) == [(False, True)] * 3
        assert not ag.is_grad_enabled()


def test_a_decorated_coroutine_is_in_the_mode_across_its_pauses() -> None:
    seen: list[bool] = []

    @ag.no_grad()
    async def work(name: str) -> str:
        for _ in range(2):
            seen.append(ag.is_grad_enabled())
            await asyncio.sleep(0)
            seen.append(ag.is_grad_enabled())
        return name

    async def both() -> list[str]:
        by_hand = work("by hand").__await__()
        next(by_hand)  # paused in the middle, in this very task
        assert ag.is_grad_enabled()
        by_hand.close()
        return [await work("a"), *await asyncio.gather(work("b"), work("c"))]

    assert inspect.iscoroutinefunction(work)
    assert asyncio.run(both()) == ["a", "b", "c"]
    assert set(seen) == {False}
    assert ag.is_grad_enabled()


def test_a_decorated_async_generator_is_in_the_mode_wherever_it_goes_on() -> None:
    @ag.no_grad()
    async def numbers():
        try:
            for i in range(3):
                await asyncio.sleep(0)
                try:
                    assert (yield i, ag.is_grad_enabled()) in (None, "sent")
                except ValueError:
                    yield "caught", ag.is_grad_enabled()
        finally:
            closed.append(ag.is_grad_enabled())

    closed: list[bool] = []

    async def use() -> None:
        assert [pair async for pair in numbers()] == [(0, False), (1, False), (2, False)]
        generator = numbers()
        assert await generator.asend(None) == (0, False)
        assert ag.is_grad_enabled()
        assert await generator.asend("sent") == (1, False)
        assert await generator.athrow(ValueError()) == ("caught", False)
        assert ag.is_grad_enabled()
        await generator.aclose()

    assert inspect.isasyncgenfunction(numbers)
    asyncio.run(use())
    assert closed == [False, False]


def test_of_a_decorated_class_the_constructor_is_in_the_mode() -> None:
    with pytest.warns(FutureWarning, match="Decorating classes is deprecated"):

        @ag.no_grad()
        class Made:
            def __init__(self) -> None:
                self.made = ag.is_grad_enabled()

    assert isinstance(Made, type)
    assert Made().made is False


def test_inference_mode_ends_inside_itself() -> None:
    with ag.inference_mode():
        with ag.inference_mode(False):
            assert (ag.is_inference_mode_enabled(), ag.is_grad_enabled()) == (False, True)
        assert (ag.is_inference_mode_enabled(), ag.is_grad_enabled()) == (True, False)


def test_set_grad_enabled_takes_no_function() -> None:
    with pytest.raises(TypeError, match="argument 'enabled' must be bool, not function"):
        ag.set_grad_enabled(lambda: None)
    assert ag.is_grad_enabled()


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
def test_anomaly_modes_tell_what_they_check_and_end_with_all_they_began() -> None:
    from autograd_cnn._engine.modes import state

    def found() -> tuple[bool, bool, bool]:
        return ag.is_anomaly_enabled(), ag.is_anomaly_check_nan_enabled(), state.get().lines

    outside = found()
    assert outside == (False, True, False)
    for checks in (True, False):
        for mode in (ag.autograd.detect_anomaly, lambda c: ag.autograd.set_detect_anomaly(True, check_nan=c)):
            with mode(checks):
                assert found() == (True, checks, True)
                with ag.autograd.detect_anomaly(check_nan=not checks):
                    assert found() == (True, not checks, True)
                assert found() == (True, checks, True)
            assert found() == outside
        ag.set_anomaly_enabled(True, checks)
        assert found() == (True, checks, True)
        ag.set_anomaly_enabled(True, checks)
        ag.set_anomaly_enabled(False)
        assert found() == outside


def test_set_detect_anomaly_as_a_decorator_watches_the_function_only() -> None:
    from autograd_cnn.autograd.anomaly_mode import is_anomaly_enabled

    decorated = ag.autograd.set_detect_anomaly(True)(is_anomaly_enabled)
    assert (is_anomaly_enabled(), decorated(), is_anomaly_enabled()) == (False, True, False)
