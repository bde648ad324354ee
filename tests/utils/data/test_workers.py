"""DataLoader's worker processes: order, seeds, errors, deaths, Ctrl-C, and the states they resume from."""

import gc
import multiprocessing
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._random import stream
from autograd_cnn._random.stream import Stream
from autograd_cnn.ops.kernels import _switches
from autograd_cnn.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    _parcel,
    _pool,
    default_collate,
    get_worker_info,
)
from tests.recorded import pytorch


class Images(Dataset):
    """Item i: an array full of i, and i; the items before took longer."""

    def __len__(self):
        return 23

    def __getitem__(self, i):
        time.sleep(0.002 * (i % 3))
        return np.full((1, 3, 3), i, np.float32), i


class Told(Dataset):
    """What a worker is: its id, its seed, its process, its threads, and three random numbers."""

    def __len__(self):
        return 8

    def __getitem__(self, i):
        info = get_worker_info()
        numbers = ag.rand(1).item(), random.random(), np.random.random()
        return (
            info.id,
            info.num_workers,
            info.seed,
            os.getpid(),
            _switches.threads(),
            STARTED,
            len(info.dataset),
            *numbers,
        )


STARTED = -1


def start(number):
    global STARTED
    STARTED = number * 10


def refuse(number):
    raise ValueError(f"no worker {number}")


class Failing(Dataset):
    def __init__(self, how):
        self.how = how

    def __len__(self):
        return 6

    def __getitem__(self, i):
        if i < 4:
            return i
        if self.how == "exit":
            os._exit(3)
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == "sleep":
            time.sleep(60)
        if self.how == "unsendable":
            return lambda: i
        if self.how == "Undecodable":
            b"\xff".decode()
        if self.how == "Own words":
            raise OwnWordsError("item four", code=4)
        if self.how == "full":
            os.pwrite = full
            return np.zeros(300_000)
        kinds = {
            "KeyError": KeyError,
            "OSError": OSError,
            "Odd": OddError,
            "Fixed": FixedError,
            "StopIteration": StopIteration,
        }
        raise kinds[self.how]("item four")


def full(*args):
    raise OSError(28, "No space left on device")


class OddError(Exception):
    """An exception that its message alone does not make."""

    def __init__(self, text, more=None):
        if more is None and "Caught" in text:
            raise RuntimeError("two arguments, please")
        super().__init__(text)


class FixedError(Exception):
    """An exception that says the same whatever it is made of."""

    def __init__(self, text):
        super().__init__("it failed")


class OwnWordsError(Exception):
    """An exception that wants more than its message, and says something else."""

    def __init__(self, text, *, code):
        super().__init__(text)
        self.code = code

    def __str__(self):
        return f"code {self.code}"


class Counting(IterableDataset):
    """A stream that each worker takes its share of."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        info = get_worker_info()
        return iter(range(self.n)) if info is None else iter(range(info.id, self.n, info.num_workers))


class Augmented(Dataset):
    def __len__(self):
        return 12

    def __getitem__(self, i):
        return np.array([i, ag.rand(1).item(), random.random(), np.random.random()])


def listed(loader):
    return [
        [part.tolist() for part in batch] if isinstance(batch, (list, tuple)) else batch.tolist()
        for batch in loader
    ]


def alive(pid):
    """Whether the process runs (a zombie does not)."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("options", [{}, {"prefetch_factor": 1}])
def test_the_batches_are_those_without_workers(options):
    """Two passes in random order, with the generator moving on alike."""
    plain = DataLoader(Images(), 4, shuffle=True, generator=Stream(3))
    workers = DataLoader(Images(), 4, shuffle=True, generator=Stream(3), num_workers=2, **options)
    for _ in range(2):
        assert listed(workers) == listed(plain)
    assert plain.generator.get_state().tobytes() == workers.generator.get_state().tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"persistent_workers": True, "prefetch_factor": 4}])
@pytest.mark.parametrize("own", [False, True])
def test_orders_and_what_is_drawn_after_each_pass_are_pytorchs(own, options):
    """Workers that are kept draw no seed for a later pass, so that orders differ from those without."""

    def passes(t):
        t.manual_seed(5)
        generator = t.Generator().manual_seed(3) if own else None
        loader = t.utils.data.DataLoader(range(12), 4, True, num_workers=2, generator=generator, **options)
        return [
            ([batch.tolist() for batch in loader], t.randint(99, (), generator=generator).item())
            for _ in range(3)
        ]

    pytorch.gives(passes(ag), passes)


def test_tensors_of_a_dataset_and_their_memory():
    """A dataset of tensors reaches the workers; a batch is the main process's own to write."""
    data = TensorDataset(ag.arange(10.0), ag.arange(10))
    loader = DataLoader(data, 5, num_workers=1)
    (first, labels), _ = loader
    first += 1
    assert first.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert labels.dtype == ag.int64
    assert data.tensors[0][0].item() == 0.0


def test_each_worker_is_told_what_it_is():
    ag.manual_seed(11)
    rows = [
        row
        for batch in DataLoader(Told(), 2, num_workers=2, worker_init_fn=start)
        for row in zip(*(c.tolist() for c in batch), strict=True)
    ]
    assert [row[0] for row in rows] == [0, 0, 1, 1, 0, 0, 1, 1]
    seeds = {row[0]: row[2] for row in rows}
    assert seeds[1] == seeds[0] + 1
    assert len({row[3] for row in rows} | {os.getpid()}) == 3
    assert {row[4] for row in rows} == {1}
    assert {(row[0], row[5]) for row in rows} == {(0, 0), (1, 10)}
    assert {row[6] for row in rows} == {8}
    assert len({row[7:] for row in rows}) == 8
    assert get_worker_info() is None


def test_random_numbers_in_workers_are_pytorchs():
    torch = pytest.importorskip("torch")
    ag.manual_seed(11)
    ours = [[c.tolist() for c in batch] for batch in DataLoader(Told(), 2, num_workers=2)]
    generator = torch.Generator().manual_seed(11)
    base = torch.empty((), dtype=torch.int64).random_(generator=generator).item()
    for number in (0, 1):
        assert ours[number][2] == [base + number] * 2
        expected = torch.rand(1, generator=torch.Generator().manual_seed(base + number)).item()
        assert ours[number][7][0] == expected
        assert ours[number][8][0] == random.Random(base + number).random()
        state = torch.utils.data._utils.worker._generate_state(base, number)
        assert ours[number][9][0] == np.random.RandomState(state).random()


class Uneven(IterableDataset):
    """A stream of which worker 0 has one item."""

    def __iter__(self):
        return iter([0] if get_worker_info().id == 0 else range(100, 110))


def test_a_worker_whose_stream_ends_leaves_the_others_at_work():
    assert list(DataLoader(Uneven(), None, num_workers=2, prefetch_factor=1)) == [0, *range(100, 110)]


def test_streams_are_shared_out():
    assert listed(DataLoader(Counting(7), 2, num_workers=2)) == [[0, 2], [1, 3], [4, 6], [5]]
    persistent = DataLoader(Counting(3), None, num_workers=2, persistent_workers=True)
    assert [list(persistent), list(persistent)] == [[0, 1, 2]] * 2


@pytest.mark.parametrize(
    ("how", "kind", "said"),
    [
        ("KeyError", KeyError, "item four"),
        ("OSError", OSError, "item four"),
        ("Odd", OddError, "item four"),
        ("Fixed", FixedError, "item four"),
        ("Own words", OwnWordsError, "item four"),
        ("Undecodable", UnicodeDecodeError, "byte 0xff"),
        ("StopIteration", RuntimeError, "item four"),
        ("full", RuntimeError, "No space left on device"),
        ("unsendable", RuntimeError, "can't be sent"),
    ],
)
def test_an_exception_comes_through(how, kind, said):
    loader = DataLoader(
        Failing(how),
        2,
        num_workers=2,
        collate_fn={"unsendable": tuple, "full": default_collate}.get(how, list),
    )
    seen = []
    with pytest.raises(kind) as caught:
        seen.extend(iter(loader))
    assert [list(batch) for batch in seen] == [[0, 1], [2, 3]]
    assert kind.__name__ == type(caught.value).__name__
    text = str(caught.value)
    assert "in DataLoader worker process 0" in text
    assert "Traceback" in text
    assert "\n" in text
    assert said in text


def test_after_a_failure_new_workers_are_started():
    loader = DataLoader(Failing("OSError"), 2, num_workers=1, persistent_workers=True)
    for _ in range(2):
        passing = iter(loader)
        assert [next(passing).tolist(), next(passing).tolist()] == [[0, 1], [2, 3]]
        with pytest.raises(OSError, match="item four"):
            next(passing)


@pytest.mark.parametrize(("how", "said"), [("exit", "exit code 3"), ("kill", "Killed")])
def test_a_dead_worker_is_named(how, said):
    with pytest.raises(
        RuntimeError, match=rf"\(pid \d+\) (exited unexpectedly with|is killed by signal:) {said}"
    ):
        list(DataLoader(Failing(how), 2, num_workers=2))


@pytest.mark.slow
def test_a_worker_that_is_too_slow_is_named():
    began = time.monotonic()
    with pytest.raises(RuntimeError, match=r"timed out after 2 seconds.*worker 0 \(pid"):
        list(DataLoader(Failing("sleep"), 2, num_workers=1, timeout=2))
    assert time.monotonic() - began < 30


def test_an_exception_of_worker_init_fn_comes_through():
    with pytest.raises(ValueError, match="no worker 0"):
        list(DataLoader(Images(), 4, num_workers=1, worker_init_fn=refuse))


class Secret(Images):
    def __reduce__(self):
        raise pickle.PicklingError("this dataset stays here")


def test_what_cannot_be_sent_is_named():
    for dataset, collate in ((Images(), lambda items: items), (Secret(), None), (threading.Lock(), None)):
        with pytest.raises(
            (AttributeError, pickle.PicklingError, TypeError),
            match=r"num_workers=1: .*can't be pickled.*no lambda",
        ):
            list(
                DataLoader(
                    dataset,
                    4,
                    num_workers=1,
                    collate_fn=collate,
                    sampler=range(4),
                    multiprocessing_context="spawn",
                )
            )


def not_here():
    raise OSError("the data are not here")


class Elsewhere(Images):
    """Sent to a worker, it can't be read there."""

    def __reduce__(self):
        return not_here, ()


def test_a_dataset_that_a_worker_cannot_read_says_why():
    with pytest.raises(OSError, match="the data are not here"):
        list(DataLoader(Elsewhere(), 4, num_workers=1, multiprocessing_context="spawn"))


def test_workers_live_as_long_as_they_should():
    persistent = DataLoader(Told(), 2, num_workers=1, persistent_workers=True)
    first, second = ({pid for batch in persistent for pid in batch[3].tolist()} for _ in range(2))
    assert first == second
    (pid,) = first
    assert alive(pid)
    del persistent
    assert not alive(pid)
    passing = DataLoader(Told(), 2, num_workers=1)
    (pid,) = set(next(iter(passing))[3].tolist())
    assert not alive(pid)


def test_a_pass_left_early_does_not_disturb_the_next():
    loader = DataLoader(Images(), 4, num_workers=2, persistent_workers=True)
    early = iter(loader)
    next(early)
    assert [batch[1].tolist()[0] for batch in loader] == [0, 4, 8, 12, 16, 20]
    with pytest.raises(RuntimeError, match="another pass"):
        next(early)


class Stuck(Dataset):
    """The second item takes a minute."""

    def __len__(self):
        return 2

    def __getitem__(self, i):
        time.sleep(60 * i)
        return i


def plain(number):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def deaf(number):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def careful(number):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))


def test_a_worker_at_leisure_ends_by_itself():
    before = set(multiprocessing.active_children())
    batches = iter(DataLoader(Images(), 8, num_workers=1))
    next(batches)
    (process,) = set(multiprocessing.active_children()) - before
    list(batches)
    assert process.exitcode == 0


@pytest.mark.parametrize(("init", "code"), [(plain, -signal.SIGTERM), (deaf, -signal.SIGKILL), (careful, 3)])
def test_a_stuck_worker_is_ended_with_its_pass(init, code, monkeypatch):
    """By SIGTERM, which it may answer by tidying up; and if it does not, by SIGKILL."""
    monkeypatch.setattr(_pool, "_PATIENCE", 0.4)
    before = set(multiprocessing.active_children())
    batches = iter(DataLoader(Stuck(), 1, num_workers=1, worker_init_fn=init))
    next(batches)
    (process,) = set(multiprocessing.active_children()) - before
    del batches
    assert process.exitcode == code


def test_asking_a_pass_that_was_overtaken_does_not_cut_the_other_short():
    loader = DataLoader(Images(), 4, num_workers=2, persistent_workers=True)
    early = iter(loader)
    next(early)
    late = iter(loader)
    seen = [next(late)[1].tolist()[0]]
    with pytest.raises(RuntimeError, match="another pass"):
        next(early)
    assert seen + [batch[1].tolist()[0] for batch in late] == [0, 4, 8, 12, 16, 20]


def test_two_passes_at_once_have_workers_of_their_own():
    loader = DataLoader(Images(), 8, num_workers=1)
    assert [(a[1].tolist()[0], b[1].tolist()[0]) for a, b in zip(loader, loader, strict=True)] == [
        (0, 0),
        (8, 8),
        (16, 16),
    ]


@pytest.mark.parametrize(
    ("cut", "persistent"),
    [
        (1, False),
        (5, True),
        *(pytest.param(cut, kept, marks=pytest.mark.slow) for cut in (0, 2, 3, 7) for kept in (False, True)),
    ],
)
def test_the_position_is_restored_with_the_workers_random_numbers(cut, persistent, tmp_path):
    def fresh(seed):
        stream.default_stream.seed(seed)
        return DataLoader(
            Augmented(), 4, shuffle=True, generator=Stream(seed), num_workers=2, persistent_workers=persistent
        )

    def run(loader, count):
        seen = []
        while True:
            for batch in loader:
                seen.append(batch.tolist())
                if len(seen) == count:
                    return seen

    total = 9 if persistent else max(5, cut + 2)  # each pass of workers that are not kept starts new ones
    whole = run(fresh(5), total)
    stopped = fresh(5)
    before = run(stopped, cut) if cut else []
    ag.save(stopped.state_dict(), tmp_path / "loader.safetensors")
    del stopped
    resumed = fresh(6)
    resumed.load_state_dict(ag.load(tmp_path / "loader.safetensors"))
    assert before + run(resumed, total - cut) == whole


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"num_workers": -1}, "non-negative"),
        ({"timeout": -1}, "timeout"),
        ({"prefetch_factor": 2}, "prefetch_factor"),
        ({"num_workers": 1, "prefetch_factor": 0}, "prefetch_factor"),
        ({"persistent_workers": True}, "num_workers > 0"),
        ({"multiprocessing_context": "spawn"}, "num_workers > 0"),
    ],
)
def test_options_that_do_not_go_together(options, said):
    with pytest.raises(ValueError, match=said):
        DataLoader(Images(), **options)


def test_a_way_to_start_is_chosen_by_name_or_by_context():
    with pytest.raises(ValueError, match="no such"):
        list(DataLoader(Images(), num_workers=1, multiprocessing_context="no such"))
    for method in multiprocessing.get_all_start_methods():
        for context in (method, multiprocessing.get_context(method)):
            assert len(list(DataLoader(Images(), 23, num_workers=1, multiprocessing_context=context))) == 1


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")


@LINUX
@pytest.mark.parametrize("persistent", [False, True])
def test_local_classes_and_lambdas_reach_forked_workers(persistent):
    """The fork server can't be sent them; batches, order and random numbers are the same as by any way."""

    class Local(Images):
        def __getitem__(self, i):
            return super().__getitem__(i)[1] + ag.rand(1).item()

    def passes(dataset, **options):
        ag.manual_seed(1)
        loader = DataLoader(dataset, 5, shuffle=True, num_workers=2, persistent_workers=persistent, **options)
        return [[batch.tolist() for batch in loader] for _ in range(2)]

    forked = passes(Local(), collate_fn=lambda items: ag.tensor(items))
    assert forked == passes(Local(), multiprocessing_context="fork", collate_fn=ag.tensor)
    assert sorted(int(i) for batch in forked[1] for i in batch) == list(range(23))


def fail(batch):
    raise ZeroDivisionError


@LINUX
@pytest.mark.parametrize(
    "way", ["fork", *(pytest.param(way, marks=pytest.mark.slow) for way in ("spawn", "forkserver"))]
)
def test_abandoned_passes_leave_no_process(way):
    """Neither a running one, nor one that nobody has asked for its exit code."""
    gc.collect()  # what other tests left
    options = {"num_workers": 2, "multiprocessing_context": way}
    left = [iter(DataLoader(Images(), 1, persistent_workers=kept, **options)) for kept in (False, True)]
    for passing in left:
        next(passing)
    for _ in DataLoader(Images(), 1, **options):
        break
    with pytest.raises(ZeroDivisionError):
        list(map(fail, DataLoader(Images(), 1, **options)))
    mine = multiprocessing.active_children()
    assert len(mine) == 4
    del left, passing
    gc.collect()
    assert not [process for process in mine if process.exitcode is None or alive(process.pid)]


class OneProcess:
    """A way to start processes that the system lets start one only."""

    def __init__(self):
        self.real = multiprocessing.get_context()
        self.Pipe, self.Process = self.real.Pipe, self.process
        self.processes = []

    def get_start_method(self):
        return "forkserver"

    def process(self, **kwargs):
        self.processes.append(self.real.Process(**kwargs))
        if len(self.processes) > 1:
            self.processes[-1].start = self.refuse
        return self.processes[-1]

    def refuse(self):
        raise BlockingIOError("Resource temporarily unavailable")


def test_a_worker_that_cannot_be_started_ends_those_that_were():
    context = OneProcess()
    with pytest.raises(
        RuntimeError, match=r"worker 1 could not be started \(Resource temporarily unavailable\)"
    ):
        list(DataLoader(Images(), num_workers=2, multiprocessing_context=context))
    assert context.processes[0].exitcode is not None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_child_of_a_fork_has_workers_of_its_own(tmp_path):
    program = tmp_path / "forking.py"
    program.write_text(FORKING)
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "5 5\n"), done.stderr


FORKING = """
import os
from autograd_cnn.utils.data import DataLoader
if __name__ == "__main__":
    ours = len(list(DataLoader(range(10), 2, num_workers=1)))
    child = os.fork()
    if child == 0:
        os._exit(len(list(DataLoader(range(10), 2, num_workers=1))))
    print(ours, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_program_without_descriptors_left_says_so():
    resource = pytest.importorskip("resource")
    passing = iter(DataLoader(Large(), 1, num_workers=1, prefetch_factor=1))
    next(passing)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        with pytest.raises(
            RuntimeError,
            match=r"a batch of DataLoader worker 0 \(pid \d+\) could not be received: .*(Too many open "
            r"files|ancdata)",
        ):
            list(passing)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_state_of_another_number_of_workers_is_refused():
    state = DataLoader(Images(), 2).state_dict()
    with pytest.raises(ValueError, match="num_workers=0, not 2"):
        DataLoader(Images(), 2, num_workers=2).load_state_dict(state)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts descriptors in /proc")
@pytest.mark.parametrize("memory", ["memfd", "temporary file"])
def test_a_pass_leaves_no_descriptor_open(memory, monkeypatch):
    if memory != "memfd":
        monkeypatch.delattr(os, "memfd_create", raising=False)
    list(DataLoader(Images(), 20, num_workers=1))  # starts the fork server
    gc.collect()  # what other tests left
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(2):
        assert len(list(DataLoader(Images(), 20, num_workers=1))) == 2
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before


PROGRAM = """
import os, signal, sys, time
from autograd_cnn.utils.data import DataLoader, Dataset

# where the tests run in the background, it is ignored
signal.signal(signal.SIGINT, signal.default_int_handler)

class Slow(Dataset):
    def __len__(self):
        return 100
    def __getitem__(self, i):
        if i >= 2:
            time.sleep(60)
        return os.getpid()

if __name__ == "__main__":
    for batch in DataLoader(Slow(), 1, num_workers=2, persistent_workers={persistent}):
        print(batch.item(), flush=True)
"""


@pytest.mark.parametrize("persistent", [pytest.param(False, marks=pytest.mark.slow), True])
@pytest.mark.parametrize(
    "how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow), signal.SIGKILL]
)
def test_no_worker_outlives_the_program(how, persistent, tmp_path):
    """Ctrl-C (to the whole group, as a terminal sends it), SIGTERM and SIGKILL while both workers are busy
    for a minute."""
    (tmp_path / "program.py").write_text(PROGRAM.format(persistent=persistent))
    program = subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    pids = [int(program.stdout.readline()) for _ in range(2)]
    assert all(alive(pid) for pid in pids)
    if how == signal.SIGINT:
        os.killpg(program.pid, how)
    else:
        program.send_signal(how)
    began = time.monotonic()
    _, said = program.communicate(timeout=20)
    while any(alive(pid) for pid in pids) and time.monotonic() - began < 5:
        time.sleep(0.02)
    assert not [pid for pid in pids if alive(pid)]
    assert time.monotonic() - began < 5
    if how == signal.SIGINT:
        assert said.count("Traceback") == 1, said
        assert "KeyboardInterrupt" in said


def test_a_program_ends_though_its_workers_are_kept(tmp_path):
    program = (
        PROGRAM.format(persistent=True)
        .replace("i >= 2", "False")
        .replace("in DataLoader", "in (loader := DataLoader")
    )
    (tmp_path / "program.py").write_text(
        program.replace("persistent_workers=True)", "persistent_workers=True))")
    )
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    pids = [int(line) for line in done.stdout.split()]
    assert len(pids) == 100
    assert not [pid for pid in set(pids) if alive(pid)]


UNGUARDED = """
from autograd_cnn.utils.data import DataLoader
print("once", flush=True)
print(sum(batch.sum().item() for batch in DataLoader(range(10), 2, num_workers=2{options})))
"""


def test_a_script_without_a_guard_forks_or_is_told(tmp_path):
    """By any other way it would be run again by each worker."""
    for options in ("", ", multiprocessing_context='spawn'"):
        (tmp_path / "program.py").write_text(UNGUARDED.format(options=options))
        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if not options and sys.platform == "linux":
            assert done.stdout == "once\n45\n", done.stderr
        else:
            assert done.stdout == "once\n"
            assert 'needs an `if __name__ == "__main__":`' in done.stderr


class Large(Dataset):
    """Items that go in a file, and a small one beside."""

    def __len__(self):
        return 300

    def __getitem__(self, index):
        return np.full((600, 500), index, np.float32), index, np.zeros(0)


@pytest.mark.parametrize("few_files", [10**6, 0])
def test_large_batches_come_through_a_file_and_can_be_kept_and_written(few_files, monkeypatch):
    monkeypatch.setattr(_parcel, "_FEW_FILES", few_files)
    batches = list(DataLoader(Subset(Large(), range(12)), batch_size=2, num_workers=2))
    for n, (images, numbers, nothing) in enumerate(batches):
        assert numbers.tolist() == [2 * n, 2 * n + 1]
        assert nothing.shape == (2, 0)
        images += 1
        assert images.mean((1, 2)).tolist() == [2 * n + 1, 2 * n + 2]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts open descriptors in /proc")
def test_large_batches_that_are_dropped_keep_no_descriptor():
    loader = DataLoader(Subset(Large(), range(40)), batch_size=1, num_workers=1)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(2):
        for _batch in loader:
            pass
        del _batch
        gc.collect()
        after = len(os.listdir("/proc/self/fd"))
    assert after <= before + 8  # the fork server's own


def test_a_file_is_received_as_it_was_sent():
    ours, theirs = multiprocessing.Pipe()
    sent = [np.arange(10**6, dtype=np.float64), np.ones((3, 3), np.int8), np.arange(7)]
    writer = threading.Thread(target=_parcel.send, args=(theirs, sent))
    writer.start()
    message = _parcel.receive(ours)
    writer.join()
    found = _parcel.unpacked(message)
    for a, b in zip(sent, found, strict=True):
        np.testing.assert_array_equal(a, b)
        assert b.flags.writeable
    theirs.close()
    with pytest.raises(EOFError):
        _parcel.receive(ours)
