"""The device of tensors that are made without one."""

import pytest

import autograd_cnn as torch


@pytest.fixture(autouse=True)
def restored():
    yield
    torch.set_default_device(None)


def test_the_cpu_at_the_start():
    assert torch.get_default_device() == torch.device("cpu")


def test_a_device_is_a_context_and_they_nest():
    with torch.device("cuda") as chosen:
        assert torch.get_default_device() == chosen
        with torch.device("cpu"):
            assert torch.zeros(2).device.type == "cpu"
        assert torch.get_default_device() == chosen
    assert torch.zeros(2).device.type == "cpu"


def test_a_device_is_a_decorator():
    @torch.device("cuda:1")
    def where(x):
        return x, torch.get_default_device()

    assert where(3) == (3, torch.device("cuda", 1))
    assert where.__name__ == "where"


def test_it_is_restored_after_an_error():
    with pytest.raises(KeyError), torch.device("cuda"):
        raise KeyError
    assert torch.get_default_device().type == "cpu"


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks what is said without a GPU")
@pytest.mark.parametrize("make", [
    lambda t: t.zeros(2), lambda t: t.tensor([1.0]), lambda t: t.randn(2), lambda t: t.arange(3),
    lambda t: t.eye(2), lambda t: t.nn.Linear(1, 1),
])  # fmt: skip
def test_what_makes_tensors_asks_for_it(make):
    torch.set_default_device("cuda")
    with pytest.raises(RuntimeError, match="CuPy"):
        make(torch)


@pytest.mark.parametrize("name", ["mps", "xpu", "meta", "xla"])
def test_other_devices_are_names(name):
    assert torch.device(name).type == name
    with pytest.raises(RuntimeError, match=f"no tensor can be on device {name}"):
        torch.zeros(2, device=name)
    with pytest.raises(RuntimeError, match=f"no tensor can be on device {name}"):
        torch.zeros(2).to(name)
