"""Memory that is read and written in one call: refused where the order of elements would show."""

import pytest

import autograd_cnn as ag

ONES = ag.ones(9)


@pytest.mark.parametrize(
    "call",
    [
        lambda x, out: ag.exp(x, out=out),
        lambda x, out: ag.add(ONES, x, out=out),
        lambda x, out: ag.addcmul(ONES, ONES, x, out=out),
        lambda x, out: ag.lerp(x, ONES, 0.5, out=out),
        lambda x, out: ag.cumsum(x, 0, out=out),
        lambda x, out: ag.take(x, ag.arange(9), out=out),
        lambda x, out: ag.cat([x], out=out),
    ],
)
def test_an_out_may_not_overlap_an_operand(call):
    """A shifted one is refused, itself and another one are taken."""
    data = ag.arange(1.0, 19.0)
    x = data[:9]
    expected = call(x, ag.empty(9))
    with pytest.raises(RuntimeError, match="unsupported operation"):
        call(x, data[1:10])
    assert ag.equal(call(x, data[9:]), expected)
    assert ag.equal(call(x, x), expected)


def test_an_out_may_overlap_where_the_result_is_complete_before_it_is_written():
    data = ag.arange(1.0, 11.0)
    expected = ag.softmax(data[:9], 0)
    assert ag.equal(ag.softmax(data[:9], 0, out=data[1:]), expected)


BY_INDEX = {
    "scatter_": lambda x, index, source: x.scatter_(0, index, source),
    "scatter_add_": lambda x, index, source: x.scatter_add_(0, index, source),
    "scatter_reduce_": lambda x, index, source: x.scatter_reduce_(0, index, source, "amax"),
    "index_add_": lambda x, index, source: x.index_add_(0, index, source),
    "index_copy_": lambda x, index, source: x.index_copy_(0, index, source),
    "index_reduce_": lambda x, index, source: x.index_reduce_(0, index, source, "amax"),
    "index_put_": lambda x, index, source: x.index_put_((index,), source),
    "put_": lambda x, index, source: x.put_(index, source),
}


@pytest.mark.parametrize("write", BY_INDEX.values(), ids=BY_INDEX)
def test_writes_by_index_keep_apart_from_index_and_source(write):
    index = ag.tensor([2, 1, 0])
    y = ag.arange(6.0)
    for x, places, source in (
        (y, index, y[:3]),
        (index, index, index.clone()),
        (index, index.clone(), index),
    ):
        before = x.clone()
        with pytest.raises(RuntimeError, match="unsupported operation"):
            write(x, places, source)
        assert ag.equal(x, before)
    with pytest.raises(RuntimeError, match="unsupported operation"):
        write(ag.ones(1).expand(6), index, ag.ones(3))
    write(y, index, ag.zeros(3))


def test_an_index_that_is_written_is_refused():
    index = ag.tensor([2, 1, 0])
    with pytest.raises(RuntimeError, match="unsupported operation"):
        index.index_fill_(0, index, 0)


def test_one_element_of_an_expanded_tensor_can_be_written():
    """It shows in each place that repeats it; what would be written twice is refused."""
    t = ag.ones(5, 1)
    v = t.expand(5, 5)
    v[2, 2] = 0
    v[:, 3] = ag.tensor([7.0, 8.0, 9.0, 10.0, 11.0])
    assert t[:, 0].tolist() == v[:, 4].tolist() == [7, 8, 9, 10, 11]
    v[2, 2] = 0
    assert t[2, 0] == 0
    with pytest.raises(RuntimeError, match="more than one element"):
        v[1] = ag.arange(5.0)
    windows = ag.arange(4.0).unfold(0, 2, 1)
    windows[1, 0] = 9
    assert windows.tolist() == [[0, 9], [9, 2], [2, 3]]


def test_the_gradient_of_a_write_into_an_expanded_tensor():
    w = ag.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
    t = w * 1
    v = t.expand(3, 4)
    v[1, 1] = w[0, 0] * 3
    assert t.detach().tolist() == [[1], [3], [3]]
    t.square().sum().backward()
    assert w.grad.tolist() == [[2 + 2 * 9], [0], [6]]  # of w0², (3 w0)², w2²


@pytest.mark.parametrize("leave", ["detach", "data"])
def test_a_part_of_what_is_expanded_can_be_written_when_it_left_the_graph(leave):
    whole = (ag.ones(3, requires_grad=True) * 1).expand(2, 3)
    part = whole[1:]
    outside = part.detach() if leave == "detach" else part.data
    outside.add_(1)
    assert whole.tolist() == [[2, 2, 2]] * 2
    for repeated in (whole.detach(), whole.data):
        with pytest.raises(RuntimeError, match="more than one element"):
            repeated.add_(1)
