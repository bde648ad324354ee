"""Random numbers: those of PyTorch's CPU generator, after the same seed."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from tests.recorded import pytorch

SIZES = (0, 1, 2, 7, 15, 16, 17, 31, 32, 100, 1000)
FLOATS = ("float32", "float64", "float16")
INTEGERS = ("int64", "int32", "int16", "int8", "uint8")


def intel_draws() -> bool:
    """Whether this PyTorch takes bernoulli_(p) and exponential_ from MKL, as it does on Intel processors."""
    torch = pytorch.library
    if torch is None:
        return False
    torch.manual_seed(0)
    torch.empty(5).bernoulli_(0.5)
    after = torch.rand(1)
    torch.manual_seed(0)
    return bool(after != torch.rand(11)[10])


def same_after(seed: int, draw: Callable[..., Any], *args: Any, tolerance: float = 0.0) -> None:
    """Three draws in a row, ``draw(library, *args)``, give the same and leave the generators in the same
    state."""

    def drawn(t: Any) -> tuple[list[Any], Any]:
        t.manual_seed(seed)
        return [draw(t, *args).numpy() for _ in range(3)], t.get_rng_state()

    pytorch.gives(drawn(ac), drawn, rtol=tolerance, atol=tolerance)


@pytest.mark.quick_share(3)
@pytest.mark.parametrize("seed", [0, 42, 2**31, 2**32 + 5, -3, 2**63])
@pytest.mark.parametrize("dtype", FLOATS)
def test_continuous(seed: int, dtype: str) -> None:
    rounding = 1e-15 if dtype == "float64" else 0.0
    for n in SIZES:
        same_after(seed, lambda t, n: t.rand(n, dtype=getattr(t, dtype)), n)
        same_after(seed, lambda t, n: t.empty(n, dtype=getattr(t, dtype)).uniform_(-0.3, 0.7), n)
        same_after(seed, lambda t, n: t.randn(n, dtype=getattr(t, dtype)), n, tolerance=rounding)
        same_after(
            seed, lambda t, n: t.empty(n, dtype=getattr(t, dtype)).normal_(0.3, 0.1), n, tolerance=rounding
        )


def test_many_normal_numbers() -> None:
    same_after(8, lambda t: t.randn(70_003))


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
def test_integers(dtype: str) -> None:
    for n in SIZES:
        same_after(3, lambda t, n: t.randint(3, 103, (n,), dtype=getattr(t, dtype)), n)
        same_after(3, lambda t, n: t.empty(n, dtype=getattr(t, dtype)).random_(), n)
        same_after(3, lambda t, n: t.empty(n, dtype=getattr(t, dtype)).random_(50), n)


@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 2**27), (0, 2**28), (-5, 2**28), (0, 2**31), (-(2**62), 2**62), (-(2**63), 2**63 - 1)],
)
def test_wide_ranges(low: int, high: int) -> None:
    same_after(1, lambda t: t.randint(low, high, (50,)))


@pytest.mark.parametrize("n", SIZES)
def test_randperm(n: int) -> None:
    same_after(5, lambda t: t.randperm(n))


@pytest.mark.parametrize("dtype", FLOATS)
def test_bernoulli_of_probabilities(dtype: str) -> None:
    for n in SIZES:
        p = np.linspace(0, 1, n).astype(dtype)
        same_after(6, lambda t, p: t.bernoulli(t.from_numpy(p)), p)
        same_after(6, lambda t, p: t.empty(len(p)).bernoulli_(t.from_numpy(p)), p)


@pytest.mark.skipif(intel_draws(), reason="on Intel processors PyTorch takes these from MKL's generator")
@pytest.mark.parametrize("dtype", FLOATS)
def test_bernoulli_and_exponential(dtype: str) -> None:
    for n in SIZES:
        same_after(6, lambda t, n: t.empty(n, dtype=getattr(t, dtype)).bernoulli_(0.3), n)
        same_after(6, lambda t, n: t.empty(n, dtype=getattr(t, dtype)).exponential_(0.7), n, tolerance=1e-15)


@pytest.mark.skipif(intel_draws(), reason="on Intel processors PyTorch takes these from MKL's generator")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_multinomial(dtype: str) -> None:
    weights = np.random.default_rng(0).random((4, 9)).astype(dtype)
    weights[1, 3:5] = 0
    for w in (weights, weights[0]):
        for count in (1, 3, 7):
            same_after(2, lambda t, w, count: t.multinomial(t.from_numpy(w), count), w, count)
        same_after(2, lambda t, w: t.multinomial(t.from_numpy(w), 40, True), w)


def test_normal_of_tensors() -> None:
    mean, std = np.arange(20, dtype=np.float32), np.linspace(0.1, 2, 20, dtype=np.float32)
    same_after(0, lambda t: t.normal(t.from_numpy(mean), t.from_numpy(std)), tolerance=1e-6)
    same_after(0, lambda t: t.normal(t.from_numpy(mean), 2.0), tolerance=1e-6)
    same_after(0, lambda t: t.normal(2.0, t.from_numpy(std)), tolerance=1e-6)
    same_after(0, lambda t: t.normal(1.0, 2.0, (4, 5)))


@pytest.mark.parametrize("fill", ["uniform_", "normal_", "random_"])
def test_noncontiguous_memory_is_filled_in_its_own_order(fill: str) -> None:
    same_after(9, lambda t: getattr(t.empty(6, 5, 4).permute(2, 0, 1), fill)().contiguous())


def test_generators_are_independent_of_the_default_one() -> None:
    ac.manual_seed(0)
    expected = ac.rand(4).tolist()
    ac.manual_seed(0)
    g = ac.Generator().manual_seed(7)
    drawn = ac.rand(3, generator=g)
    assert ac.rand(4).tolist() == expected
    pytorch.gives(drawn, lambda t: t.rand(3, generator=t.Generator().manual_seed(7)))
    assert g.initial_seed() == 7
    assert ac.Generator().initial_seed() == pytorch(lambda t: t.Generator().initial_seed())


def test_state_moves_between_the_libraries() -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(11)
    torch.randn(5)
    torch.rand(700)
    ac.set_rng_state(ac.from_numpy(torch.get_rng_state().numpy()))
    assert ac.randn(7).tolist() == torch.randn(7).tolist()
    torch.set_rng_state(torch.from_numpy(ac.get_rng_state().numpy()))
    assert ac.randn(3).tolist() == torch.randn(3).tolist()


def test_state_can_be_kept_and_set_again() -> None:
    g = ac.Generator().manual_seed(1)
    ac.randn(3, generator=g)
    state, clone = g.get_state(), g.clone_state()
    first = ac.randn(3, generator=g).tolist()
    assert ac.randn(3, generator=clone).tolist() == first
    g.set_state(state)
    assert ac.randn(3, generator=g).tolist() == first
    with pytest.raises(RuntimeError, match="size 5056"):
        g.set_state(state[:100])
    with pytest.raises(TypeError, match="ByteTensor"):
        g.set_state(ac.zeros(5056))


def test_seed_is_not_foreseeable() -> None:
    assert ac.seed() != ac.seed()
    assert ac.initial_seed() == ac.default_generator.initial_seed()
    with pytest.raises(ValueError, match="Overflow"):
        ac.manual_seed(2**64)


CASES: list[tuple[str, Callable[[Any], Any]]] = [
    ("empty range", lambda t: t.randint(3, 3, (2,))),
    ("std below zero", lambda t: t.empty(2).normal_(0, -1)),
    ("range upside down", lambda t: t.empty(2).uniform_(1, 0)),
    ("integers have no uniform", lambda t: t.zeros(2, dtype=t.int64).uniform_()),
    ("integers have no normal", lambda t: t.rand(2, dtype=t.int64)),
    ("rate zero", lambda t: t.empty(2).exponential_(0)),
    ("p above one", lambda t: t.empty(2).bernoulli_(2)),
    ("probability above one", lambda t: t.bernoulli(t.tensor([2.0]))),
    ("more than there are", lambda t: t.multinomial(t.ones(2), 3)),
    ("no weight at all", lambda t: t.multinomial(t.zeros(2), 1)),
    ("negative weight", lambda t: t.multinomial(t.tensor([1.0, -1.0]), 1)),
    ("negative n", lambda t: t.randperm(-1)),
    ("more than bytes count", lambda t: t.randperm(300, dtype=t.uint8)),
    ("more than half precision counts", lambda t: t.randperm(3000, dtype=t.float16)),
    ("truth in order", lambda t: t.randperm(2, dtype=t.bool)),
    ("above the bytes", lambda t: t.randint(0, 300, (2,), dtype=t.uint8)),
    ("below the bytes", lambda t: t.randint(-5, 3, (2,), dtype=t.uint8)),
    ("above true", lambda t: t.randint(0, 3, (2,), dtype=t.bool)),
    ("above half precision", lambda t: t.randint(0, 70000, (2,), dtype=t.float16)),
    ("above the bytes, like", lambda t: t.randint_like(t.zeros(2, dtype=t.int8), 200)),
    ("above the bytes, in place", lambda t: t.zeros(2, dtype=t.uint8).random_(0, 300)),
    ("negative weight of a sampler", lambda t: list(t.utils.data.WeightedRandomSampler([-1.0, 1.0], 3))),
    ("no weight of a sampler", lambda t: list(t.utils.data.WeightedRandomSampler([0.0, 0.0], 3))),
    ("more than a sampler has", lambda t: list(t.utils.data.WeightedRandomSampler([1.0, 1.0], 3, False))),
    ("dropout of integers", lambda t: t.nn.functional.dropout(t.ones(3, dtype=t.int64))),
    ("dropout of integer channels", lambda t: t.nn.functional.dropout2d(t.ones(1, 2, 3, 3, dtype=t.int64))),
    (
        "alpha dropout of integers",
        lambda t: t.nn.functional.alpha_dropout(t.ones(3, dtype=t.int64), training=True),
    ),
    ("rrelu of integers", lambda t: t.nn.functional.rrelu(t.ones(3, dtype=t.int64), training=True)),
    ("gumbel_softmax along no axis", lambda t: t.nn.functional.gumbel_softmax(t.zeros(2, 3), dim=2)),
    ("negative size", lambda t: t.rand(-1)),
]


@pytest.mark.parametrize(("what", "call"), CASES, ids=[what for what, _ in CASES])
def test_errors_are_pytorchs(what: str, call: Callable[[Any], Any]) -> None:
    with pytest.raises(Exception, match=r".") as theirs:
        pytorch(call)
    before = ac.get_rng_state().numpy()
    with pytest.raises(type(theirs.value)):
        call(ac)
    np.testing.assert_array_equal(ac.get_rng_state().numpy(), before)


def test_fork_rng_leaves_the_numbers_that_follow_alone() -> None:
    ac.manual_seed(3)
    expected = ac.rand(2).tolist()
    ac.manual_seed(3)
    with ac.random.fork_rng():
        ac.manual_seed(99)
        ac.randn(5)
    assert ac.rand(2).tolist() == expected


def test_generators_can_be_sent_to_another_process() -> None:
    g = ac.Generator().manual_seed(5)
    ac.randn(1, generator=g)
    sent = pickle.loads(pickle.dumps(g))
    assert ac.randn(3, generator=sent).tolist() == ac.randn(3, generator=g).tolist()
