"""``torch.profiler`` and ``torch.autograd.profiler``: what ran, how often, inside of what, for how long."""

import gzip
import json
import time
import warnings

import pytest

import autograd_cnn as torch
from autograd_cnn.autograd import profiler as old
from autograd_cnn.ops import registry
from tests.recorded import pytorch

nn = torch.nn


def train(model, optimizer, x):
    with torch.profiler.record_function("forward"):
        loss = model(x).relu().sum()
    loss.backward()
    optimizer.step()


@pytest.fixture
def setting():
    model = nn.Linear(4, 3)
    return model, torch.optim.SGD(model.parameters(), lr=0.1), torch.ones(2, 4)


@pytest.fixture
def profiled(setting):
    with torch.profiler.profile(
        record_shapes=True, profile_memory=True, with_flops=True, with_stack=True
    ) as profile:
        train(*setting)
        train(*setting)
    return profile


def named(events, name):
    return [event for event in events if event.key == name]


def counts(t):
    """How often what users look for is counted."""
    model = t.nn.Sequential(t.nn.Linear(4, 3), t.nn.ReLU())
    optimizer = t.optim.SGD(model.parameters(), lr=0.1)
    with t.profiler.profile(activities=[t.profiler.ProfilerActivity.CPU], with_flops=True) as profile:
        for _ in range(3):
            with t.profiler.record_function("forward"):
                loss = model(t.ones(2, 4)).sum()
            loss.backward()
            optimizer.step()
    names = ("aten::addmm", "aten::relu", "AddmmBackward0", "ReluBackward0", "forward")
    found = {event.key: event for event in profile.key_averages()}
    times = [found[name].count for name in (*names, "Optimizer.step#SGD.step")]
    return times, found["aten::addmm"].flops


def test_what_ran_and_how_often():
    pytorch.gives(counts(torch), counts)


def test_an_event_says_where_it_ran_and_what_on(profiled):
    event = named(profiled.events(), "aten::addmm")[0]
    assert event.cpu_parent.name == "forward"
    assert event.input_shapes == [[2, 4], [3, 4], [3]]
    assert event.cpu_memory_usage == 2 * 3 * 4
    assert event.flops == 2 * 2 * 3 * 4
    assert "test_profiler.py" in event.stack[0]
    assert "train" in event.stack[0]
    assert 0 < event.self_cpu_time_total == event.cpu_time_total
    assert event.cpu_parent.self_cpu_time_total < event.cpu_parent.cpu_time_total
    assert event.cpu_parent.cpu_memory_usage == 2 * (2 * 3 * 4) + 4  # relu's and the sum's too


def test_tables(profiled):
    averages = profiled.key_averages()
    table = averages.table(sort_by="count", row_limit=2, header="The head")
    assert table.startswith("=")
    assert all(word in table for word in ("The head", "# of Calls", "CPU Mem", "Total FLOPs"))
    assert len(table.splitlines()) == 2 + 5 + 2
    assert "ms" not in averages.table(time_unit="us").split("Self CPU time total")[0]
    assert "Input Shapes" in profiled.key_averages(group_by_input_shape=True).table()
    assert "Source Location" in profiled.key_averages(group_by_stack_n=1).table()
    assert "aten::addmm" not in profiled.events().table(top_level_events_only=True)
    assert averages.self_cpu_time_total == pytest.approx(profiled.events().self_cpu_time_total)
    with pytest.raises(AttributeError):
        averages.table(sort_by="speed")


def test_averages_of_one_name(profiled):
    (average,) = named(profiled.key_averages(), "aten::addmm")
    events = named(profiled.events(), "aten::addmm")
    assert average.count == len(events) == 2
    assert average.cpu_time == pytest.approx(sum(e.cpu_time_total for e in events) / 2)
    total = profiled.events().total_average()
    assert (total.count, total.key) == (len(profiled.events()), "Total")
    with pytest.raises(AssertionError, match="keys to match"):
        average.add(named(profiled.key_averages(), "aten::relu")[0])


def test_time_is_that_of_the_clock():
    with old.profile() as profile, torch.profiler.record_function("pause", "long"):
        time.sleep(0.02)
    (event,) = profile.function_events
    assert 2e4 <= event.cpu_time_total < 2e6
    assert event.concrete_inputs == ["long"]
    assert event.self_cpu_time_total == profile.self_cpu_time_total


@pytest.mark.parametrize(
    ("options", "steps", "ends"),
    [
        ({"wait": 1, "warmup": 1, "active": 2}, 10, [4, 8, 10]),
        ({"wait": 1, "warmup": 1, "active": 2, "repeat": 1}, 10, [4]),
        ({"wait": 0, "warmup": 0, "active": 1, "skip_first": 2}, 5, [3, 4, 5, 5]),
        ({"wait": 0, "warmup": 1, "active": 3}, 3, [3]),
    ],
)
def test_cycles_of_steps(options, steps, ends):
    def run(t):
        seen = []

        def ready(profile):
            names = {event.key for event in profile.events() if event.key.startswith("ProfilerStep")}
            seen.append((profile.step_num, sorted(names)))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plan = t.profiler.schedule(**options)
            with t.profiler.profile(schedule=plan, on_trace_ready=ready) as profile:
                for _ in range(steps):
                    t.ones(2).sum()
                    profile.step()
        return [step for step, _ in seen], seen[0][1]

    found = run(torch)
    assert found == (ends, ["ProfilerStep*"])
    pytorch.gives(found, run)


def test_a_schedule_that_makes_no_cycle():
    with pytest.raises(AssertionError, match="Invalid profiler schedule"):
        torch.profiler.schedule(wait=1, warmup=1, active=0)
    with pytest.warns(UserWarning, match="warmup"):
        steps = torch.profiler.schedule(wait=1, warmup=0, active=1)
    with pytest.raises(AssertionError, match="non-negative"):
        steps(-1)


def test_traces_are_files(setting, tmp_path):
    handler = torch.profiler.tensorboard_trace_handler(tmp_path / "log", "me", use_gzip=True)
    with torch.profiler.profile(on_trace_ready=handler, with_stack=True) as profile:
        profile.add_metadata("who", "me")
        train(*setting)
    (written,) = (tmp_path / "log").iterdir()
    with gzip.open(written, "rt") as file:
        trace = json.load(file)
    assert written.match("me.*.pt.trace.json.gz")
    assert trace["who"] == "me"
    assert {"aten::addmm", "forward"} <= {event["name"] for event in trace["traceEvents"]}
    profile.export_chrome_trace(tmp_path / "t.json")
    assert json.loads((tmp_path / "t.json").read_text())["trace_id"] == profile.get_trace_id()
    profile.export_stacks(tmp_path / "stacks")
    assert all(line.rpartition(" ")[2].isdigit() for line in (tmp_path / "stacks").read_text().splitlines())
    with pytest.raises(ValueError, match="metric should be one of"):
        profile.export_stacks(tmp_path / "stacks", "speed")
    profile.events().export_chrome_trace(tmp_path / "list.json")
    assert json.loads((tmp_path / "list.json").read_text())[0]["ph"] == "X"


def test_collecting_can_pause(setting):
    cpu = [torch.profiler.ProfilerActivity.CPU]
    with torch.profiler.profile() as profile:
        profile.toggle_collection_dynamic(False, cpu)
        train(*setting)
        profile.toggle_collection_dynamic(True, cpu)
        setting[2].relu()
    assert [event.name for event in profile.events()] == ["aten::relu"]


def test_events_add_up_over_cycles():
    plan = torch.profiler.schedule(wait=0, warmup=1, active=1)
    with torch.profiler.profile(schedule=plan, acc_events=True) as profile:
        for _ in range(4):
            torch.ones(2).relu()
            profile.step()
    assert len(named(profile.events(), "aten::relu")) == 2


def test_nothing_stays_behind(setting):
    before = {name: primitive.forward for name, primitive in registry.items()}
    with pytest.raises(KeyError), torch.profiler.profile():
        raise KeyError
    with old.profile(enabled=False) as profile:
        train(*setting)
    assert profile is None
    assert {name: primitive.forward for name, primitive in registry.items()} == before


def test_use_that_is_wrong():
    profile = old.profile()
    with pytest.raises(RuntimeError, match="didn't finish"):
        profile.key_averages()
    with profile, pytest.raises(RuntimeError, match="not reentrant"):
        profile.__enter__()
    with pytest.raises(ValueError, match="more than once"):
        torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU] * 2)
    with pytest.raises(AssertionError, match="No valid"):
        torch.profiler.profile(activities=[])
    with pytest.raises(TypeError, match="ProfilerActivity"):
        torch.profiler.profile(activities=["cpu"])
    with pytest.warns(FutureWarning, match="use_cuda"):
        torch.profiler.profile(use_cuda=False)
    with pytest.raises(AssertionError, match="must be initialized"):
        torch.profiler.profile().events()
    with torch.profiler.profile() as ran:
        pass
    with pytest.raises(AssertionError, match="with_stack"):
        ran.export_stacks("never")


def test_observers_begin_and_end_with_it():
    class Told:
        def __init__(self):
            self.calls = []

        def start(self):
            self.calls.append("start")

        def stop(self):
            self.calls.append("stop")

    told = Told()
    with torch.profiler.profile(execution_trace_observer=told):
        pass
    assert told.calls == ["start", "stop"]


def test_a_named_part_is_a_decorator_too():
    @torch.profiler.record_function("part")
    def half(x, depth=2):
        return half(x * 0.5, depth - 1) if depth else x

    with torch.profiler.profile() as profile:
        half(torch.ones(2))
    assert len(named(profile.events(), "part")) == 3


def test_events_made_by_hand():
    outer, inner = old.FunctionEvent(0, "a", 1, 0.0, 10.0), old.FunctionEvent(1, "b", 1, 2.0, 5.0)
    outer.append_cpu_child(inner)
    inner.set_cpu_parent(outer)
    outer.append_kernel("k", 0, 4.0)
    assert (outer.cpu_time_total, outer.self_cpu_time_total, outer.device_time_total) == (10, 7, 4)
    assert old.EventList([outer, inner]).self_cpu_time_total == 10
    unique = old.EnforceUnique()
    unique.see(1, 2)
    with pytest.raises(RuntimeError, match="duplicate key"):
        unique.see(1, 2)


def test_steps_of_several_parts_count_once():
    tracker = old.KinetoStepTracker
    start = tracker.current_step()
    tracker.init_step_count("a")
    assert [tracker.increment_step("a"), tracker.increment_step("b")] == [start + 1, start + 2]
    assert [tracker.erase_step_count("a") for _ in range(2)] == [True, False]
    tracker.erase_step_count("b")


def test_records_of_memory_by_time():
    class At:
        def __init__(self, at):
            self.at = at

        def start_ns(self):
            return self.at

    records = [(At(5), "b"), (At(1), "a"), (At(9), "c")]
    assert [name for _, name in old.MemRecordsAcc(records).in_interval(1, 5)] == ["a", "b"]
