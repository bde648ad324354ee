"""Pipes: datasets that are made of each other."""

import io
import pickle
from importlib import import_module

import pytest

import autograd_cnn as ag
from autograd_cnn.utils import data
from autograd_cnn.utils.data.datapipes import iter as pipes
from autograd_cnn.utils.data.datapipes import map as keyed
from tests.recorded import pytorch


def made(t):
    """The modules of pipes, by items and by number."""
    return (import_module(f"{t.__name__}.utils.data.datapipes.{kind}") for kind in ("iter", "map"))


def numbers(t, count=10):
    items, _ = made(t)
    return items.IterableWrapper(range(count))


def double(x):
    return x * 2


def with_negative(x):
    return x, -x


def in_a_list(x):
    return [x, 2, 3]


def in_a_pair(x):
    return x, 2


def in_a_dict(x):
    return {"a": x}


def third(x):
    return x % 3


def is_third(x):
    return x % 3 == 0


def as_list(x):
    return x.tolist()


PIPES = {
    "map": lambda t: numbers(t).map(double),
    "map of a column": lambda t: numbers(t).map(with_negative).map(abs, input_col=1),
    "map of columns": lambda t: numbers(t).map(in_a_list).map(max, input_col=[0, 1]),
    "map to a column": lambda t: numbers(t).map(in_a_pair).map(abs, input_col=0, output_col=1),
    "map to a new column": lambda t: numbers(t).map(in_a_pair).map(abs, input_col=0, output_col=-1),
    "map of dicts": lambda t: numbers(t).map(in_a_dict).map(str, input_col="a", output_col="b"),
    "filter": lambda t: numbers(t).filter(is_third),
    "batch": lambda t: numbers(t).batch(4),
    "batch and drop": lambda t: numbers(t).batch(4, drop_last=True),
    "unbatch": lambda t: numbers(t).batch(2).batch(2).unbatch(),
    "unbatch deep": lambda t: numbers(t).batch(2).batch(2).unbatch(unbatch_level=-1),
    "concat": lambda t: numbers(t, 3).concat(numbers(t, 2)),
    "zip": lambda t: numbers(t, 3).zip(numbers(t, 2)),
    "mux": lambda t: numbers(t, 3).mux(numbers(t, 2)),
    "collate": lambda t: numbers(t, 4).batch(2).collate().map(as_list),
    "shuffle": lambda t: numbers(t).shuffle(buffer_size=4).set_seed(3),
    "shuffle all": lambda t: numbers(t).shuffle().set_seed(3),
    "groupby": lambda t: numbers(t).groupby(third, group_size=2),
    "groupby with a key": lambda t: numbers(t).groupby(third, keep_key=True),
    "groupby of a small buffer": lambda t: numbers(t).groupby(third, buffer_size=5),
    "sampler": lambda t: next(made(t)).Sampler(numbers(t), t.utils.data.SequentialSampler),
    "read": lambda t: next(made(t)).StreamReader([("a", io.StringIO("abcde"))], chunk=2),
    "sharding": lambda t: sharded(numbers(t).sharding_filter(), (3, 1)),
    "sharding twice": lambda t: sharded(numbers(t).sharding_filter(), (2, 1, 2), (2, 0, 3)),
    "keyed": lambda t: keyed_numbers(t).map(str).batch(3),
    "keyed zip": lambda t: keyed_numbers(t, 3).zip(keyed_numbers(t, 2)),
    "keyed concat": lambda t: keyed_numbers(t, 3).concat(keyed_numbers(t, 2)),
    "keyed shuffle": lambda t: keyed_numbers(t).shuffle().set_seed(3),
}


def sharded(pipe, *places):
    for place in places:
        pipe.apply_sharding(*place)
    return pipe


def keyed_numbers(t, count=10):
    _, kinds = made(t)
    return kinds.SequenceWrapper(list(range(count)))


def read(t, name):
    pipe = PIPES[name](t)
    found = []
    by_number = isinstance(pipe, t.utils.data.MapDataPipe)
    for item in [pipe[i] for i in range(len(pipe))] if by_number else pipe:
        found.append(item)
    try:
        length = len(pipe)
    except TypeError:
        length = None
    return found, length


@pytest.mark.parametrize("name", PIPES)
def test_pipes_give_what_pytorchs_do(name):
    pytorch.gives(read(ag, name), read, name)


def test_a_drawn_seed_is_pytorchs():
    def order(t):
        t.manual_seed(5)
        pipe = numbers(t).shuffle()
        return list(pipe), list(pipe), list(pipe.set_shuffle(False))

    pytorch.gives(order(ag), order)


def test_forks_wait_for_each_other():
    first, second = numbers(ag, 6).fork(2, buffer_size=3)
    ahead = iter(first)
    assert [next(ahead) for _ in range(3)] == [0, 1, 2]
    assert list(zip(second, range(2), strict=False)) == [(0, 0), (1, 1)]
    with pytest.warns(UserWarning, match="not exhausted"):
        again = iter(first)
    with pytest.raises(BufferError, match="insufficient"):
        list(again)
    assert (len(first), len(second)) == (6, 6)
    third, fourth = pipes.IterableWrapper([[1]]).fork(2, copy="deep")
    assert next(iter(third)) is not next(iter(fourth))
    with pytest.raises(ValueError, match="Unknown copy method"):
        numbers(ag).fork(2, copy="thorough")
    with pytest.raises(ValueError, match="larger than 0"):
        numbers(ag).fork(0)


def test_demux_sorts_items():
    even, odd = numbers(ag, 6).demux(2, lambda x: x % 2)
    assert (list(even), list(odd)) == ([0, 2, 4], [1, 3, 5])
    assert (list(odd), list(even)) == ([1, 3, 5], [0, 2, 4])
    some, others = numbers(ag, 4).demux(2, lambda x: None if x == 0 else x % 2, drop_none=True)
    assert (list(some), list(others)) == ([2], [1, 3])
    wrong, _ = numbers(ag, 4).demux(2, lambda x: x)
    with pytest.raises(ValueError, match="between 0 and 1"):
        list(wrong)


def test_one_iterator_at_a_time():
    pipe = numbers(ag)
    old = iter(pipe)
    next(old)
    assert next(iter(pipe)) == 0
    with pytest.raises(RuntimeError, match="invalidated"):
        next(old)


def test_files(tmp_path):
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.csv").write_text("two")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.txt").write_text("three")
    found = pipes.FileLister(str(tmp_path), masks="*.txt", recursive=True)
    texts = found.open_files(encoding="utf-8").read_from_stream().map(lambda pair: pair[1])
    assert list(texts) == ["one", "three"]
    assert len(pipes.FileLister(str(tmp_path), length=7)) == 7
    for mode, encoding in (("w", None), ("rb", "utf-8")):
        with pytest.raises(ValueError, match="mode"):
            pipes.FileOpener(found, mode, encoding)


def shuffled_batches(workers, epochs):
    pipe = numbers(ag, 12).shuffle().sharding_filter()
    ag.manual_seed(0)
    loader = data.DataLoader(pipe, batch_size=3, shuffle=True, num_workers=workers)
    return [sorted(x for batch in loader for x in batch.tolist()) for _ in range(epochs)]


def test_a_data_loader_reads_pipes():
    assert shuffled_batches(0, 2) == [list(range(12))] * 2
    loader = data.DataLoader(numbers(ag, 4).shuffle(), batch_size=None, shuffle=False)
    assert list(loader) == [0, 1, 2, 3]
    with pytest.warns(UserWarning, match="does not contain a `Shuffler`"):
        loader = data.DataLoader(numbers(ag, 4), batch_size=None, shuffle=True)
    assert sorted(loader) == [0, 1, 2, 3]
    loader = data.DataLoader(keyed.SequenceWrapper([5, 6, 7]), batch_size=2)
    assert [batch.tolist() for batch in loader] == [[5, 6], [7]]


@pytest.mark.slow
def test_workers_share_a_shuffled_pipe():
    assert shuffled_batches(2, 2) == [list(range(12))] * 2


def test_own_pipes_have_names_and_hooks():
    @data.functional_datapipe("twice")
    class Twice(data.IterDataPipe):
        def __init__(self, source):
            self.source, self.resets = source, 0

        def __iter__(self):
            for item in self.source:
                yield item
                yield item

        def reset(self):
            self.resets += 1

    try:
        pipe = numbers(ag, 2).twice()
        assert (list(pipe), list(pipe), pipe.resets) == ([0, 0, 1, 1], [0, 0, 1, 1], 2)
        assert "twice" in dir(pipe)
        with pytest.raises(Exception, match="already taken"):
            data.functional_datapipe("twice")(Twice)
    finally:
        del data.IterDataPipe.functions["twice"]
    with pytest.raises(AttributeError, match="twice"):
        pipe.twice()
    with pytest.raises(TypeError, match="functional_datapipe"):
        data.functional_datapipe("none")(int)


def test_hooks_of_copies():
    pipe = keyed.SequenceWrapper([1, 2])
    data.MapDataPipe.set_getstate_hook(lambda state: {**state, "sequence": [9]})
    try:
        assert pickle.loads(pickle.dumps(pipe))[0] == 9
        with pytest.raises(RuntimeError, match="override"):
            keyed.SequenceWrapper.set_getstate_hook(print)
    finally:
        data.MapDataPipe.set_getstate_hook(None)
    data.IterDataPipe.set_reduce_ex_hook(lambda pipe: (list, ((1, 2),)))
    try:
        assert pickle.loads(pickle.dumps(numbers(ag))) == [1, 2]
    finally:
        data.IterDataPipe.set_reduce_ex_hook(None)
    assert list(pickle.loads(pickle.dumps(numbers(ag, 2)))) == [0, 1]
    assert repr(pipe) == str(pipe) == "SequenceWrapper"


def test_what_is_promised_of_determinism():
    @data.non_deterministic
    class Any(data.IterDataPipe):
        pass

    @data.non_deterministic(lambda seed: seed is None)
    class Seeded(data.IterDataPipe):
        def __init__(self, seed):
            self.seed = seed

    assert Seeded(None).seed is None
    with data.guaranteed_datapipes_determinism():
        assert Seeded(3).seed == 3
        for pipe in (lambda: Seeded(None), Any):
            with pytest.raises(TypeError, match="non-deterministic"):
                pipe()
    assert isinstance(Any(), data.IterDataPipe)
    with pytest.raises(TypeError, match="Only `IterDataPipe`"):
        data.non_deterministic(int)


def test_what_is_promised_of_items():
    class Words(data.IterDataPipe[str]):
        def __init__(self, items):
            self.items = items

        @data.runtime_validation
        def __iter__(self):
            yield from self.items

    @data.argument_validation
    def first(source: data.IterDataPipe[str], number: int):
        return next(iter(source))

    assert list(Words(["a"])) == ["a"]
    with pytest.raises(RuntimeError, match="subtype"):
        list(Words([3]))
    with data.runtime_validation_disabled():
        assert list(Words([3])) == [3]
    assert first(Words(["b"]), 0) == "b"
    for wrong in ([1], Numbered()):
        with pytest.raises(TypeError, match="argument 'source'"):
            first(wrong, 0)
    with pytest.raises(TypeError, match="Can not decorate"):
        data.runtime_validation(first)


class Numbered(data.IterDataPipe[int]):
    """Says that it has numbers."""


WRONG = {
    "map": (lambda: numbers(ag).map(abs, output_col=1), ValueError),
    "filter": (lambda: list(numbers(ag).filter(lambda x: x)), ValueError),
    "batch": (lambda: numbers(ag).batch(0), AssertionError),
    "keyed batch": (lambda: keyed_numbers(ag).batch(0), AssertionError),
    "unbatch": (lambda: list(numbers(ag).unbatch()), IndexError),
    "level": (lambda: numbers(ag).unbatch(-2), ValueError),
    "zip": (lambda: numbers(ag).zip([1]), TypeError),
    "nothing": (lambda: pipes.Zipper(), ValueError),
    "keyed nothing": (lambda: keyed.Zipper(), ValueError),
    "shuffle": (lambda: numbers(ag).shuffle(buffer_size=0), AssertionError),
    "group": (lambda: numbers(ag).groupby(abs, group_size=0), AssertionError),
    "guarantee": (lambda: numbers(ag).groupby(abs, guaranteed_group_size=2), AssertionError),
    "small": (lambda: list(numbers(ag).groupby(abs, buffer_size=3, group_size=2)), RuntimeError),
    "instance": (lambda: numbers(ag).sharding_filter().apply_sharding(2, 2), ValueError),
    "mixed": (lambda: sharded(numbers(ag).sharding_filter(), (2, 0), (2, 0, 3)), RuntimeError),
    "length": (lambda: len(numbers(ag).filter(bool).map(abs)), TypeError),
    "out of range": (lambda: keyed_numbers(ag).concat(keyed_numbers(ag))[20], IndexError),
    "out of batches": (lambda: keyed_numbers(ag).batch(3)[4], IndexError),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name):
    call, error = WRONG[name]
    with pytest.raises(error):
        call()


def test_chunks():
    chunk = data.DataChunk([1, 2])
    assert (chunk.as_str("> "), list(chunk.raw_iterator()), chunk) == ("> [1, 2]", [1, 2], [1, 2])


def test_a_name_that_was_misspelt():
    with pytest.warns(DeprecationWarning, match="cumulative_sizes"):
        assert data.ConcatDataset([[1], [2, 3]]).cummulative_sizes == [1, 3]
