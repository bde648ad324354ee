"""Changing dtype and device, leaving for Python or NumPy, and asking what a tensor is, against PyTorch."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from tests.recorded import outcome, pytorch

NAMES = ("float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")


@pytest.mark.parametrize(
    "expression",
    """
    t.ones(2).to('float32')
    t.ones(2).to(t.int64, copy=True)
    t.ones(2).to(t.arange(2))
    t.ones(2).to('cpu', t.double)
    t.ones(2).to(dtype=t.double)
    t.ones(2).to(device='cpu')
    t.ones(2).to()
    t.ones(2).to(t.device('cpu'), t.int, True)
    t.ones(2).to(t.double, True, True)
    t.ones(2).to(None)
    t.ones(2).to(int)
    t.ones(2).to('foo')
    t.ones(2).to('cpu', non_blocking=True)
    t.ones(2).to(t.int, t.int)
    t.ones(2).to(other=t.arange(2))
    t.ones(2, requires_grad=True).to(t.double).requires_grad
    t.ones(2, requires_grad=True).to(t.int64).requires_grad
    t.ones(2).type()
    t.ones(2).type(t.double)
    t.ones(2).type('torch.LongTensor')
    t.ones(2).type(t.LongTensor)
    t.ones(2).type('foo')
    t.ones(2).type_as(t.arange(2))
    [getattr(t.tensor([-1.5, 0., 2.]), n)() for n in 'half float double char short int long bool'.split()]
    t.tensor([300]).byte()
    t.tensor([1.7, 2.2]).byte()
    t.ones(2).item()
    t.ones(0).item()
    t.ones(1, 1).item()
    t.tensor(2**62).item()
    t.tensor(True).item()
    t.ones(2, 2).tolist()
    t.tensor(3).tolist()
    t.tensor(0.1).tolist()
    t.ones(1, requires_grad=True).numpy()
    t.ones(1, requires_grad=True).numpy(force=True)
    np.asarray(t.ones(1))
    np.asarray(t.ones(2), dtype=int)
    np.asarray(t.ones(1, requires_grad=True))
    float(t.ones(2))
    float(t.ones(1, 1))
    int(t.tensor(2.7))
    int(t.ones(0))
    complex(t.tensor(2.))
    bool(t.ones(2))
    bool(t.ones(0))
    bool(t.zeros(1))
    t.ones(1).__index__()
    t.tensor([2]).__index__()
    t.tensor([True]).__index__()
    t.tensor([1, 2]).__index__()
    [1, 2, 3][t.tensor(1)]
    t.ones(2, 3).size()
    t.ones(2, 3).size(-1)
    t.ones(2, 3).size(5)
    t.ones(2, 3).stride()
    t.ones(2, 3).t().stride()
    t.ones(2, 3).stride(0)
    t.ones(2, 3).numel(), t.ones(2, 3).nelement()
    t.ones(2, 3).dim(), t.ones(2, 3).ndimension(), t.ones(2, 3).ndim
    t.ones(2, 3).nbytes, t.ones(2, 3).element_size(), t.ones(2, 3).itemsize
    t.ones(1).is_floating_point(), t.ones(1).is_complex(), t.ones(1).is_signed(), t.ones(1).byte().is_signed()
    t.ones(1).is_cuda, t.ones(1).is_cpu, t.ones(1).get_device(), t.ones(1).device
    t.ones(2, 3).t().is_contiguous(), t.ones(2, 3).t().contiguous().is_contiguous()
    t.is_tensor(1), t.is_tensor(t.ones(1))
    t.is_floating_point(t.ones(1)), t.is_floating_point(t.arange(1))
    t.is_floating_point(1)
    t.is_nonzero(t.ones(1))
    t.is_nonzero(t.ones(2))
    t.numel(t.ones(2, 3))
    t.numel([1])
    t.result_type(t.ones(2), 1)
    t.result_type(t.arange(2), 1.)
    t.result_type(1, 2)
    t.result_type(t.tensor(1., dtype=t.double), t.ones(2))
    t.device('cpu'), t.device('cuda:1'), t.device('cuda', 1), t.device(type='cpu')
    t.device('cuda:1').index, str(t.device('cuda:1'))
    t.device('foo')
    t.device('cuda:1', 1)
    t.device('cpu') == t.device('cpu'), t.device('cuda:0') == t.device('cuda:1'), t.device('cpu') == 'cpu'
    t.set_default_dtype(t.int32)
    t.float32.is_floating_point, t.float32.itemsize, str(t.float32), t.int8.is_signed, t.uint8.is_signed
    t.half, t.float, t.double, t.short, t.int, t.long, t.bool
    t.Size([2, 3])[0:1], t.Size([1]) + t.Size([2]), t.Size((2, 3)) * 2
    t.ones(2, 3).shape[1:], t.Size([2, 3]).numel(), t.Size([2, 3])[1]
    t.Size([2, 3]) == (2, 3), tuple(t.Size([2])), t.Size()
    [t.finfo(d) for d in (t.float16, t.float32, t.float64)]
    t.finfo()
    t.finfo(t.int32)
    t.iinfo(t.float)
    [t.iinfo(d) for d in (t.uint8, t.int8, t.int16, t.int32, t.int64)]
    [getattr(t.finfo(t.float16), name) for name in ('bits', 'eps', 'max', 'min')]
    [getattr(t.finfo(t.float16), name) for name in ('tiny', 'smallest_normal', 'resolution', 'dtype')]
    [getattr(t.iinfo(t.int16), name) for name in ('bits', 'max', 'min', 'dtype')]
    """.strip().splitlines(),
    ids=str.strip,
)
def test_as_pytorch(expression: str) -> None:
    assert outcome(ac, expression.strip()) == pytorch(outcome, expression.strip())


@pytest.mark.parametrize("first", NAMES)
def test_promotion_tables(first: str) -> None:
    def table(t: Any, second: str) -> list[Any]:
        kinds = getattr(t, first), getattr(t, second)
        said = [repr(t.promote_types(*kinds)), t.can_cast(*kinds)]
        for shapes in (((2,), (2,)), ((), (2,)), ((2,), ())):
            a, b = (t.ones(shape, dtype=kind) for shape, kind in zip(shapes, kinds, strict=True))
            said.append(repr(t.result_type(a, b)))
        return said

    for second in NAMES:
        assert table(ac, second) == pytorch(table, second)


@pytest.mark.parametrize("first", NAMES)
def test_every_conversion(first: str) -> None:
    values = np.array([0, 1, 2, 100], first)

    def converted(t: Any, second: str) -> Any:
        return t.from_numpy(values).to(getattr(t, second))

    for second in NAMES:
        pytorch.gives(converted(ac, second), converted, second)


def test_to_gives_the_same_tensor_where_nothing_changes() -> None:
    x = ac.ones(2)
    assert x.to(ac.float32) is x.to("cpu") is x.float() is x.cpu() is x.type_as(x) is x.contiguous() is x
    assert x.to(ac.float32, copy=True) is not x


def test_numpy_shares_memory() -> None:
    x = ac.zeros(2)
    x.numpy()[0] = 5
    assert x.tolist() == [5, 0]


def test_gradients_flow_through_conversions() -> None:
    x = ac.ones(2, requires_grad=True)
    (x.double() * 3).to(ac.float32).clone().t().contiguous().sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3, 3]
    assert x.grad.dtype == ac.float32


def test_dtypes_devices_and_sizes_survive_pickling_and_copying() -> None:
    for value in (ac.float32, ac.bool, ac.device("cuda:1"), ac.Size([2, 3])):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value


def test_dtypes_are_numpys_too() -> None:
    assert np.dtype(ac.float32) == np.float32
    assert ac.float32 == np.float32
    assert ac.tensor([1], dtype=np.int32).dtype == ac.int32
    assert len({ac.float32, ac.float, ac.float64}) == 2
