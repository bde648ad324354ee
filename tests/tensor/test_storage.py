"""The memory behind a tensor, what its attributes and versions tell, and the older constructors."""

import copy
import pickle
import warnings

import numpy as np
import pytest

import autograd_cnn as ag


def test_a_storage_is_the_whole_memory_of_a_view():
    x = ag.arange(6.0).reshape(2, 3)
    row = x[1]
    assert row.storage_offset() == 3
    assert row.untyped_storage() == x.untyped_storage()
    assert row.untyped_storage().nbytes() == 24
    x.untyped_storage().fill_(0)
    assert x.tolist() == [[0.0] * 3] * 2
    with pytest.warns(UserWarning, match="TypedStorage is deprecated"):
        assert row.storage().size() == 6


def test_resize_shows_more_of_the_memory_or_moves():
    part = ag.arange(6.0)[2:4]
    assert part.resize_(3).tolist() == [2.0, 3.0, 4.0]
    assert ag.ones(4).resize_(2, 2).shape == (2, 2)
    assert ag.arange(2.0).resize_(5)[:2].tolist() == [0.0, 1.0]
    with pytest.raises(RuntimeError, match="cannot resize variables that require grad"):
        ag.ones(2, requires_grad=True).resize_(3)
    with pytest.raises(RuntimeError, match="storage that is not resizable"):
        ag.from_numpy(np.ones(2)).resize_(5)


def test_set_shows_another_tensor_or_a_part_of_a_storage():
    source, out = ag.arange(6.0), ag.empty(0)
    assert out.set_(source).is_set_to(source)
    assert out.set_(source.untyped_storage(), 1, (2, 2), (2, 1)).tolist() == [[1.0, 2.0], [3.0, 4.0]]
    with pytest.raises(RuntimeError, match="Could not set tensor of type"):
        out.set_(ag.arange(3))


def test_shared_memory_holds_the_same_numbers():
    x = ag.arange(3.0)
    assert not x.is_shared()
    assert x.share_memory_().is_shared()
    assert x.tolist() == [0.0, 1.0, 2.0]


def test_attributes_stay_with_the_tensor_and_its_copies():
    x = ag.ones(2)
    x.tag = [1]
    assert not hasattr(x + 1, "tag")
    assert copy.deepcopy(x).tag == pickle.loads(pickle.dumps(x)).tag == [1]
    assert copy.deepcopy(x).tag is not x.tag


def test_versions_and_bases():
    x = ag.zeros(4)
    view = x[:2]
    view.add_(1)
    x.data.add_(1)
    assert x._version == view._version == 1
    assert view._base is x
    assert view._is_view()
    assert not x.detach()._is_view()


@pytest.mark.parametrize(
    ("make", "dtype"),
    [
        (lambda: ag.FloatTensor(np.arange(3.0)), ag.float32),
        (lambda: ag.LongTensor(np.arange(3, dtype=np.int32)), ag.int64),
        (lambda: ag.Tensor(np.arange(3)), ag.float32),
        (lambda: ag.Tensor(range(3)), ag.float32),
        (lambda: ag.ones(1).int().new([0, 1, 2]), ag.int32),
    ],
)
def test_older_constructors_convert(make, dtype):
    assert make().dtype is dtype
    assert make().tolist() == [0, 1, 2]


def test_older_constructors_take_sizes_and_share_what_fits():
    array = np.zeros(2, np.float32)
    ag.Tensor(array).fill_(1)
    assert array.tolist() == [1.0, 1.0]
    assert ag.ones(2).new(ag.Size([2, 3])).shape == (2, 3)
    assert ag.Tensor(ag.ones(1, requires_grad=True)).requires_grad
    assert isinstance(ag.FloatTensor | None, type(int | None))
    with pytest.raises(TypeError, match=r"expected a tensor of dtype torch\.float32"):
        ag.FloatTensor(ag.arange(2))
    with pytest.raises(TypeError, match="data must be a sequence"):
        ag.Tensor({1: 2})


def test_a_written_tensor_must_not_overlap_with_what_is_read():
    x = ag.arange(4.0)
    for write in (lambda: x[1:].add_(x[:-1]), lambda: x[1:].copy_(x[:-1])):
        with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to tensor"):
            write()
    x[1:].add_(x[1:])
    assert x.tolist() == [0.0, 2.0, 4.0, 6.0]


def test_numbers_may_be_written_into_an_expanded_tensor():
    base = ag.ones(1)
    wide = base.expand(3)
    wide.fill_(2)
    assert wide.tolist() == [2.0, 2.0, 2.0]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        wide.masked_fill_(ag.tensor([True, False, False]), 5.0)
    assert base.tolist() == [5.0]
    assert "expanded tensors is deprecated" in str(said[0].message)


def test_functions_of_each_element():
    x = ag.arange(3.0)
    x.apply_(lambda a: a * 2).map_(ag.ones(3), lambda a, b: a + b)
    assert x.tolist() == [1.0, 3.0, 5.0]
    with pytest.raises(RuntimeError, match=r"Can't call apply_\(\) on Variable that requires grad"):
        ag.ones(1, requires_grad=True).apply_(abs)


def test_sizes_concatenate_with_tuples_only():
    assert isinstance((1,) + ag.Size([2]), ag.Size)  # noqa: RUF005 - the operator is what is tested
    with pytest.raises(TypeError, match=r"can only concatenate tuple \(not list\) to torch.Size"):
        ag.Size([1]) + [2]  # noqa: RUF005 - likewise


def test_lists_take_the_numbers_of_sizes():
    numbers = [1]
    numbers += ag.Size([2, 3])
    assert numbers == [1, 2, 3]
    assert ag.tensor(ag.ones(2, 3).shape).tolist() == [2, 3]
    assert ag.tensor(ag.ones(2, 3).shape[1:]).prod() == 3
    with pytest.raises(TypeError, match="can only concatenate list"):
        [1] + ag.Size([2])  # noqa: RUF005 - the operator is what is tested


@pytest.mark.parametrize(
    ("size", "stride"), [((10,), (0,)), ((2, 3), (1, 4)), ((2, 3, 4), (1, 0, 1)), ((3,), (2,))]
)
def test_memory_with_gaps_has_its_bytes(size, stride):
    x = ag.empty_strided(size, stride)
    x.copy_(ag.ones(()))
    reach = 1 + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    assert x.untyped_storage().nbytes() == 4 * reach
    assert x.untyped_storage().data_ptr() == x.data_ptr()


@pytest.mark.parametrize(("size", "stride"), [((2, 3), (8, 2)), ((3,), (2,)), ((2, 3), (3, 1))])
def test_writes_through_the_bytes_of_a_saved_tensor_are_seen(size, stride):
    x = ag.empty_strided(size, stride).fill_(1.0)
    y = (x * ag.ones(size, requires_grad=True)).sum()
    x.untyped_storage().fill_(0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_new_of_a_tensor_is_another_one_of_its_memory():
    x, y = ag.ones(2), ag.arange(3.0)
    assert x.new(y) is not y
    assert x.new(y).data_ptr() == y.data_ptr()
    y.requires_grad_()
    x.new(y).sum().backward()
    assert y.grad.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.filterwarnings("ignore:TypedStorage")
def test_a_storage_is_data():
    """Of a tensor of its dtype; bytes are read as any."""
    x = ag.tensor([1.0, 2.0, 3.0])
    for make in (ag.tensor, ag.as_tensor, ag.asarray, x.new_tensor):
        assert make(x.storage()).tolist() == [1, 2, 3]
        assert make(x.untyped_storage(), dtype=ag.int32).tolist() == x.view(ag.int32).tolist()
        with pytest.raises(RuntimeError, match="Expected a Storage of type Int"):
            make(x.storage(), dtype=ag.int32)
    for make in (x.new, ag.FloatTensor, ag.empty(0).set_):
        assert make(x.untyped_storage()).tolist() == [1, 2, 3]
        with pytest.raises(RuntimeError, match="Expected a Storage of type Float"):
            make(x.double().storage())


def test_set_to_a_part_of_a_storage():
    x, y = ag.tensor([1.0, 2.0, 3.0]), ag.empty(2, 3)
    assert y.set_(x.untyped_storage(), 0, ()).shape == ()
    assert y.set_(x.untyped_storage(), 1, (2,)).tolist() == [2, 3]
    assert y.set_(x, 0, (2,), (2,)).tolist() == [1, 3]
    assert y.set_(x).tolist() == [1, 2, 3]
    with pytest.raises(RuntimeError, match="out of bounds for storage of size 12"):
        y.set_(x.untyped_storage(), 1, (3,))
    grown = y.set_(x.untyped_storage(), 100, (2, 2))
    assert (grown.storage_offset(), grown.untyped_storage().nbytes()) == (100, 4 * 104)


@pytest.mark.filterwarnings("ignore:TypedStorage")
def test_a_deep_copy_shares_storages_as_the_original_does():
    x = ag.arange(4.0)
    made = copy.deepcopy([x, [x.storage()], x.untyped_storage(), x[1:]])
    made[0] += 1
    assert made[1][0].tolist() == made[0].tolist() == [1, 2, 3, 4]
    assert made[2].data_ptr() == made[0].data_ptr()
    assert made[3].tolist() == [2, 3, 4]
    assert x.tolist() == [0, 1, 2, 3]


def test_memory_that_grows_is_filled_where_algorithms_are_to_be_deterministic():
    x, n = ag.zeros(2), ag.zeros(2, dtype=ag.int64)
    ag.use_deterministic_algorithms(True)
    try:
        assert ag.isnan(x.resize_(4)).tolist() == [False, False, True, True]
        assert n.resize_(3).tolist() == [0, 0, 2**63 - 1]
    finally:
        ag.use_deterministic_algorithms(False)


@pytest.mark.filterwarnings("ignore:TypedStorage")
def test_a_storage_tells_its_size_and_takes_attributes():
    empty, full = (ag.zeros(n).untyped_storage() for n in (0, 10))
    assert full.__sizeof__() - empty.__sizeof__() == 40
    assert ag.zeros(10).storage().__sizeof__() - ag.zeros(0).storage().__sizeof__() == 40
    full.note = "mine"
    assert full.note == "mine"


def test_classes_of_one_dtype_are_no_bases():
    with pytest.raises(TypeError, match=r"'torch\.FloatTensor' is not an acceptable base type"):

        class Mine(ag.FloatTensor):
            pass
