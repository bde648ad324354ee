"""Attention (Vaswani et al. 2017): values averaged with the weights softmax(q · k / sqrt(d)); in one head,
or in several."""

import math
from collections.abc import Sequence

import numpy as np

from ... import ops
from ..._functions import activation
from ..._tensor import Tensor, tensor_of
from ...ops import array_module
from .._composition import composition
from .dropout import dropout
from .linear import linear

__all__ = [
    "multi_head_attention_forward",
    "scaled_dot_product_attention",
]


def _softmax(scores: Tensor, safe: bool) -> Tensor:
    """Softmax along the last dimension; with ``safe`` a row of nothing but -inf becomes zeros, else NaN."""
    if safe:
        closed = (scores.array == -np.inf).all(-1, keepdims=True)
        if closed.any():
            return ops.where(closed, 0.0, activation.softmax(ops.where(closed, 0.0, scores), -1))
    return activation.softmax(scores, -1)


def _masked(scores: Tensor, mask: Tensor | None) -> Tensor:
    """``scores`` where a boolean mask is true, else -inf; a mask of numbers is added."""
    if mask is None:
        return scores
    if mask.array.dtype.kind == "b":
        return ops.where(mask, scores, -math.inf)
    return scores + mask


@composition(half="kernels")
def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(q kᵀ scale + mask) v: query (*, L, E), key (*, S, E), value (*, S, V) to (*, L, V).

    ``attn_mask`` is true where a key may be seen, or is added; ``is_causal`` hides the keys behind each
    query's place; ``scale`` is 1 / sqrt(E) unless given; ``enable_gqa`` shares each head of key and value
    among several of the query.
    """
    if is_causal and attn_mask is not None:
        raise RuntimeError(
            "scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
        )
    if not query.array.dtype == key.array.dtype == value.array.dtype:
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            f"{query.dtype!r} key.dtype: {key.dtype!r} and value.dtype: {value.dtype!r} instead."
        )
    if enable_gqa:
        key, value = (_shared_heads(x, query.array.shape[-3]) for x in (key, value))
    factor = 1 / math.sqrt(query.array.shape[-1]) if scale is None else scale
    scores = (query * factor) @ ops.swap_last(key)
    if is_causal:
        xp = array_module(query.array)
        scores = ops.where(xp.tri(*scores.array.shape[-2:], dtype=bool), scores, -math.inf)
    weights = dropout(_softmax(_masked(scores, attn_mask), safe=True), dropout_p, dropout_p > 0)
    return weights @ value


def _shared_heads(x: Tensor, heads: int) -> Tensor:
    """Each head of ``x`` (*, H, S, E) repeated, to make ``heads`` of them."""
    *lead, own, size, width = x.array.shape
    apart = ops.reshape(x, shape=(*lead, own, 1, size, width))
    return ops.reshape(
        ops.broadcast_to(apart, shape=(*lead, own, heads // own, size, width)),
        shape=(*lead, heads, size, width),
    )


def _as_numbers(mask: Tensor | None, like: Tensor) -> Tensor | None:
    """A mask to be added: true becomes -inf."""
    if mask is None or mask.array.dtype.kind == "f":
        return mask
    if mask.array.dtype.kind != "b":
        raise AssertionError(
            "only bool and floating types of attn_mask and key_padding_mask are supported, not "
            f"{mask.dtype!r}"
        )
    return tensor_of(array_module(mask.array).where(mask.array, -np.inf, 0.0).astype(like.array.dtype))


def _projected(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weight: Tensor | None,
    weights: Sequence[Tensor] | None,
    bias: Tensor | None,
) -> list[Tensor]:
    """Query, key and value through their three projections, whose weights come in one block or apart."""
    size = query.array.shape[-1]
    if weights is None and query is key and key is value:
        assert weight is not None
        joint = linear(query, weight, bias)
        return [ops.getitem(joint, index=(..., slice(i * size, (i + 1) * size))) for i in range(3)]
    blocks = [slice(i * size, (i + 1) * size) for i in range(3)]
    if weights is None:
        assert weight is not None
        weights = tuple(ops.getitem(weight, index=block) for block in blocks)
    biases = [None] * 3 if bias is None else [ops.getitem(bias, index=block) for block in blocks]
    return [linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True)]


def _check_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    size: int,
    heads: int,
    key_padding_mask: Tensor | None,
    attn_mask: Tensor | None,
    is_causal: bool,
) -> None:
    """AssertionError where the number of dimensions of one does not fit that of ``query``, or its size;
    RuntimeError for a hint without its mask."""
    ndim = query.ndim
    if ndim not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {ndim}-D query tensor"
        )
    of = f"For {'batched' if ndim == 3 else 'unbatched'} ({ndim}-D) `query`, expected"
    if key.ndim != ndim or value.ndim != ndim:
        raise AssertionError(
            f"{of} `key` and `value` to be {ndim}-D but found {key.ndim}-D and {value.ndim}-D tensors "
            "respectively"
        )
    if key_padding_mask is not None and key_padding_mask.ndim != ndim - 1:
        raise AssertionError(
            f"{of} `key_padding_mask` to be `None` or {ndim - 1}-D but found "
            f"{key_padding_mask.ndim}-D tensor instead"
        )
    if attn_mask is not None and attn_mask.ndim not in (2, 3):
        raise AssertionError(
            f"{of} `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.ndim}-D tensor instead"
        )
    if ndim == 2 and attn_mask is not None and attn_mask.ndim == 3:
        wanted = (heads, query.array.shape[0], key.array.shape[0])
        if attn_mask.array.shape != wanted:
            raise AssertionError(
                f"Expected `attn_mask` shape to be {wanted} but got {tuple(attn_mask.array.shape)}"
            )
    if query.array.shape[-1] != size:
        raise AssertionError(f"was expecting embedding dimension of {size}, but got {query.array.shape[-1]}")
    if size % heads:
        raise AssertionError(f"embed_dim {size} not divisible by num_heads {heads}")
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")


def _check_key_and_value(key: Tensor, value: Tensor, *, apart: bool) -> None:
    """AssertionError where there are not as many values as keys; where they are not projected ``apart`` they
    are of one size too."""
    if apart and key.shape[:-1] != value.shape[:-1]:
        raise AssertionError(
            f"key's sequence and batch dims {key.shape[:-1]} do not match value's {value.shape[:-1]}"
        )
    if not apart and key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")


def _as_batch(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Each (L, E) as (L, 1, E); what was one tensor stays one."""
    made = {id(x): ops.reshape(x, shape=(x.array.shape[0], 1, x.array.shape[1])) for x in (query, key, value)}
    return made[id(query)], made[id(key)], made[id(value)]


def _heads(x: Tensor, batch: int, heads: int) -> Tensor:
    """(L, N, E) as (N, heads, L, E / heads)."""
    length = x.array.shape[0]
    return ops.transpose(
        ops.reshape(x, shape=(length, batch, heads, x.array.shape[2] // heads)), axes=(1, 2, 0, 3)
    )


def _longer(x: Tensor, extra: Tensor | None) -> Tensor:
    """``x`` (N, heads, S, d) with one more place, holding ``extra`` (1, 1, heads d) or zeros."""
    n, h, _, d = x.array.shape
    if extra is None:
        return ops.pad(x, widths=((0, 0), (0, 0), (0, 1), (0, 0)))
    return ops.concatenate(
        x, ops.broadcast_to(ops.reshape(extra, shape=(1, h, 1, d)), shape=(n, h, 1, d)), axis=2
    )


def _open(mask: Tensor | None, count: int) -> Tensor | None:
    """``mask`` with ``count`` more keys that may be seen."""
    if mask is None or not count:
        return mask
    return ops.pad(mask, widths=(*((0, 0),) * (mask.ndim - 1), (0, count)))


def _whole_mask(
    attn_mask: Tensor | None, key_padding_mask: Tensor | None, batch: int, heads: int, length: int, keys: int
) -> Tensor | None:
    """Both masks as one to add to scores (N, heads, L, S); None where there is neither."""
    if attn_mask is not None:
        shapes = ((length, keys), (batch * heads, length, keys))
        if attn_mask.array.shape not in shapes:
            raise RuntimeError(
                f"The shape of the attn_mask is {list(attn_mask.shape)}, but should be {shapes[0]} or "
                f"{shapes[1]}."
            )
        attn_mask = ops.reshape(
            attn_mask, shape=(1, 1, length, keys) if attn_mask.ndim == 2 else (batch, heads, length, keys)
        )
    if key_padding_mask is None:
        return attn_mask
    if key_padding_mask.array.shape != (batch, keys):
        raise AssertionError(
            f"expecting key_padding_mask shape of {(batch, keys)}, but got {tuple(key_padding_mask.shape)}"
        )
    padding = ops.reshape(key_padding_mask, shape=(batch, 1, 1, keys))
    return padding if attn_mask is None else attn_mask + padding


def _apart(*weights: Tensor | None) -> list[Tensor]:
    """The three weights of separate projections, all of which must be given."""
    given = [weight for weight in weights if weight is not None]
    assert len(given) == 3, "use_separate_proj_weight wants q_proj_weight, k_proj_weight and v_proj_weight"
    return given


def _static(name: str, given: Tensor | None, extra: Tensor | None, computed: Tensor) -> Tensor:
    """Keys or values of all heads: (N * heads, S, E / heads) where they are given, else the computed ones."""
    if given is None:
        return computed
    if extra is not None:
        raise AssertionError(f"bias cannot be added to static {name}.")
    batch, heads, _, size = computed.array.shape
    short = f"static_{name[0]}"
    for axis, wanted in ((0, batch * heads), (2, size)):
        if given.array.shape[axis] != wanted:
            raise AssertionError(
                f"expecting {short}.size({axis}) of {wanted}, but got {given.array.shape[axis]}"
            )
    return ops.reshape(given, shape=(computed.array.shape[0], heads, *given.array.shape[1:]))


@composition(half="same")
def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention of several heads, each over its own part of the projections: (L, N, E), keys and values (S,
    N, E), or without N.

    Returns the output (L, N, E) and, with ``need_weights``, the weights (N, L, S), averaged over the heads or
    (N, heads, L, S). Boolean masks are true where a key is hidden. ``is_causal`` is a hint: the mask itself
    must be given.
    """
    was_batched = query.ndim == 3
    _check_attention(query, key, value, embed_dim_to_check, num_heads, key_padding_mask, attn_mask, is_causal)
    _check_key_and_value(key, value, apart=use_separate_proj_weight)
    if not was_batched:
        query, key, value = _as_batch(query, key, value)
        key_padding_mask = None if key_padding_mask is None else ops.reshape(key_padding_mask, shape=(1, -1))
    attn_mask, key_padding_mask = _as_numbers(attn_mask, query), _as_numbers(key_padding_mask, query)
    length, batch, size = query.array.shape
    apart = _apart(q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else None
    projections = _projected(query, key, value, in_proj_weight, apart, in_proj_bias)
    q, k, v = (_heads(x, batch, num_heads) for x in projections)
    if (bias_k is None) != (bias_v is None):
        raise AssertionError("bias_k and bias_v must both be given, or neither")
    k, v = _static("key", static_k, bias_k, k), _static("value", static_v, bias_v, v)
    extras = [(bias_k, bias_v)] * (bias_k is not None) + [(None, None)] * bool(add_zero_attn)
    for extra_k, extra_v in extras:
        k, v = _longer(k, extra_k), _longer(v, extra_v)
    attn_mask, key_padding_mask = _open(attn_mask, len(extras)), _open(key_padding_mask, len(extras))
    mask = _whole_mask(attn_mask, key_padding_mask, batch, num_heads, length, k.array.shape[2])
    scores = _masked((q * (1 / math.sqrt(size // num_heads))) @ ops.swap_last(k), mask)
    weights = dropout(_softmax(scores, safe=not need_weights), dropout_p, training)
    joined = ops.reshape(ops.transpose(weights @ v, axes=(2, 0, 1, 3)), shape=(length * batch, size))
    projected = linear(joined, out_proj_weight, out_proj_bias)
    output = ops.reshape(projected, shape=(length, batch, projected.array.shape[1]))
    averaged = ops.mean(weights, axis=1) if need_weights and average_attn_weights else weights
    shown = averaged if need_weights else None
    if not was_batched:
        output = ops.reshape(output, shape=(length, output.array.shape[2]))
        shown = None if shown is None else ops.reshape(shown, shape=shown.array.shape[1:])
    return output, shown
