"""What programs ask to be true."""

import pytest

import autograd_cnn as ag

FALSE = ag.tensor([True, False])


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: ag._assert(False, "no"), AssertionError, "no"),
        (lambda: ag._assert(ag.tensor(0.0), "no"), AssertionError, "no"),
        (lambda: ag._assert_async(ag.tensor(0)), RuntimeError, "single nonzero value, but got zero"),
        (lambda: ag._check(False), RuntimeError, "Expected cond to be True, but got False"),
        (lambda: ag._check(1 > 2, lambda: "one"), RuntimeError, "one"),
        (lambda: ag._check(True, "one"), TypeError, "message must be a callable"),
        (lambda: ag._check(ag.tensor(True)), TypeError, "use torch._check_tensor_all"),
        (lambda: ag._check_index(False), IndexError, "cond"),
        (lambda: ag._check_value(False), ValueError, "cond"),
        (lambda: ag._check_type(False), TypeError, "cond"),
        (lambda: ag._check_not_implemented(False), NotImplementedError, "cond"),
        (lambda: ag._check_is_size(-1), RuntimeError, "cond"),
        (lambda: ag._check_is_size(5, max=4), RuntimeError, "cond"),
        (lambda: ag._check_tensor_all(FALSE), RuntimeError, "cond"),
        (lambda: ag._check_tensor_all(ag.ones(1)), TypeError, r"dtype torch\.bool"),
    ],
)
def test_what_is_not_true_is_an_error(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_what_is_true_passes():
    ag._assert(ag.tensor(1.0), "no")
    ag._assert_async(ag.tensor([2]))
    ag._check(True, lambda: 1 / 0)
    ag._check_is_size(0, max=0)
    ag._check_tensor_all(~(FALSE & False))
