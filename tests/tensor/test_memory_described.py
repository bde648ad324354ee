"""What a tensor says of its memory, the bytes behind it as other numbers, and memory that is a file."""

import pytest

import autograd_cnn as torch

X = torch.arange(12.0).reshape(3, 4)


def test_the_same_bytes_as_other_numbers():
    assert torch.tensor(1.0).view(torch.int32).item() == 0x3F800000
    x = X.clone()
    bits = x.view(dtype=torch.int32)
    bits[0, 1] = 0x40000000
    assert x[0, 1] == 2  # it is the same memory
    assert (x.view(torch.float64).shape, x.view(torch.int8).shape) == ((3, 2), (3, 16))
    assert torch.equal(x.view(torch.int8).view(torch.float32), x)
    assert not X.clone().requires_grad_().view(torch.int32).requires_grad


@pytest.mark.parametrize(("x", "told"), [
    (X[:, :3], r"self.size\(-1\) must be divisible by 2 to view Float as Double .* but got 3"),
    (X.t(), r"self.stride\(-1\) must be 1"),
    (torch.tensor(1.0), "cannot be 0"),
    (torch.arange(5.0)[1:], r"self.storage_offset\(\) must be divisible by 2"),
    (torch.arange(9.0).reshape(3, 3)[:, :2], r"self.stride\(0\) must be divisible by 2"),
    (torch.ones(0, 3), r"self.size\(-1\) must be divisible by 2"),
])  # fmt: skip
def test_bytes_that_lie_otherwise(x, told):
    with pytest.raises(RuntimeError, match=told):
        x.view(torch.float64)


def test_bytes_of_parts_keep_their_place():
    part = X[:, 2:].view(torch.float64)
    assert (part.shape, part.stride(), part.storage_offset()) == ((3, 1), (2, 1), 1)
    assert X[1:, 1:].view(torch.int16).storage_offset() == 10
    assert torch.ones(0, 4).view(torch.float64).shape == (0, 2)


LAST = torch.channels_last


@pytest.mark.parametrize(("x", "check", "order"), [
    (X[:2, :3].expand(4, 2, 3), False, (0, 1, 2)),
    (X[:1].expand(3, 4), False, (0, 1)),
    (torch.ones(3, 1).t(), False, (0, 1)),
    (torch.ones(0, 3), True, (0, 1)),
    (X, [LAST], (0, 1)),
    (X, [], (0, 1)),
    (torch.ones(2, 3, 4, 5), [torch.contiguous_format, LAST], (0, 1, 2, 3)),
    (torch.ones(1), True, "or cannot map to exact one"),
    (X[:, :1].expand(3, 3), True, "unique dim order"),
    (torch.ones(2, 1, 4, 5), [LAST], "unique dim order"),
    (torch.ones(2, 1, 4, 5), [torch.contiguous_format, LAST], "or cannot map to exact one"),
])  # fmt: skip
def test_orders_that_could_be_others(x, check, order):
    if isinstance(order, tuple):
        assert x.dim_order(ambiguity_check=check) == order
    else:
        with pytest.raises(RuntimeError, match=order):
            x.dim_order(ambiguity_check=check)


@pytest.mark.parametrize("check", ["foo", 3, None, [3], LAST])
def test_an_order_is_checked_by_memory_formats(check):
    with pytest.raises(TypeError, match="must be a bool or a list of memory formats"):
        X.dim_order(ambiguity_check=check)


def test_resized_tensors_lie_as_they_are_told():
    like = torch.ones(2, 2, 2, 2)
    rows, last = (8, 4, 2, 1), (8, 1, 4, 2)
    for x in (torch.ones(4), like.clone()):
        assert x.clone().resize_as_(like).stride() == rows
        assert x.clone().resize_as_(like, memory_format=LAST).stride() == last
        assert x.clone().resize_((2, 2, 2, 2), memory_format=LAST).stride() == last
        template = like.to(memory_format=LAST)
        assert x.clone().resize_as_(template, memory_format=torch.preserve_format).stride() == last
    with pytest.raises(RuntimeError, match="required rank 4"):
        torch.ones(4).resize_((2, 2), memory_format=LAST)
    for resize in (lambda x: x.resize_as_(torch.ones(4)), lambda x: x.resize_(4)):
        with pytest.raises(RuntimeError, match="require grad"):
            resize(torch.ones(4, requires_grad=True))


def test_a_gradient_may_have_any_dtype_where_it_is_allowed():
    x = torch.ones(2, requires_grad=True)
    x.grad_dtype = None
    assert x.grad_dtype is None
    x.grad = torch.ones(2, dtype=torch.float64)
    x.sum().backward()
    assert (x.grad.tolist(), x.grad.dtype) == ([2.0, 2.0], torch.float64)
    x.grad_dtype = torch.float32
    with pytest.raises(RuntimeError, match="must match the tensor's grad_dtype"):
        x.grad = torch.ones(2, dtype=torch.float64)


def test_streams_are_kept_on_devices_that_exist():
    with pytest.raises(RuntimeError, match="device"), torch.random.fork_rng(device_type="foo"):
        pass


@pytest.mark.parametrize("call", [
    lambda: X.view(None),
    lambda: X.view(),
    lambda: X.view(3, 4, dtype=torch.float64),
    lambda: X.view(12, size=(12,)),
    lambda: torch.zeros(2).type_as(None),
    lambda: torch.iinfo(None),
])  # fmt: skip
def test_nothing_is_no_dtype_and_no_shape(call):
    with pytest.raises(TypeError):
        call()


def test_the_order_of_dimensions_in_memory():
    last = torch.rand(1, 2, 3, 4).to(memory_format=torch.channels_last)
    assert (X.dim_order(), X.t().dim_order(), last.dim_order()) == ((0, 1), (1, 0), (0, 2, 3, 1))
    formats = [torch.contiguous_format, torch.channels_last]
    assert last.dim_order(ambiguity_check=formats) == (0, 2, 3, 1)
    assert X.dim_order(ambiguity_check=True) == (0, 1)
    for x, check in [(last, True), (torch.rand(1, 1, 3, 4), formats)]:
        with pytest.raises(RuntimeError, match="unique dim order"):
            x.dim_order(ambiguity_check=check)
    assert X.const_data_ptr() == X.data_ptr()


def test_names_of_types():
    assert torch.typename(X) == "torch.FloatTensor"
    assert (torch.typename([1]), torch.typename(3)) == ("list", "int")
    assert torch.typename(torch.nn.Linear(1, 1)) == torch.typename(torch.nn.Linear)
    names = {"bfloat16": "bf16", "float32": "f32", "bool": "b8", "int64": "i64", "float8_e5m2": "f8e5m2"}
    names |= {"complex64": "c64", "uint16": "u16", "int4": "int4", "bits8": "b8x1", "uint2": "uint2"}
    assert {name: getattr(torch, name).abbr for name in names} == names


def test_storages_as_other_numbers():
    storage = torch.UntypedStorage([1, 2, 3, 4])
    assert storage.float().tolist() == [1.0, 2.0, 3.0, 4.0]
    storage.byteswap(torch.int16)
    assert storage.tolist() == [2, 1, 4, 3]
    assert storage.to(device="cpu") is storage
    assert storage.filename is None
    assert torch.is_storage(storage)
    assert not torch.is_storage(X)
    with pytest.raises(RuntimeError, match="invalid combination of arguments"):
        torch.FloatStorage(2, dtype=torch.int8)


def test_a_gradient_has_the_dtype_of_its_tensor():
    x = X.clone().requires_grad_()
    assert x.grad_dtype == torch.float32
    with pytest.raises(RuntimeError, match="leaf"):
        (2 * x).grad_dtype  # noqa: B018 - it is asked for
    with pytest.raises(RuntimeError, match="hook"):
        x.grad_dtype = torch.float64


def test_switches_from_here_on():
    try:
        torch.set_anomaly_enabled(True)
        assert (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()) == (True, True)
        torch.set_autocast_enabled("cpu", True)
        assert torch.is_autocast_cpu_enabled()
        assert torch.mm(X, X.t()).dtype == torch.float16
    finally:
        torch.set_anomaly_enabled(False)
        torch.set_autocast_enabled("cpu", False)
    assert (torch.is_anomaly_enabled(), torch.is_autocast_cpu_enabled()) == (False, False)
    with pytest.raises(RuntimeError, match="float16 only"):
        torch.set_autocast_dtype("cpu", torch.bfloat16)


def test_methods_of_activations():
    x = torch.tensor([[-2.0, 0.25], [-4.0, 3.0]], requires_grad=True)
    assert x.hardshrink(1.0).tolist() == [[-2.0, 0.0], [-4.0, 3.0]]
    assert x.prelu(torch.tensor([0.5, 0.25])).tolist() == [[-1.0, 0.25], [-2.0, 3.0]]
    out = torch.empty(2, 2)
    assert torch.hardshrink(x.detach(), 1.0, out=out) is out
    assert torch.threshold(x.detach(), 0.0, 9.0, out=out).tolist() == [[9.0, 0.25], [9.0, 3.0]]
