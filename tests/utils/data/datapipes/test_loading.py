"""Pipes in a DataLoader: who shuffles, draws and takes its own items, pass by pass."""

import itertools
import warnings
from importlib import import_module

import pytest

import autograd_cnn as ag
from autograd_cnn.utils.data import DataLoader
from autograd_cnn.utils.data.datapipes.iter import IterableWrapper
from tests.recorded import pytorch


def numbers(t, count=12):
    return import_module(f"{t.__name__}.utils.data.datapipes.iter").IterableWrapper(range(count))


def of_the_users(t):
    """A pipe of a user's own that draws, and is shared out. PyTorch finds it by pickling it."""

    class Own(t.utils.data.IterDataPipe):
        __qualname__ = f"Own_{t.__name__}"

        def __init__(self, source):
            self.source, self.seed, self.count, self.number = source, None, 1, 0

        def set_seed(self, seed):
            self.seed = seed

        def apply_sharding(self, num_of_instances, instance_id):
            self.count, self.number = num_of_instances, instance_id

        def __iter__(self):
            shared = [x for i, x in enumerate(self.source) if i % self.count == self.number]
            return iter([1000 * (self.seed % 97) + x for x in shared])

    globals()[Own.__qualname__] = Own
    return Own(numbers(t, 6))


PIPES = {
    "shuffled": lambda t: numbers(t).shuffle(buffer_size=5).sharding_filter(),
    "two that shuffle": lambda t: numbers(t).shuffle().zip(numbers(t).shuffle()).sharding_filter(),
    "shared by two": lambda t: numbers(t).shuffle().fork(2)[0].shuffle().sharding_filter(),
    "a seed of its own": lambda t: numbers(t).shuffle().set_seed(4).sharding_filter(),
    "left in order": lambda t: numbers(t).shuffle().set_shuffle(False).sharding_filter(),
    "the user's": of_the_users,
}


def passes(t, name, workers=0, persistent=False):
    """The batches of three passes, and the number that is drawn after each."""
    t.manual_seed(7)
    options = {"num_workers": workers, "persistent_workers": persistent}
    loader = t.utils.data.DataLoader(PIPES[name](t), batch_size=3, **options)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Some child DataPipes are not exhausted")
        return [([t.stack(list(b)).tolist() for b in loader], t.randint(99, ()).item()) for _ in range(3)]


@pytest.mark.parametrize("name", PIPES)
def test_passes_are_pytorchs(name):
    pytorch.gives(passes(ag, name), passes, name)


@pytest.mark.slow
@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.parametrize("name", PIPES)
def test_passes_with_workers_are_pytorchs(name, persistent):
    pytorch.gives(passes(ag, name, 2, persistent), passes, name, 2, persistent)


@pytest.mark.slow
@pytest.mark.parametrize("persistent", [False, True])
def test_each_pass_with_workers_has_another_order_and_all_items(persistent):
    pipe = numbers(ag).shuffle().sharding_filter()
    loader = DataLoader(pipe, batch_size=None, num_workers=2, persistent_workers=persistent)
    orders = [list(loader) for _ in range(4)]
    assert [sorted(order) for order in orders] == [list(range(12))] * 4
    assert len(set(map(tuple, orders))) == 4


@pytest.mark.slow
@pytest.mark.parametrize("cut", [2, 4, 6])
def test_a_later_pass_of_kept_workers_goes_on_in_another_program(cut):
    def loader():
        generator = ag.Generator().manual_seed(3)
        return DataLoader(range(12), 3, True, num_workers=2, persistent_workers=True, generator=generator)

    whole = itertools.chain.from_iterable(itertools.repeat(first := loader()))
    for _ in range(cut):
        next(whole)
    second = loader()
    second.load_state_dict(first.state_dict())
    rest = itertools.chain.from_iterable(itertools.repeat(second))
    assert [next(rest).tolist() for _ in range(8)] == [next(whole).tolist() for _ in range(8)]


@pytest.mark.slow
def test_a_pipe_that_would_be_shared_out_twice_is_refused():
    pipe = numbers(ag).sharding_filter().shuffle().sharding_filter()
    with pytest.raises(RuntimeError, match="Sharding twice"):
        list(DataLoader(pipe, num_workers=1))


def test_parts_of_a_pipe_that_begin_anew_before_the_end_say_so():
    left, right = numbers(ag).fork(2)
    assert list(left) == list(right) == list(range(12))
    assert next(iter(left)) == 0
    with pytest.warns(UserWarning, match="not exhausted"):
        assert list(left) == list(range(12))


@pytest.mark.parametrize("given", [ag.Generator, lambda: None])
def test_a_shuffled_pass_goes_on_where_it_was_interrupted(given):
    def loader():
        return DataLoader(IterableWrapper(range(12)).shuffle(), batch_size=3, generator=given())

    first, second = loader(), loader()
    batches = iter(first)
    next(batches)
    second.load_state_dict(first.state_dict())
    ag.rand(3)
    assert [b.tolist() for b in second] == [b.tolist() for b in batches]
