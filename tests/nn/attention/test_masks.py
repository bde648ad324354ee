"""``nn.attention``: masks of causal attention, and choices of kernels that change nothing."""

from importlib import import_module

import pytest

import autograd_cnn as ag
from autograd_cnn.nn import attention
from tests.recorded import pytorch


def attended(t, kind, queries, keys):
    bias = getattr(import_module(f"{t.__name__}.nn.attention.bias"), kind)(queries, keys)
    x = (t.arange(1.0, 37.0, dtype=t.float64) * 0.3).sin().reshape(1, 1, 9, 4)
    q, k, v = x[:, :, :queries], x[:, :, 2 : 2 + keys], x[:, :, 4 : 4 + keys]
    seen = t.nn.functional.scaled_dot_product_attention(q, k, v, bias)
    return seen, int(bias.variant), bias.seq_len_q, bias.seq_len_kv


@pytest.mark.parametrize("sizes", [(3, 5), (4, 4), (2, 3)])
@pytest.mark.parametrize("kind", ["causal_upper_left", "causal_lower_right"])
def test_causal_masks(kind, sizes):
    pytorch.gives(attended(ag, kind, *sizes), attended, kind, *sizes, rtol=1e-9)


def test_masks_are_tensors():
    bias = import_module("autograd_cnn.nn.attention.bias")
    assert bias.causal_lower_right(2, 3).tolist() == [[True, True, False], [True, True, True]]
    with pytest.warns(UserWarning, match="NaNs"):
        bias.causal_lower_right(3, 2)
    for wrong in (lambda: bias.causal_upper_left(3), lambda: bias.CausalBias(1, 2, 3)):
        with pytest.raises(AssertionError):
            wrong()


def test_kernels_are_chosen_and_change_nothing():
    q = ag.ones(1, 1, 2, 2)
    plain = ag.nn.functional.scaled_dot_product_attention(q, q, q)
    backend = attention.SDPBackend
    for chosen in (backend.MATH, [backend.FLASH_ATTENTION, backend.EFFICIENT_ATTENTION]):
        with attention.sdpa_kernel(chosen):
            assert ag.nn.functional.scaled_dot_product_attention(q, q, q).equal(plain)
    with pytest.raises(AssertionError, match="SDPBackend"), attention.sdpa_kernel("math"):
        pass


def registered(t, calls):
    module = import_module(f"{t.__name__}.nn.attention")

    class Handle:
        def remove(self):
            calls.append("gone")

    def activate():
        calls.append("here")
        return Handle()

    known = module.list_flash_attention_impls()
    module.register_flash_attention_impl("mine", register_fn=activate)
    assert module.list_flash_attention_impls() == sorted([*known, "mine"])
    for _ in range(2):
        module.activate_flash_attention_impl("mine")
        calls.append(module.current_flash_attention_impl())
    module.restore_flash_attention_impl()
    return [*calls, module.current_flash_attention_impl()]


def test_implementations_can_be_registered(caplog):
    pytorch.gives(registered(ag, []), registered, [])
    with pytest.raises(ValueError, match="Unknown flash attention impl"):
        attention.activate_flash_attention_impl("none")
    attention.restore_flash_attention_impl()
    assert "no implementation" in caplog.text
