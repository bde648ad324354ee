"""Arguments at the edges, as random calls found them: the value, or the type of the error,
that PyTorch gives."""

import pytest

import autograd_cnn as ac
from tests.recorded import outcome, pytorch

INDICES = """
    t.arange(12.).reshape(3, 4)[[[0, 1], [2, 3]]]
    t.arange(12.).reshape(3, 4)[[slice(None), [0, 1]]]
    t.arange(12.).reshape(3, 4)[(0, 2),]
    t.arange(12.).reshape(3, 4)[[t.tensor(1), t.tensor(2)]]
    t.arange(12.).reshape(3, 4)[range(2)]
    t.arange(12.).reshape(3, 4)[[True, False, True]]
    t.arange(12.).reshape(3, 4)[[0, 1], t.tensor(2)]
    t.arange(12.).reshape(3, 4)[[1, None]]
    t.arange(12.).reshape(3, 4)[[]].shape
    t.arange(10.)[1:9:-1]
    t.arange(10.)[::0]
    t.arange(10.)[1.5]
    t.arange(10.)['a']
    t.arange(10.)[np.float64(1)]
    t.arange(10.)[t.tensor([1, 2], dtype=t.int16)]
    t.arange(10.)[10]
    t.tensor(3)[0]
    [x := t.arange(5.), x.__setitem__(((0, 2, 4),), t.tensor([9., 8., 7.])), x][-1]
    [x := t.arange(5.), x.__setitem__([[0, 1]], 9.), x][-1]
    [x := t.arange(5.), x.__setitem__([0, 1], t.tensor(9)), x][-1]
    [x := t.arange(5.), x.__setitem__(x > 3, t.tensor(9)), x][-1]
    [x := t.zeros(2, dtype=t.uint8), x.__setitem__(0, -1), x][-1]
    [x := t.zeros(2, dtype=t.uint8), x.__setitem__(0, -256), x][-1]
    t.ones(3, dtype=t.uint8).masked_fill(t.tensor([True, False, True]), -1)
    t.ones(3, dtype=t.uint8).index_fill(0, t.tensor([0]), -1)
    1 in t.tensor([1, 2])
    'x' in t.tensor([1, 2])
    reversed(t.arange(3))
    t.arange(3).__delitem__(0)
    t.arange(3.).gather(0, t.zeros(2, dtype=t.uint8))
    t.arange(3.).gather(0, t.zeros(2, dtype=t.int16))
    t.arange(3.).take(t.zeros(2, dtype=t.int32))
    t.arange(3.).index_copy(0, t.zeros(1, dtype=t.int32), t.ones(1))
    t.arange(3.).index_fill(0, t.zeros(1, dtype=t.int32), 1)
    t.take_along_dim(t.arange(12.).reshape(3, 4), t.tensor([[-1], [4], [-5]]), 1)
    t.take_along_dim(t.arange(4.), t.tensor([-1]))
    t.zeros(3).scatter(0, t.zeros((0, 1), dtype=t.long), t.zeros(0, 1))
    t.zeros(3).gather(0, t.zeros((0, 1), dtype=t.long)).shape
    t.arange(3).narrow(0, t.tensor([0]), 1)
    t.arange(3).narrow(0, t.tensor(1), 1)
    t.unravel_index(t.tensor(0.5), (2, 2))
    t.unravel_index(t.tensor([-1, 5]), (2, 2))
    t.unravel_index(t.tensor(1), (2, -2))
"""

NUMBERS = """
    t.add(t.ones(2), t.ones(2, dtype=t.bool), alpha=True)
    t.add(t.tensor(3.), t.tensor(1, dtype=t.uint8), alpha=-1)
    t.ones(2).bool() - 1
    1 - t.ones(2).bool()
    t.ones(2).sub(True)
    t.ones(2) == [1]
    t.ones(2) != None
    t.addbmm(t.ones(1, dtype=t.int8), t.ones(1, 2, 1, dtype=t.int8), t.ones(1, 1, 2, dtype=t.int8))
    t.addmm(t.tensor([2, 3]), t.tensor([[1], [2]]), t.tensor([[1, 2]]), alpha=1.68, beta=2.5)
    t.addr(t.tensor([2, 3]), t.tensor([1, 2]), t.tensor([1, 2]), alpha=1.5)
    t.addmm(t.ones(2, 2), t.ones(2, 2).double(), t.ones(2, 2).double())
    t.addcmul(t.tensor([1]), t.tensor([3]), t.tensor([2]), value=1.9)
    t.lerp(t.ones(2), t.ones(2), t.ones(2).double())
    t.tensordot(t.ones(2, 1), t.tensor([[1., 2.], [3., 4.], [5., 6.]]), dims=1)
    t.tensordot(t.tensor([[1., 2., 3.]]), t.ones(1, 2), dims=1)
    t.einsum("")
    t.einsum("i->", t.ones(2, dtype=t.uint8))
    t.einsum("ij->i", t.ones(2, 2, dtype=t.int32))
    t.linalg.vecdot(t.tensor([1, 2]), t.tensor([1, 2]))
    t.cartesian_prod(t.tensor(1), t.tensor([1]))
    t.tensor([[t.tensor(1), t.tensor(2)]])
"""

REDUCTIONS = """
    t.ones(2, 2, dtype=t.bool).all(dim=[])
    t.any(t.tensor([[2, 0]]), dim=(), keepdim=True)
    t.ones(2, 3).argmax(dim=(0, 1))
    t.ones(4, 4).topk(2, True)
    t.kthvalue(t.ones(2, 0, 4), 1, dim=1)
    t.linalg.vector_norm(t.empty(0), float("inf"))
    t.linalg.vector_norm(t.empty(2, 0), -1., dim=1)
    t.linalg.matrix_rank(t.eye(2).expand(2, 2, 2), t.tensor([.1, 2.]))
    t.linalg.tensorinv(t.ones(0, 2, 0)).shape
    t.linalg.pinv(t.eye(2).expand(2, 2, 2), atol=.1)
    t.svd(t.ones(1, 2), compute_uv=False)[2]
    t.cov(t.tensor([[1., 2., 4.]]))
    t.diff(t.ones(2), n=0, prepend=t.ones(1))
    t.diff(t.ones(2), prepend=t.ones(()))
    t.gradient(t.arange(4.) ** 2, spacing=None)
    t.gradient(t.arange(4))
    t.bincount(t.tensor([], dtype=t.int64), weights=t.tensor([])).dtype
    t.broadcast_shapes(3, (2, 1))
    t.ones(2).flip(dims=(0,))
    t.tensor(1.).adjoint()
"""

MADE = """
    t.zeros(2, dtype=float).dtype
    t.randn(2, dtype=float).dtype
    t.arange(2, dtype=int).dtype
    t.ones(2).to(float).dtype
    t.tensor([1, 2.]).dtype
    t.Tensor(np.arange(3))
    t.Tensor(np.zeros(2))
    t.Tensor(np.int64(3)).shape
    t.Tensor(np.float64(3))
    t.Tensor(3.5)
    t.Tensor(t.arange(3)).dtype
    t.FloatTensor(np.ones(2))
    t.LongTensor(np.ones(2, dtype=np.int32))
    t.LongTensor(np.ones(2))
    t.LongTensor(t.ones(2))
    t.FloatTensor(np.int64(3)).shape
    t.ones(2).new(t.Size([2, 3])).shape
    t.ones(2).double().new_tensor(np.array([True]))
    t.ones(2).double().new_tensor(t.tensor([1])).dtype
    t.ones(1).int().type(t.Tensor).dtype
    t.full((2,), t.tensor(1, dtype=t.int32)).dtype
    t.full((2,), np.float64(1)).dtype
    t.empty(0, 3).stride()
    t.empty(2, 0).stride()
    t.ones(3, 4)[None].stride()
    t.ones(3, 4)[:, None].stride()
    t.zeros(5, 6).copy_(t.zeros(30))
    t.tensor([t.tensor([1]), t.tensor([[2]])])
    t.tensor([(t.tensor([1]), t.tensor(1)), (t.tensor([1]), t.tensor(2))])
    t.tensor([np.array([1]), np.array([2])])
    t.tensor(np.array([object()]))
    t.Size([1.0])
    t.Size(t.ones(3))
    t.Size([np.int64(1), t.tensor(2)])
    [t.inf, -t.inf, t.pi, t.e, t.newaxis]
    np.histogram(t.tensor([1., 2., 2.]), bins=2)[0].tolist()
    np.median(t.tensor([1., 2.])).item()
    np.array_equal(t.ones(2), t.ones(2))
    t.zeros(2).copy_(3)
    t.meshgrid(t.ones(2), t.ones(2).long(), indexing="ij")
    t.pixel_shuffle(t.ones(1, 1, 1), 1).shape
"""

NETWORKS = """
    t.nn.functional.multi_margin_loss(t.ones(4), t.tensor([1]), reduction="none")
    t.nn.functional.multilabel_margin_loss(t.tensor(1.), t.tensor(0))
    t.nn.functional.cosine_similarity(t.ones(2, dtype=t.int8), t.ones(2), dim=-1)
    t.nn.functional.cosine_similarity(t.ones(2, dtype=t.int8), t.ones(2, dtype=t.int8), dim=-1)
    t.nn.functional.dropout(t.tensor(3., dtype=t.double), p=1.)
    t.nn.functional.dropout1d(t.ones(3))
    t.bernoulli(t.tensor(1., dtype=t.double))
    t.tensor(0, dtype=t.bool).bernoulli_(1.)
    t.nn.functional.l1_loss(t.tensor([1]), t.tensor([2]))
    t.nn.functional.margin_ranking_loss(t.tensor([1]), t.tensor([2]), t.tensor([1]))
    t.nn.functional.huber_loss(t.ones(2), t.zeros(2), weight=t.tensor([1., 3.]))
    t.nn.functional.kl_div(t.tensor([1]), t.tensor([1]))
    t.nn.functional.nll_loss(t.ones(1, 2), t.tensor([0]).int())
    t.nn.functional.cross_entropy(t.ones(1, 2), t.tensor([0]).byte())
    t.nn.functional.threshold(t.tensor([1, -3]), -1.28, -.86)
    t.nn.functional.hardtanh(t.tensor([1, -3, 9]), -1.5, 1.5)
    t.nn.functional.relu6(t.tensor([1, -3, 9]))
    t.nn.functional.interpolate(t.tensor([[[[1., 2.]]]]), scale_factor=(2., 1.3))
    t.nn.functional.interpolate(t.tensor([[[1., 2.]]]), scale_factor=(1.3,))
    t.nn.functional.interpolate(t.tensor([[[1., 2.]]]), scale_factor=(1.3,), mode="linear")
    t.nn.functional.interpolate(t.tensor([[[[1., 2.]]]]), scale_factor=(1., 2.3))
    t.nn.functional.pad(t.ones(1, 3), (1, 1), mode="reflect", value=1.)
    t.nn.functional.interpolate(t.ones(1, 1, 4), size=2.5)
    t.nn.utils.rnn.unpack_sequence(t.nn.utils.rnn.pack_sequence([t.tensor([1, 2]), t.tensor([3])]))
"""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "expression",
    [
        line.strip()
        for text in (INDICES, NUMBERS, REDUCTIONS, MADE, NETWORKS)
        for line in text.strip().splitlines()
    ],
)
def test_edges(expression: str) -> None:
    assert outcome(ac, expression) == pytorch(outcome, expression)


OWN_MEMORY = {
    "pixel_shuffle": lambda x: ac.nn.functional.pixel_shuffle(x, 1),
    "pixel_unshuffle": lambda x: ac.nn.functional.pixel_unshuffle(x, 1),
    "channel_shuffle": lambda x: ac.nn.functional.channel_shuffle(x, 1),
    "unfold": lambda x: ac.nn.functional.unfold(x, (1, 3)),
    "adaptive_avg_pool2d": lambda x: ac.nn.functional.adaptive_avg_pool2d(x, 3),
    "interpolate": lambda x: ac.nn.functional.interpolate(x, size=3),
    "matrix_power": lambda x: ac.linalg.matrix_power(x, 1),
    "ravel of a step": lambda x: x.reshape(-1)[::2].ravel(),
    "sort of a number": lambda x: x[0, 0, 0, 0].sort().values,
    "diff": lambda x: x.diff(n=0),
}


@pytest.mark.parametrize("name", OWN_MEMORY)
def test_what_promises_a_new_result_does_not_show_its_input(name: str) -> None:
    x = ac.ones(1, 2, 3, 3)
    OWN_MEMORY[name](x).fill_(7.0)
    assert bool((x == 1).all())


@pytest.mark.parametrize("name", ["cumprod_", "pow_", "logit_"])
def test_in_place_functions_of_a_number_keep_what_their_gradient_needs(name: str) -> None:
    x = ac.tensor(0.5, requires_grad=True)
    arguments = {"cumprod_": (0,), "pow_": (2,), "logit_": ()}[name]
    expected = {"cumprod_": 1.0, "pow_": 1.0, "logit_": 4.0}[name]
    getattr(x.clone(), name)(*arguments).backward()
    assert x.grad.item() == expected


def test_a_value_that_fills_an_index_twice_is_counted_once() -> None:
    value = ac.tensor(2.0, requires_grad=True)
    ac.index_fill(ac.zeros(4), 0, ac.tensor([0, 0, 1]), value).sum().backward()
    assert value.grad.item() == 2


class Knows:
    """Knows what to do with whatever stands on its left."""

    def __radd__(self, other: object) -> str:
        return "sum"

    def __rmatmul__(self, other: object) -> str:
        return "product"

    def __rpow__(self, other: object) -> str:
        return "power"

    __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rand__ = __ror__ = __rxor__ = __radd__
    __rlshift__ = __rrshift__ = __radd__


def test_operators_ask_what_they_do_not_know() -> None:
    x, other = ac.ones(2), Knows()
    found = [
        x + other, x - other, x * other, x / other, x // other, x % other, x & other, x | other, x ^ other,
        x << other, x >> other,
    ]  # fmt: skip
    assert found == ["sum"] * len(found)
    assert (x @ other, x**other) == ("product", "power")
    with pytest.raises(TypeError, match=r"unsupported operand type"):
        x += None


def test_numbers_are_drawn_in_the_order_of_memory() -> None:
    x = ac.ones(3, 4).t()
    for like in (ac.rand_like, ac.randn_like, lambda y: ac.randint_like(y, 9)):
        ac.manual_seed(0)
        turned = like(x)
        ac.manual_seed(0)
        assert bool((turned == like(ac.ones(3, 4)).t()).all())
        assert turned.stride() == x.stride()
