"""DataLoader, samplers and datasets, beside PyTorch's."""

import collections
import itertools
import random

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import Tensor
from autograd_cnn._random.stream import Stream
from autograd_cnn.utils.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Subset,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    random_split,
)


class Squares(Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return i * i


class Counting(IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))

    def __len__(self):
        return self.n


def batches(loader):
    """All batches as lists."""
    return [batch.tolist() for batch in loader]


def pairs(n=10):
    return TensorDataset(ag.tensor(np.arange(n)), ag.tensor(np.arange(n) * 10.0))


def test_batches_in_order():
    assert batches(DataLoader(Squares(5), batch_size=2)) == [[0, 1], [4, 9], [16]]
    assert batches(DataLoader(Squares(5), batch_size=2, drop_last=True)) == [[0, 1], [4, 9]]
    assert list(DataLoader(Squares(3), batch_size=None)) == [0, 1, 4]


def test_a_sampler_of_ones_own_gives_the_order():
    assert batches(DataLoader(Squares(5), 2, sampler=[3, 1, 4])) == [[9, 1], [16]]
    assert batches(DataLoader(Squares(5), batch_sampler=[[3], [1, 4]])) == [[9], [1, 16]]
    assert list(DataLoader(Squares(5), batch_size=None, sampler=[3, 1])) == [9, 1]
    assert len(DataLoader(Squares(5), 2, sampler=[3, 1, 4])) == 2


def test_what_a_loader_says_of_itself_is_pytorchs():
    torch = pytest.importorskip("torch")
    names = [
        "batch_size",
        "num_workers",
        "drop_last",
        "timeout",
        "prefetch_factor",
        "persistent_workers",
        "pin_memory",
        "in_order",
    ]
    for options in (
        {},
        {"batch_size": None},
        {"batch_size": 3, "drop_last": True},
        {"batch_sampler": [[0]]},
        {"num_workers": 2},
        {"num_workers": 2, "prefetch_factor": 5, "persistent_workers": True, "timeout": 3},
    ):
        ours, theirs = DataLoader(Squares(5), **options), torch.utils.data.DataLoader(Squares(5), **options)
        assert [getattr(ours, name) for name in names] == [getattr(theirs, name) for name in names]


@pytest.mark.parametrize(
    ("n", "size", "drop", "count"), [(5, 2, False, 3), (5, 2, True, 2), (4, 2, False, 2), (0, 2, False, 0)]
)
def test_length(n, size, drop, count):
    loader = DataLoader(Squares(n), size, drop_last=drop)
    assert len(loader) == count == len(list(loader))


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("n", [1, 7, 33])
def test_the_shuffled_order_is_pytorchs(n, own):
    """Three passes, with a generator of one's own and with the default one."""
    torch = pytest.importorskip("torch")
    kwargs = {"batch_size": 4, "shuffle": True}
    ours, theirs = {}, {}
    if own:
        ours, theirs = {"generator": Stream(5)}, {"generator": torch.Generator().manual_seed(5)}
    else:
        from autograd_cnn._random import stream as _random

        torch.manual_seed(5)
        _random.default_stream.seed(5)
    mine, other = (
        DataLoader(Squares(n), **kwargs, **ours),
        torch.utils.data.DataLoader(Squares(n), **kwargs, **theirs),
    )
    for _ in range(3):
        assert batches(mine) == batches(other)


@pytest.mark.parametrize(
    "make",
    [
        lambda d, g: d.RandomSampler(range(10), generator=g),
        lambda d, g: d.RandomSampler(range(10), num_samples=25, generator=g),
        lambda d, g: d.RandomSampler(range(10), replacement=True, num_samples=70, generator=g),
        lambda d, g: d.SubsetRandomSampler([3, 1, 4, 1, 5], generator=g),
        lambda d, g: d.WeightedRandomSampler([0.1, 0.9, 0.4, 3.0], 8, generator=g),
        lambda d, g: d.WeightedRandomSampler([3, 1, 2, 7], 3, replacement=False, generator=g),
        lambda d, g: d.BatchSampler(d.SequentialSampler(range(7)), 3, False),
        lambda d, g: d.BatchSampler(d.SequentialSampler(range(7)), 3, True),
    ],
)
def test_samplers_beside_pytorchs(make):
    torch = pytest.importorskip("torch")
    generator, stream = torch.Generator().manual_seed(9), Stream(9)
    ours, theirs = make(ag.utils.data, stream), make(torch.utils.data, generator)
    for _ in range(2):
        mine = list(ours)
        assert mine == list(theirs)
        assert {type(i) for i in mine} <= {int, list}
    assert len(ours) == len(theirs)


def test_random_split_is_pytorchs():
    torch = pytest.importorskip("torch")
    for lengths in ([7, 3], [0.5, 0.3, 0.2], [0.35, 0.65]):
        ours = random_split(range(10), lengths, generator=Stream(1))
        theirs = torch.utils.data.random_split(range(10), lengths, generator=torch.Generator().manual_seed(1))
        assert [s.indices for s in ours] == [s.indices for s in theirs]


def test_random_split_refuses_wrong_sums():
    with pytest.raises(ValueError, match=r"\[3, 3\].*10"):
        random_split(range(10), [3, 3])
    with pytest.raises(ValueError, match=r"\[0.5, 0.3\].*10"):
        random_split(range(10), [0.5, 0.3])
    with pytest.raises(ValueError, match="Fraction at index 0"):
        random_split(range(10), [1.5, -0.5])
    with pytest.warns(UserWarning, match="index 1 is 0"):
        random_split(range(1), [0.5, 0.5])


def test_a_tensor_dataset_is_read_at_once():
    """Not item by item, also through a Subset; and the result is what collating the items would give."""
    reads = []

    class Watched(Tensor):
        __slots__ = ()

        def __getitem__(self, index):
            reads.append(index)
            return super().__getitem__(index)

    data = TensorDataset(Watched(np.arange(6.0)))
    assert [b[0].tolist() for b in DataLoader(Subset(data, [5, 3, 1]), batch_size=2)] == [[5.0, 3.0], [1.0]]
    assert len(reads) == 2
    by_items = DataLoader(data, batch_size=4, collate_fn=lambda items: default_collate(items))
    assert [b[0].tolist() for b in by_items] == [b[0].tolist() for b in DataLoader(data, batch_size=4)]


def test_a_subclass_with_its_own_items_is_asked_for_them():
    class Negated(TensorDataset):
        def __getitem__(self, i):
            return tuple(-t for t in super().__getitem__(i))

    (batch,) = DataLoader(Negated(ag.tensor([1.0, 2.0])), batch_size=2)
    assert batch[0].tolist() == [-1.0, -2.0]


def test_getitems_is_used():
    class Many(Squares):
        def __getitems__(self, indices):
            return [100 + i for i in indices]

    assert batches(DataLoader(Many(3), batch_size=2)) == [[100, 101], [102]]


def test_streams():
    assert batches(DataLoader(Counting(5), batch_size=2)) == [[0, 1], [2, 3], [4]]
    assert batches(DataLoader(Counting(5), batch_size=2, drop_last=True)) == [[0, 1], [2, 3]]
    assert list(DataLoader(Counting(2), batch_size=None)) == [0, 1]
    assert len(DataLoader(Counting(5), batch_size=2)) == 3
    assert len(DataLoader(Counting(5), batch_size=2, drop_last=True)) == 2
    assert len(DataLoader(Counting(4), batch_size=2)) == 2
    assert list(Counting(2) + Counting(1)) == [0, 1, 0]
    assert len(ChainDataset([Counting(2), Counting(1)])) == 3


def test_concat():
    both = Squares(3) + Squares(2)
    assert [both[i] for i in range(len(both))] == [0, 1, 4, 0, 1]
    assert [both[i - len(both)] for i in range(len(both))] == [0, 1, 4, 0, 1]
    with pytest.raises(ValueError, match="absolute value of index should not exceed dataset length"):
        both[-6]
    with pytest.raises(IndexError, match="5 is out of range"):
        both[5]
    with pytest.raises(AssertionError, match="empty"):
        ConcatDataset([])


@pytest.mark.parametrize(
    "batch",
    [
        [1, 2],
        [1.5, 2.5],
        [True, False],
        [np.float32(1), np.float32(2)],
        [np.ones((2, 3), np.uint8), np.zeros((2, 3), np.uint8)],
        [(1, "a"), (2, "b")],
        [{"x": 1, "y": [2.0]}, {"x": 3, "y": [4.0]}],
        ["a", "b"],
    ],
)
def test_collate_is_pytorchs(batch):
    torch = pytest.importorskip("torch")

    def plain(x):
        if hasattr(x, "tolist"):
            return (str(x.dtype), x.tolist())
        if isinstance(x, dict):
            return {k: plain(v) for k, v in x.items()}
        return [plain(v) for v in x] if isinstance(x, (list, tuple)) else x

    assert plain(default_collate(batch)) == plain(torch.utils.data.default_collate(batch))


point = collections.namedtuple("point", "x y")


@pytest.mark.parametrize(
    "item",
    [
        np.arange(3.0),
        np.float32(2.5),
        {"x": np.arange(2), "y": [np.ones(1), "text"]},
        (np.ones(2), 1, 2.5),
        point(np.ones(2), b"bytes"),
        [1, (np.zeros(1),)],
        "text",
        None,
    ],
)
def test_single_items_are_converted_as_in_pytorch(item):
    torch = pytest.importorskip("torch")

    def plain(x):
        if isinstance(x, dict):
            return {k: plain(v) for k, v in x.items()}
        if isinstance(x, (list, tuple)):
            return type(x).__name__, [plain(v) for v in x]
        return (str(x.dtype), x.tolist()) if hasattr(x, "tolist") else x

    (ours,), (theirs,) = (
        DataLoader([item], batch_size=None),
        torch.utils.data.DataLoader([item], batch_size=None),
    )
    assert plain(ours) == plain(theirs)


def test_collate_keeps_tensors_and_named_tuples():
    both = default_collate([point(ag.tensor([1.0]), 1), point(ag.tensor([2.0]), 2)])
    assert both.x.tolist() == [[1.0], [2.0]]
    assert both.y.tolist() == [1, 2]


def test_collate_names_what_does_not_fit():
    with pytest.raises(RuntimeError, match=r"equal shape: item 0 has \(2,\), item 1 has \(3,\)"):
        default_collate([np.zeros(2), np.zeros(3)])
    with pytest.raises(RuntimeError, match="equal size"):
        default_collate([(1, 2), (1,)])
    with pytest.raises(TypeError, match=r"found <class 'object'>.*collate_fn"):
        default_collate([object()])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": True}, "batch_size"),
        ({"batch_size": 2.0}, "batch_size"),
        ({"sampler": [0], "shuffle": True}, "mutually exclusive"),
        ({"batch_sampler": [[0]], "batch_size": 2}, "mutually exclusive"),
        ({"batch_sampler": [[0]], "drop_last": True}, "mutually exclusive"),
        ({"batch_size": None, "drop_last": True}, "mutually exclusive"),
        ({"num_workers": -1}, "num_workers"),
    ],
)
def test_options_that_do_not_go_together(options, said):
    with pytest.raises(ValueError, match=said):
        DataLoader(Squares(3), **options)
    with pytest.raises(ValueError, match="IterableDataset"):
        DataLoader(Counting(3), shuffle=True)


def test_datasets_refuse_nonsense():
    with pytest.raises(IndexError, match="at least one"):
        TensorDataset()
    with pytest.raises(AssertionError, match="Size mismatch"):
        TensorDataset(ag.ones(2), ag.ones(3))
    with pytest.raises(ValueError, match="num_samples=0"):
        DataLoader(Squares(0), shuffle=True)
    with pytest.raises(NotImplementedError, match="__getitem__"):
        Dataset()[0]


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: RandomSampler(range(3), replacement=1), TypeError, "replacement=1"),
        (lambda: RandomSampler(range(3), num_samples=2.0), ValueError, "num_samples=2.0"),
        (lambda: RandomSampler(range(3), num_samples=-1), ValueError, "num_samples=-1"),
        (lambda: WeightedRandomSampler([1.0], 0), ValueError, "num_samples=0"),
        (lambda: WeightedRandomSampler([1.0], 1.0), ValueError, "num_samples=1.0"),
        (lambda: WeightedRandomSampler([1.0], True), ValueError, "num_samples=True"),
        (lambda: WeightedRandomSampler([1.0], 1, replacement=1), ValueError, "replacement=1"),
        (lambda: WeightedRandomSampler([[1.0]], 1), ValueError, r"1d.*\(1, 1\)"),
        (lambda: BatchSampler(SequentialSampler(range(3)), 1, drop_last=1), ValueError, "drop_last=1"),
        (lambda: iter(Sampler()), NotImplementedError, "Sampler must define __iter__"),
    ],
)
def test_samplers_refuse_nonsense(make, error, said):
    with pytest.raises(error, match=said):
        make()


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("cut", range(9))
def test_the_position_is_restored(cut, own, tmp_path):
    """At every cut point of two passes: the rest comes in the same order, and the generator moves on
    alike."""
    from autograd_cnn._random import stream as _random

    def fresh(seed):
        _random.default_stream.seed(seed)
        return DataLoader(pairs(7), 2, shuffle=True, generator=Stream(seed) if own else None)

    def run(loader, count):
        seen = []
        while len(seen) < count:
            for x, _ in loader:
                seen.append(x.tolist())
                if len(seen) == count:
                    break
            else:
                seen.append("end of pass")
        return seen

    whole = run(fresh(3), 20)
    stopped = fresh(3)
    before = run(stopped, cut) if cut else []
    path = tmp_path / "position.safetensors"
    ag.save(
        {"loader": stopped.state_dict(), "random": ag.from_numpy(_random.default_stream.get_state())}, path
    )
    state = ag.load(path)
    resumed = fresh(99)
    resumed.load_state_dict(state["loader"])
    _random.default_stream.set_state(state["random"].numpy())
    assert before + run(resumed, 20 - len(before)) == whole


class Noisy(IterableDataset):
    """A stream that adds random numbers of three kinds to its items."""

    def __iter__(self):
        for i in range(9):
            yield i + ag.rand(()).item() + random.random() + np.random.random()


@pytest.mark.parametrize("generator", [False, True])
@pytest.mark.parametrize("cut", [1, 3, 5])
def test_a_stream_that_draws_random_numbers_goes_on_to_the_same_bits(cut, generator):
    def fresh(seed):
        ag.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        return DataLoader(Noisy(), 4, generator=ag.Generator().manual_seed(1) if generator else None)

    def run(loader, count):
        return [
            batch.tolist()
            for batch in itertools.islice(itertools.chain.from_iterable(itertools.repeat(loader)), count)
        ]

    whole = run(fresh(7), 6)
    stopped = fresh(7)
    before = run(stopped, cut)
    state, numbers = stopped.state_dict(), (ag.get_rng_state(), random.getstate(), np.random.get_state())
    resumed = fresh(99)
    resumed.load_state_dict(state)
    ag.set_rng_state(numbers[0])
    random.setstate(numbers[1])
    np.random.set_state(numbers[2])
    assert before + run(resumed, 6 - cut) == whole


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"batches": "x"}, "batches is 'x'"),
        ({"batches": -1}, "batches is -1"),
        ({"batches": True}, "batches is True"),
        ({"generator": 1}, "its generator is no state"),
        ({"generator": ag.ones(3)}, "its generator is no state"),
        ({"generator": ag.zeros(5056, dtype=ag.uint8)}, "its generator is no state"),
        ({"workers": None}, "workers is None"),
        ({"seed": "x"}, "seed is 'x'"),
        ({"more": 1}, "expected generator and batches"),
    ],
)
def test_a_state_with_something_wrong_in_it_is_refused(change, said):
    loader = DataLoader(Squares(4), 2, shuffle=True)
    with pytest.raises(ValueError, match=f"not a DataLoader's state: .*{said}"):
        loader.load_state_dict({**loader.state_dict(), **change})
    assert len(list(loader)) == 2


def test_a_stop_iteration_of_the_datasets_does_not_end_the_pass_without_a_word():
    class Stopping(Squares):
        def __getitem__(self, i):
            raise StopIteration

    with pytest.raises(RuntimeError, match="StopIteration"):
        list(DataLoader(Stopping(4), 2))


def test_a_state_of_something_else_is_refused():
    loader = DataLoader(Squares(4), 2)
    for other in ({"epoch": 1}, None, [1]):
        with pytest.raises(ValueError, match="not a DataLoader's state"):
            loader.load_state_dict(other)
    random = ag.get_rng_state()
    loader.load_state_dict({"generator": loader.state_dict()["generator"], "batches": 5})
    ag.manual_seed(3)
    before = ag.get_rng_state().tolist()
    with pytest.raises(ValueError, match="5 batches given, a pass has 2"):
        list(loader)
    assert ag.get_rng_state().tolist() == before
    ag.set_rng_state(random)
