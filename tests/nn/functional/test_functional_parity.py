"""Every function of nn.functional beside PyTorch's: values, shapes, dtypes, gradients and gradients of
gradients."""

import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_cnn as ag
from tests.recorded import pytorch

rng = np.random.default_rng(0)


class Row(NamedTuple):
    """One call: the function's name, its operands (real arrays get gradients) and its options."""

    name: str
    operands: tuple[Any, ...]
    options: dict[str, Any]
    order: int = 2
    """Up to which derivative PyTorch has it."""

    def __str__(self) -> str:
        shapes = "-".join("x".join(map(str, np.shape(a))) or "scalar" for a in self.operands)
        options = "-".join(f"{k}={v}" for k, v in self.options.items() if not hasattr(v, "shape"))
        return f"{self.name}-{shapes}-{options}"


def real(*shape: int) -> Any:
    return rng.normal(size=shape) * 1.5


def unit(*shape: int) -> Any:
    return rng.uniform(0.05, 0.95, shape)


def signs(*shape: int) -> Any:
    return rng.choice([-1, 1], shape)


class Fixed(NamedTuple):
    """An operand that gets no gradient."""

    array: Any


def labels(count: int, *shape: int) -> Any:
    return rng.integers(0, count, shape)


def distinct(*shape: int) -> Any:
    return (rng.permutation(int(np.prod(shape))).reshape(shape) - 3.0) * 0.37


def log_probabilities(*shape: int) -> Any:
    x = real(*shape)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def row(name: str, *operands: Any, order: int = 2, **options: Any) -> Row:
    return Row(name, operands, options, order)


ACTIVATIONS = [
    *(
        row(name, real(3, 4))
        for name in (
            "elu",
            "selu",
            "celu",
            "gelu",
            "silu",
            "mish",
            "softplus",
            "softsign",
            "hardtanh",
            "hardswish",
        )
    ),
    *(
        row(name, real(3, 4))
        for name in (
            "hardshrink",
            "softshrink",
            "tanhshrink",
            "relu6",
            "logsigmoid",
            "relu",
            "leaky_relu",
            "sigmoid",
            "tanh",
            "rrelu",
        )
    ),
    *(
        row(name, np.array([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0]), order=1)
        for name in (
            "elu",
            "hardtanh",
            "hardsigmoid",
            "hardswish",
            "hardshrink",
            "softshrink",
            "relu6",
            "softplus",
            "logsigmoid",
        )
    ),
    *(
        row(name, np.array([-800.0, -40.0, 40.0, 800.0]))
        for name in ("elu", "celu", "selu", "silu", "softplus", "logsigmoid")
    ),
    row("hardsigmoid", real(3, 4), order=1),
    row("elu", real(3, 4), alpha=0.7),
    row("celu", real(3, 4), alpha=0.7),
    row("gelu", real(3, 4), approximate="tanh"),
    row("softplus", real(3, 4), beta=2.0, threshold=1.5),
    row("hardtanh", real(3, 4), min_val=-0.5, max_val=0.8),
    row("hardshrink", real(3, 4), lambd=0.9),
    row("softshrink", real(3, 4), lambd=0.9),
    row("threshold", real(3, 4), threshold=0.3, value=-2.0),
    row("glu", real(3, 4)),
    row("glu", real(4, 3), dim=0),
    row("softmin", real(3, 4), dim=1),
    row("softmax", real(3, 4), dim=-2),
    row("log_softmax", real(3, 4), dim=0),
    row("prelu", real(2, 3, 4), unit(3)),
    row("prelu", real(2, 3), unit(1)),
]

TABLES = [
    row("bilinear", real(4, 3), real(4, 2), real(5, 3, 2), real(5)),
    row("bilinear", real(2, 4, 3), real(2, 4, 2), real(5, 3, 2)),
    row("embedding", labels(6, 2, 3), real(6, 4)),
    row("embedding", np.array([[0, 2, 2], [5, 0, 1]]), real(6, 4), padding_idx=2),
    row("embedding", np.array([[0, 2, 2], [5, 0, 1]]), real(6, 4), padding_idx=-1),
    row("embedding", np.array([0, 2, 2]), real(6, 4), scale_grad_by_freq=True, order=1),
    row("embedding", np.array(3), real(6, 4)),
    row("one_hot", labels(4, 2, 3), num_classes=5),
    row("one_hot", np.array([0, 2])),
    *(
        row("embedding_bag", labels(6, 3, 2), real(6, 4), mode=mode, order=1)
        for mode in ("sum", "mean", "max")
    ),
    *(
        row("embedding_bag", labels(6, 7), real(6, 4), np.array([0, 3, 3, 5]), mode=mode, order=1)
        for mode in ("sum", "mean", "max")
    ),
    row(
        "embedding_bag",
        np.array([0, 2, 2, 1]),
        real(6, 4),
        np.array([0, 1, 4]),
        mode="mean",
        padding_idx=2,
        include_last_offset=True,
        order=1,
    ),
    row("unfold", real(2, 3, 5, 6), kernel_size=(3, 2), padding=1, stride=(2, 1), dilation=(1, 2)),
    row("unfold", real(3, 5, 6), kernel_size=2),
    row("fold", real(2, 12, 20), output_size=(5, 6), kernel_size=2),
    row("fold", real(12, 12), output_size=(5, 7), kernel_size=2, padding=1, stride=2),
    row("pixel_shuffle", real(2, 8, 2, 3), upscale_factor=2),
    row("pixel_unshuffle", real(2, 2, 4, 6), downscale_factor=2),
    row("channel_shuffle", real(2, 6, 2, 3), groups=3),
]

POOLING = [
    *(row(f"avg_pool{n}d", real(2, 2, *(6, 7, 5)[:n]), kernel_size=2) for n in (1, 2, 3)),
    *(row(f"max_pool{n}d", distinct(2, 2, *(6, 7, 5)[:n]), kernel_size=2) for n in (1, 2, 3)),
    *(
        row(
            f"max_pool{n}d",
            distinct(2, 2, *(6, 7, 5)[:n]),
            kernel_size=3,
            stride=2,
            padding=1,
            return_indices=True,
        )
        for n in (1, 2, 3)
    ),
    row("max_pool2d", distinct(1, 2, 8, 9), kernel_size=3, stride=2, padding=1, dilation=2),
    *(row(f"adaptive_avg_pool{n}d", real(2, 3, *(7, 6, 5)[:n]), output_size=3) for n in (1, 2, 3)),
    row("adaptive_avg_pool2d", real(3, 7, 6), output_size=(None, 4)),
    row("adaptive_avg_pool2d", real(2, 3, 4, 4), output_size=(1, 1)),
    row("adaptive_avg_pool2d", real(2, 3, 4, 4), output_size=6),
    *(
        row(f"adaptive_max_pool{n}d", distinct(2, 2, *(7, 6, 5)[:n]), output_size=3, return_indices=True)
        for n in (1, 2, 3)
    ),
    row("adaptive_max_pool2d", distinct(3, 7, 6), output_size=(4, None)),
    *(row(f"lp_pool{n}d", unit(2, 2, *(6, 7, 5)[:n]), norm_type=2.0, kernel_size=2) for n in (1, 2, 3)),
    row("lp_pool2d", unit(2, 2, 6, 7), norm_type=3.0, kernel_size=(3, 2), stride=2, ceil_mode=True),
    row("max_unpool1d", real(1, 2, 3), np.array([[[0, 3, 4], [1, 2, 5]]]), kernel_size=2),
    row("max_unpool2d", real(1, 1, 2, 2), np.array([[[[0, 3], [9, 14]]]]), kernel_size=2),
    row("max_unpool2d", real(1, 2, 2), np.array([[[0, 3], [9, 14]]]), kernel_size=2, output_size=(5, 5)),
    row("max_unpool3d", real(1, 1, 1, 2, 2), np.array([[[[[0, 3], [9, 30]]]]]), kernel_size=2),
]

NORMALIZATION = [
    row("layer_norm", real(2, 3, 4), (4,), real(4), real(4)),
    row("layer_norm", real(2, 3, 4), (3, 4)),
    row("layer_norm", real(2, 3, 4), (3, 4), real(3, 4), None, 1e-3),
    row("rms_norm", real(2, 3, 4), (4,), real(4)),
    row("rms_norm", real(2, 3, 4), (3, 4), None, 1e-3),
    row("group_norm", real(2, 6, 4, 3), 3, real(6), real(6)),
    row("group_norm", real(2, 6), 2),
    row("instance_norm", real(2, 3, 5)),
    row("instance_norm", real(2, 3, 4, 5), None, None, real(3), real(3)),
    row("instance_norm", real(2, 3, 4, 5), Fixed(real(3)), Fixed(unit(3)), use_input_stats=False, order=1),
    row("local_response_norm", real(2, 6, 4, 3), size=3),
    row("local_response_norm", real(2, 6, 4), size=4, alpha=0.5, beta=0.6, k=2.0),
    *(
        row("batch_norm", real(4, 3, *rest), None, None, real(3), real(3), training=True)
        for rest in ((), (5,), (2, 3), (2, 2, 2))
    ),
    row("normalize", real(3, 4)),
    row("normalize", real(3, 4), p=3.0, dim=0),
    row("cosine_similarity", real(3, 4), real(3, 4)),
    row("cosine_similarity", real(3, 1, 4), real(5, 4), dim=-1),
    row("pairwise_distance", real(3, 4), real(3, 4)),
    row("pairwise_distance", real(3, 4), real(3, 4), p=1.0, keepdim=True),
    row("cdist", real(3, 4), real(5, 4), order=1),
    row("cdist", real(2, 3, 4), real(2, 5, 4), p=1.0, order=1),
    row("cdist", real(3, 4), real(5, 4), p=3.0, order=1),
    row("pdist", real(4, 3), order=1),
]


def losses(name: str, *operands: Any, order: int = 2, **options: Any) -> list[Row]:
    return [
        row(name, *operands, order=order, reduction=reduction, **options)
        for reduction in ("mean", "sum", "none")
    ]


LOSSES = [
    *losses("l1_loss", real(3, 4), real(3, 4)),
    *losses("mse_loss", real(3, 4), real(3, 4)),
    *losses("smooth_l1_loss", real(3, 4), real(3, 4)),
    *losses("smooth_l1_loss", real(3, 4), real(3, 4), beta=0.5),
    *losses("huber_loss", real(3, 4), real(3, 4)),
    *losses("huber_loss", real(3, 4), real(3, 4), delta=0.5),
    *losses("binary_cross_entropy", unit(3, 4), unit(3, 4)),
    *losses("binary_cross_entropy", unit(3, 4), unit(3, 4), Fixed(unit(4))),
    row("binary_cross_entropy", np.array([0.25, 1.0, 0.0, 0.75]), np.array([0.0, 0.0, 1.0, 1.0]), order=1),
    *losses("binary_cross_entropy_with_logits", real(3, 4), unit(3, 4)),
    *losses("binary_cross_entropy_with_logits", real(3, 4), unit(3, 4), Fixed(unit(3, 4))),
    row("binary_cross_entropy_with_logits", real(3, 4), unit(3, 4), None, None, None, "mean", Fixed(unit(4))),
    *losses("kl_div", real(3, 4), unit(3, 4)),
    *losses("kl_div", real(3, 4), real(3, 4), log_target=True),
    row("kl_div", real(3, 4), unit(3, 4), reduction="batchmean"),
    *losses("poisson_nll_loss", real(3, 4), unit(3, 4) * 5),
    *losses("poisson_nll_loss", unit(3, 4), unit(3, 4) * 5, log_input=False, full=True),
    *losses("gaussian_nll_loss", real(3, 4), real(3, 4), unit(3, 4)),
    *losses("gaussian_nll_loss", real(3, 4), real(3, 4), unit(3, 1), full=True),
    *losses("hinge_embedding_loss", real(3, 4), signs(3, 4)),
    *losses("margin_ranking_loss", real(4), real(4), signs(4), margin=0.3),
    *losses("multi_margin_loss", real(3, 4), labels(4, 3), order=1),
    *losses("multi_margin_loss", real(3, 4), labels(4, 3), 2, 0.8, Fixed(unit(4)), order=1),
    *losses("multilabel_margin_loss", real(2, 4), np.array([[3, 0, -1, 1], [1, -1, -1, -1]]), order=1),
    *losses("multilabel_soft_margin_loss", real(3, 4), labels(2, 3, 4).astype(float)),
    *losses("soft_margin_loss", real(3, 4), Fixed(signs(3, 4))),
    *losses("cosine_embedding_loss", real(3, 4), real(3, 4), signs(3), margin=0.1),
    *losses("triplet_margin_loss", real(3, 4), real(3, 4), real(3, 4)),
    *losses("triplet_margin_loss", real(3, 4), real(3, 4), real(3, 4), p=1.0, swap=True),
    *losses("triplet_margin_with_distance_loss", real(3, 4), real(3, 4), real(3, 4), swap=True),
    *losses("nll_loss", log_probabilities(2, 5, 3).swapaxes(1, 2), labels(3, 2, 5)),
    *losses("cross_entropy", real(2, 3, 4, 5), labels(3, 2, 4, 5), Fixed(unit(3)), label_smoothing=0.1),
    *losses(
        "ctc_loss", log_probabilities(7, 2, 4), np.array([[1, 2, 2], [3, 1, 0]]), (7, 6), (3, 2), order=1
    ),
    *losses(
        "ctc_loss",
        log_probabilities(7, 2, 4),
        np.array([1, 2, 2, 3, 1]),
        np.array([7, 6]),
        np.array([3, 2]),
        order=1,
    ),
    *losses(
        "ctc_loss",
        log_probabilities(2, 2, 4),
        np.array([[1, 2, 2], [3, 1, 0]]),
        (2, 2),
        (3, 2),
        order=1,
        zero_infinity=True,
    ),
    row("ctc_loss", log_probabilities(6, 4), np.array([1, 3]), np.array(6), np.array(2), blank=2, order=1),
]

IMAGES = [
    *(row("interpolate", real(2, 2, *(5, 4, 3)[:n]), scale_factor=2) for n in (1, 2, 3)),
    row("interpolate", real(2, 2, 5, 4), size=(7, 3)),
    row("interpolate", real(2, 2, 5, 4), size=(7, 3), mode="nearest-exact"),
    row("interpolate", real(2, 2, 5, 4), scale_factor=(1.7, 0.6), mode="nearest"),
    *(row("interpolate", real(2, 2, *(5, 4, 3)[:n]), size=(7, 3, 4)[:n], mode="area") for n in (1, 2, 3)),
    *(
        row(
            "interpolate",
            real(2, 2, *(5, 4, 3)[: (n if n < 4 else 2)]),
            size=(7, 3, 4)[: (n if n < 4 else 2)],
            mode=mode,
            align_corners=align,
        )
        for n, mode in ((1, "linear"), (2, "bilinear"), (3, "trilinear"), (4, "bicubic"))
        for align in (True, False)
    ),
    row("interpolate", real(1, 2, 5, 4), scale_factor=1.7, mode="bilinear"),
    row("interpolate", real(1, 2, 5, 4), scale_factor=1.7, mode="bilinear", recompute_scale_factor=True),
    row("interpolate", real(1, 2, 5, 4), scale_factor=0.6, mode="bicubic"),
    row("interpolate", real(1, 2, 9, 8), size=(4, 5), mode="bilinear", antialias=True),
    row("interpolate", real(1, 2, 9, 8), size=(4, 12), mode="bicubic", antialias=True),
    row("affine_grid", real(2, 2, 3), (2, 3, 4, 5), align_corners=True),
    row("affine_grid", real(2, 2, 3), (2, 3, 4, 1), align_corners=False),
    row("affine_grid", real(2, 3, 4), (2, 3, 4, 2, 3), align_corners=False),
    *(
        row(
            "grid_sample",
            real(2, 3, 4, 5),
            rng.uniform(-1.6, 1.6, (2, 3, 2, 2)),
            mode=mode,
            padding_mode=padding,
            align_corners=align,
            order=2 if mode == "bilinear" else 1,
        )
        for mode in ("bilinear", "nearest", "bicubic")
        for padding in ("zeros", "border", "reflection")
        for align in (True, False)
    ),
    *(
        row(
            "grid_sample",
            real(2, 2, 3, 4, 5),
            rng.uniform(-1.6, 1.6, (2, 2, 3, 2, 3)),
            mode=mode,
            align_corners=False,
            order=1,
        )
        for mode in ("bilinear", "nearest")
    ),
]

ATTENTION = [
    row("scaled_dot_product_attention", real(2, 3, 4, 5), real(2, 3, 6, 5), real(2, 3, 6, 7)),
    row("scaled_dot_product_attention", real(2, 4, 5), real(2, 4, 5), real(2, 4, 5), is_causal=True),
    row(
        "scaled_dot_product_attention", real(2, 4, 5), real(2, 6, 5), real(2, 6, 5), rng.random((4, 6)) > 0.4
    ),
    row(
        "scaled_dot_product_attention",
        real(2, 2, 5),
        real(2, 3, 5),
        real(2, 3, 5),
        np.array([[True, False, True], [False, False, False]]),
    ),
    row("scaled_dot_product_attention", real(2, 4, 5), real(2, 6, 5), real(2, 6, 5), real(4, 6), scale=0.3),
    row(
        "scaled_dot_product_attention",
        real(2, 4, 3, 5),
        real(2, 2, 6, 5),
        real(2, 2, 6, 5),
        enable_gqa=True,
        order=1,
    ),
]

ROUGH = ("celu", "hardsigmoid")
"""PyTorch takes 1/alpha and 1/6 in single precision in the gradients of these, also for doubles."""

ROWS = ACTIVATIONS + TABLES + POOLING + NORMALIZATION + LOSSES + IMAGES + ATTENTION


def run(library: Any, case: Row, dtype: str) -> tuple[list[Any], list[Any]]:
    """The results of the call, and its gradients of first and second order."""
    functional = library.nn.functional
    operands = [
        a.astype(dtype) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in case.operands
    ]
    tensors = [
        library.tensor(a)
        if isinstance(a, np.ndarray)
        else library.tensor(a.array.astype(dtype))
        if isinstance(a, Fixed)
        else a
        for a in operands
    ]
    pairs = zip(operands, tensors, strict=True)
    leaves = [t.requires_grad_() for a, t in pairs if isinstance(a, np.ndarray) and t.is_floating_point()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = (getattr(functional, case.name, None) or getattr(library, case.name))(*tensors, **case.options)
    results = list(out) if isinstance(out, tuple) else [out]
    derivatives: list[Any] = []
    level = results[:1] if results[0].requires_grad else []
    for order in range(1, case.order + 1):
        parts = [x for x in level if x is not None and x.requires_grad]
        upstream = [
            library.tensor(np.random.default_rng(order * 10 + i).normal(size=tuple(x.shape)).astype(dtype))
            for i, x in enumerate(parts)
        ]
        more = order < case.order
        level = [None] * len(leaves)
        if parts:
            level = list(library.autograd.grad(parts, leaves, upstream, create_graph=more, allow_unused=True))
        derivatives += [
            np.zeros(tuple(leaf.shape), dtype) if g is None else g
            for g, leaf in zip(level, leaves, strict=True)
        ]
    return results, derivatives


def check(case: Row, dtype: str) -> None:
    tolerance = 2e-3 if dtype == "float32" else 1e-7 if case.name in ROUGH else 1e-9
    pytorch.gives(run(ag, case, dtype), run, case, dtype, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("case", ROWS, ids=str)
def test_function_is_pytorchs(case: Row) -> None:
    check(case, "float64")


@pytest.mark.slow
@pytest.mark.parametrize("case", ROWS, ids=str)
def test_function_keeps_float32(case: Row) -> None:
    check(case, "float32")


inf, nan = np.inf, np.nan
FAR = np.array([0.5, -inf, 2.0, inf, -1e4, nan, 1e4, 0.0])
AT_EDGES = [
    row("smooth_l1_loss", FAR, np.zeros(8), reduction="none", order=1),
    row("huber_loss", FAR, np.zeros(8), reduction="none", order=1),
    row("prelu", FAR.reshape(1, 8), unit(1), order=1),
    row("lp_pool1d", np.array([[[0.0, 0.0, 3.0, -4.0, 0.0, 0.0]]]), norm_type=2.0, kernel_size=2, order=1),
    row("lp_pool2d", np.zeros((1, 1, 4, 4)), norm_type=3.0, kernel_size=2, order=1),
    row("adaptive_avg_pool1d", FAR[None, :7], output_size=3, order=1),
    row("adaptive_avg_pool2d", FAR[:6].reshape(1, 2, 3), output_size=(2, 2), order=1),
    row("interpolate", FAR.reshape(1, 1, 8), size=3, mode="area", order=1),
    row("embedding", np.array([0, 2, 2]), np.array([[inf], [1.0], [nan]]), scale_grad_by_freq=True, order=1),
    row("ctc_loss", real(6, 2, 4) + 1e4, np.array([[1, 2], [3, 1]]), (6, 6), (2, 2), order=0),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", AT_EDGES, ids=str)
def test_edge_values_are_pytorchs(case: Row, dtype: str) -> None:
    check(case, dtype)


def test_a_pixel_that_is_not_a_number_spoils_only_the_results_that_see_it() -> None:
    x = ag.arange(10.0).reshape(1, 1, 10)
    x[0, 0, 9] = nan
    for resized in (
        ag.nn.functional.adaptive_avg_pool1d(x, 4),
        ag.nn.functional.interpolate(x, 4, mode="linear"),
    ):
        assert resized.isnan()[0, 0].tolist() == [False, False, False, True]


def test_targets_of_binary_cross_entropy_are_probabilities() -> None:
    for target in (2.0, -1.0, nan):
        with pytest.raises(RuntimeError, match="all elements of target should be between 0 and 1"):
            ag.nn.functional.binary_cross_entropy(ag.tensor([0.5]), ag.tensor([target]))


EMPTY = {
    "attention of no sequences": lambda m: m.nn.MultiheadAttention(4, 2)(*[m.zeros(3, 0, 4)] * 3)[0],
    "attention of nothing": lambda m: m.nn.MultiheadAttention(4, 2)(*[m.zeros(0, 2, 4)] * 3)[0],
    "attention of one empty sequence": lambda m: m.nn.MultiheadAttention(4, 2)(*[m.zeros(0, 4)] * 3)[0],
    "transformer": lambda m: m.nn.TransformerEncoderLayer(4, 2, 8)(m.zeros(3, 0, 4)),
    "multilabel_margin_loss": lambda m: m.nn.functional.multilabel_margin_loss(
        m.zeros(0, 4), m.zeros(0, 4).long(), reduction="none"
    ),
    "adaptive_max_pool1d": lambda m: m.nn.functional.adaptive_max_pool1d(m.zeros(2, 3, 4), 0),
    "adaptive_max_pool2d": lambda m: m.nn.functional.adaptive_max_pool2d(m.zeros(2, 3, 4, 4), (0, 2)),
    "grid_sample": lambda m: m.nn.functional.grid_sample(
        m.zeros(0, 3, 4, 4), m.zeros(0, 2, 2, 2), align_corners=False
    ),
    "batch_norm": lambda m: m.nn.functional.batch_norm(m.zeros(2, 0), m.zeros(0), m.zeros(0), training=True),
}


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_gives_nothing(name: str) -> None:
    assert EMPTY[name](ag).shape == pytorch(EMPTY[name]).shape


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 2), (2, 3, 0)], ids=str)
def test_an_empty_batch_moves_no_running_moment(shape: tuple[int, ...]) -> None:
    layers = [ag.nn.BatchNorm1d(3)] + [ag.nn.InstanceNorm1d(3, track_running_stats=True)] * (len(shape) > 2)
    for layer in layers:
        layer(ag.zeros(*shape))
        assert layer.running_mean.tolist() == [0, 0, 0]
        assert layer.running_var.tolist() == [1, 1, 1]
