"""The timer of statements."""

from autograd_cnn.utils import benchmark


def test_a_timer_runs_the_statement_as_often_as_it_says():
    calls = []
    timer = benchmark.Timer("calls.append(1)", globals={"calls": calls}, label="append")
    found = timer.timeit(10)
    assert len(calls) >= 10
    assert found.number_per_run == 10
    assert 0 < found.median < 1
    assert "append" in repr(found)
