"""The recording of what PyTorch says: answers come back as they were, and nothing wrong passes for them."""

import ast
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.recorded import HERE, RECORDINGS, VERSION, PyTorch, outcome
from tests.recording import DTYPES, assert_equal, decoded, differ, digest, encoded, sketch

MODULE = HERE / "some" / "test_module.py"
RANDOM = np.random.default_rng(0)
LARGE = RANDOM.normal(size=(20, 30))


class Told(PyTorch):
    """With a library of its own, which may be missing."""

    library: Any = None

    def __init__(self, folder: Path, library: Any = None) -> None:
        super().__init__(folder)
        self.library = library


def library(**contents: Any) -> Any:
    return SimpleNamespace(__version__=f"{VERSION}+cpu", **contents)


def run(oracle: PyTorch, test: Any, name: str = "test_it", slow: bool = False) -> None:
    """``test`` as pytest runs it."""
    oracle.begin(MODULE, name, slow)
    test(oracle)
    oracle.end()


def record(folder: Path, test: Any, theirs: Any, name: str = "test_it") -> None:
    oracle = Told(folder, theirs)
    oracle.writing = True
    run(oracle, test, name)
    oracle.write({oracle.file(MODULE): {name}}, whole=False)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (2, 3), (20, 30)], ids=str)
def test_an_array_comes_back_bit_for_bit(dtype: str, shape: tuple[int, ...]) -> None:
    for array in (RANDOM.normal(size=shape) * 50, np.round(RANDOM.normal(size=shape)), np.zeros(shape)):
        with np.errstate(invalid="ignore"):
            array = np.asarray(array).astype(dtype)
        again = decoded(json.loads(json.dumps(encoded([array, {"x": array}]))))
        for found in (again[0], again[1]["x"]):
            assert (found.dtype, found.shape) == (array.dtype, array.shape)
            assert found.tobytes() == array.tobytes()


def test_numbers_that_are_none_and_signs_of_zero_come_back() -> None:
    odd = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 1e300])
    found = decoded(json.loads(json.dumps(encoded(odd))))
    np.testing.assert_array_equal(found, odd)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(odd))


def test_equal_arrays_have_one_digest_and_others_another() -> None:
    zeros = np.zeros(40)
    assert digest(zeros) == digest(-zeros)
    assert digest(zeros / np.inf * np.nan) == digest(np.full(40, -np.nan))
    changed = LARGE.copy()
    changed[3, 4] = np.nextafter(changed[3, 4], 9)
    assert len({digest(x) for x in (LARGE, changed, LARGE.T, LARGE.reshape(30, 20), LARGE.astype("f"))}) == 5
    assert digest("a" * 50) != digest("a" * 51)


def test_a_sketch_tells_what_is_near_from_what_is_not() -> None:
    told = decoded(json.loads(json.dumps(encoded(sketch(LARGE)))))
    assert len(json.dumps(encoded(sketch(LARGE)))) < 250
    assert_equal(LARGE * (1 + 1e-10), told, rtol=1e-9)
    wrong = [LARGE[::-1], LARGE.reshape(30, 20), LARGE.astype("f")]
    for at, value in ((7, np.nan), (7, np.inf), (599, LARGE[19, 29] + 1e-5)):
        wrong.append(LARGE.copy())
        wrong[-1].reshape(-1)[at] = value
    for array in wrong:
        with pytest.raises(AssertionError):
            assert_equal(array, told, rtol=1e-9)


def test_what_was_recorded_answers_where_pytorch_is_missing(tmp_path: Path) -> None:
    def test(oracle: PyTorch) -> None:
        small, text = oracle(lambda t: (t.array[:2, :2], "text"))
        np.testing.assert_array_equal(small, LARGE[:2, :2])
        assert text == "text"
        oracle.gives([LARGE, {"name": "long " * 20}], lambda t: (t.array, {"name": "long " * 20}))
        oracle.gives(LARGE + 1e-12, lambda t: t.array, atol=1e-9)
        with pytest.raises(IndexError):
            oracle(lambda t: t.array[99])

    record(tmp_path, test, library(array=LARGE))
    run(Told(tmp_path, library(array=LARGE)), test)
    run(Told(tmp_path), test)


@pytest.mark.parametrize("ours", [LARGE + 1e-6, LARGE[:10], np.where(LARGE > 2, np.nan, LARGE)])
@pytest.mark.parametrize("rtol", [0.0, 1e-9])
def test_what_is_wrong_is_noticed_without_pytorch_too(tmp_path: Path, ours: Any, rtol: float) -> None:
    def ask(oracle: PyTorch, found: Any) -> None:
        oracle.gives(found, lambda t: t.array, rtol=rtol)

    record(tmp_path, lambda oracle: ask(oracle, LARGE), library(array=LARGE))
    for present in (library(array=LARGE), None):
        with pytest.raises(AssertionError):
            run(Told(tmp_path, present), lambda oracle: ask(oracle, ours))


def test_a_recording_that_says_otherwise_fails(tmp_path: Path) -> None:
    def test(oracle: PyTorch) -> None:
        oracle(lambda t: t.answer)

    record(tmp_path, test, library(answer=1.5))
    run(Told(tmp_path, library(answer=1.5 + 1e-12)), test)  # another processor
    run(Told(tmp_path, SimpleNamespace(__version__="9.0", answer=2)), test)  # another version: not compared
    for other in (1.6, 1, "1.5", [1.5], {"x": 1.5}, None, np.array(1.5)):
        with pytest.raises(AssertionError, match=r"says otherwise than some\.test_module\.json"):
            run(Told(tmp_path, library(answer=other)), test)


def test_questions_without_an_answer_and_answers_without_a_question_fail(tmp_path: Path) -> None:
    def ask(times: int) -> Any:
        return lambda oracle: [oracle(lambda t: t.answer) for _ in range(times)]

    record(tmp_path, ask(2), library(answer=1))
    for times in (1, 3):
        for present in (library(answer=1), None):
            with pytest.raises((AssertionError, pytest.fail.Exception), match="--record"):
                run(Told(tmp_path, present), ask(times))
    with pytest.raises(pytest.fail.Exception, match="no recording of this"):
        run(Told(tmp_path), ask(1), name="test_that_is_new")


def test_slow_tests_are_not_recorded(tmp_path: Path) -> None:
    oracle = Told(tmp_path, library(answer=1))
    oracle.writing = True
    run(oracle, lambda oracle: oracle(lambda t: t.answer), slow=True)
    oracle.write({oracle.file(MODULE): {"test_it"}}, whole=True)
    assert not list(tmp_path.iterdir())
    with pytest.raises(pytest.skip.Exception, match="slow"):
        run(Told(tmp_path), lambda oracle: oracle(lambda t: t.answer), slow=True)


def test_writing_again_keeps_what_is_near_and_drops_what_is_no_more(tmp_path: Path) -> None:
    def test(oracle: PyTorch) -> None:
        oracle(lambda t: t.answer)

    for name in ("test_it", "test_left_out", "test_removed"):
        record(tmp_path, test, library(answer=0.1), name)
    file = Told(tmp_path).file(MODULE)
    before = file.read_text("utf-8")
    record(tmp_path, test, library(answer=0.1 + 1e-15))
    assert file.read_text("utf-8") == before
    oracle = Told(tmp_path, library(answer=0.2))
    oracle.writing = True
    run(oracle, test)
    oracle.write({file: {"test_it", "test_left_out"}}, whole=True)
    assert json.loads(file.read_text("utf-8")) == {"test_it": [0.2], "test_left_out": [0.1]}


def test_a_mistake_in_an_expression_is_no_outcome() -> None:
    assert outcome(np, "t.int64(3) + 1") == repr(np.int64(4))
    assert outcome(np, "t.zeros((2,))[5]") == "IndexError"
    for mistake in ("u.zeros(2)", "t.zeroes(2)", "t.zeros(2"):
        with pytest.raises((NameError, AttributeError, SyntaxError)):
            outcome(np, mistake)


def test_what_is_recorded_is_asked_by_a_test_that_exists() -> None:
    for file in RECORDINGS.iterdir():
        module = HERE / (file.stem.replace(".", "/") + ".py")
        assert module.exists(), f"{file.name} is of no module"
        functions = {
            node.name
            for node in ast.parse(module.read_text("utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
        recorded = {name.partition("[")[0] for name in json.loads(file.read_text("utf-8"))}
        assert recorded <= functions, f"{file.name} has answers to tests that are no more"


def test_answers_differ_by_more_than_rounding() -> None:
    assert not differ([1.0, {"x": LARGE}], [1.0 + 1e-12, {"x": LARGE * (1 + 1e-12)}])
    for a, b in (
        (LARGE, LARGE + 1e-5),
        (LARGE, LARGE.astype("f")),
        (np.arange(3), np.arange(3) + 1),
        (True, 1),
        ([1], [1, 1]),
        ({"x": 1, "y": 2}, {"y": 2, "x": 1}),
        (np.array([np.nan]), np.array([1.0])),
    ):
        assert differ(a, b)
