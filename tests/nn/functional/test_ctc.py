"""CTC beside PyTorch for any lengths: nothing heard, nothing said, more said than can have been heard."""

import numpy as np
import pytest

import autograd_cnn as ag


def case(rng):
    steps, count, classes, longest = (int(rng.integers(*ends)) for ends in ((0, 8), (1, 4), (2, 5), (0, 6)))
    said = rng.integers(0, longest + 1, count)
    targets = rng.integers(1, classes, (count, longest))
    return {
        "scores": rng.normal(size=(steps, count, classes)),
        "targets": np.concatenate([row[:n] for row, n in zip(targets, said, strict=True)])
        if rng.random() < 0.4
        else targets,
        "heard": rng.integers(0, steps + 1, count),
        "said": said,
        "as tensors": bool(rng.integers(2)),
        "options": {
            "reduction": str(rng.choice(["none", "mean", "sum"])),
            "zero_infinity": bool(rng.integers(2)),
        },
    }


def run(m, given):
    scores = m.tensor(given["scores"], requires_grad=True)
    lengths = [
        m.tensor(given[name]) if given["as tensors"] else tuple(map(int, given[name]))
        for name in ("heard", "said")
    ]
    losses = m.nn.functional.ctc_loss(
        scores.log_softmax(2), m.tensor(given["targets"].astype(np.int64)), *lengths, **given["options"]
    )
    losses.sum().backward()
    return losses.detach().numpy(), scores.grad.numpy()


@pytest.mark.parametrize("seeds", [range(60), pytest.param(range(60, 600), marks=pytest.mark.slow)])
def test_any_lengths(seeds):
    torch = pytest.importorskip("torch")
    for seed in seeds:
        given = case(np.random.default_rng(seed))
        try:
            expected, slope = run(torch, given)
        except RuntimeError:
            with pytest.raises(RuntimeError):
                run(ag, given)
            continue
        losses, gradient = run(ag, given)
        np.testing.assert_allclose(losses, expected, rtol=1e-9, atol=1e-12, err_msg=str(given))
        # Of a target that can't be spelt the loss is infinite whatever the scores: NaN there, 0 here.
        np.testing.assert_allclose(gradient, np.nan_to_num(slope), rtol=1e-7, atol=1e-9, err_msg=str(given))
