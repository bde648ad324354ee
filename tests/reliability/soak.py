"""The long checks behind docs/reliability.md, each with the figure it reached: ``make soak``, or a share of
it: ``--share 0.01``.

It runs the tests' own checks more often, one line for each promise, and ends with status 1 where one is
broken.
"""

import argparse
import gc
import gzip
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import autograd_cnn as ag
from autograd_cnn import nn, optim
from autograd_cnn.datasets._idx import read_idx
from autograd_cnn.testing._blocks import many
from tests.reliability.test_hostile_files import STATE, files, mutated, same

DEEP = """
import resource, sys, time
if sys.argv[1] == "torch":
    import torch as library
    library.set_num_threads(1)
else:
    import autograd_cnn as library
limit, x = sys.getrecursionlimit(), library.ones(10, requires_grad=True)
start, y = time.perf_counter(), x
for _ in range(int(sys.argv[2])):
    y = y * 1.0
loss = y.sum()
loss.backward()
took = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
start = time.perf_counter()
del y, loss
freed = time.perf_counter() - start
assert x.grad.tolist() == [1.0] * 10 and sys.getrecursionlimit() == limit
print(took, freed, peak)
"""

SAVER = """
import sys
import autograd_cnn as ag
n = 0
print("ready", flush=True)
while True:
    n += 1
    ag.save({"n": n, "w": ag.full((300_000,), float(n))}, sys.argv[1])
"""


def deep_graphs(share: float) -> str:
    """1,000,000 chained operators, beside PyTorch where it is installed."""
    length = max(1000, int(1_000_000 * share))

    def measured(library: str) -> list[float]:
        done = subprocess.run(
            [sys.executable, "-c", DEEP, library, str(length)], capture_output=True, text=True, check=True
        )
        return [float(number) for number in done.stdout.split()]

    took, freed, peak = measured("ours")
    assert freed < 1, freed
    assert peak < 1.2, peak
    told = f"{length:,} operators: {took:.1f} s, freed in {freed:.2f} s, peak {peak:.2f} GB"
    try:
        theirs = measured("torch")[0]
    except subprocess.CalledProcessError:
        return told + "; PyTorch is not installed"
    if length > 100_000:
        assert took <= 2 * theirs, (took, theirs)
    return told + f"; {took / theirs:.2f} of PyTorch's {theirs:.1f} s"


def programs(share: float) -> str:
    """10,000 random programs of 25 operators against NumPy, PyTorch and slopes."""
    from autograd_cnn.testing.programs import generate
    from tests.testing.test_programs import check

    count = max(10, int(10_000 * share))
    for seed in range(100_000, 100_000 + count):
        check(generate(seed))
    return f"{count:,} programs of 25 operators: 0 mismatches"


def kills(share: float) -> str:
    """kill -9 at random moments while a file is saved over and over."""
    count, source, versions = max(2, int(200 * share)), random.Random(0), 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.safetensors"
        while versions < count:
            with subprocess.Popen([sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE) as child:
                assert child.stdout is not None
                assert child.stdout.readline() == b"ready\n"
                time.sleep(source.uniform(0.02, 0.12))
                child.send_signal(signal.SIGKILL)
            if path.exists():
                state = ag.load(path)
                assert state["w"].shape == (300_000,)
                assert bool((state["w"] == float(state["n"])).all())
            left = [name for name in os.listdir(folder) if name != path.name]
            assert all(Path(folder, name).stat().st_size for name in left), left
            for name in left:  # complete, and killed between its name and the rename
                assert ag.load(Path(folder, name))["w"].shape == (300_000,)
                Path(folder, name).unlink()
            versions += 1
    return f"{count} kills while saving: always one complete version"


def cuts(share: float) -> str:
    """Training that is stopped at 100 random steps and resumed from its file under another seed."""
    from tests.utils.data.test_resume import OPTIMIZERS, STEPS, fresh, plain

    count, source = max(2, int(100 * share)), random.Random(0)
    for optimizer in OPTIMIZERS.values():
        whole = fresh(optimizer, 7)
        whole.train(STEPS)
        expected = plain(whole.state())
        for _ in range(count):
            stopped, cut = fresh(optimizer, 7), source.randrange(STEPS + 1)
            stopped.train(cut)
            with tempfile.TemporaryDirectory() as folder:
                ag.save(stopped.state(), Path(folder) / "run.safetensors")
                state = ag.load(Path(folder) / "run.safetensors")
            resumed = fresh(optimizer, source.randrange(1000))
            resumed.restore(state)
            resumed.train(STEPS)
            assert plain(resumed.state()) == expected, cut
    return f"{count} cut points with each of {len(OPTIMIZERS)} optimizers: the same bits as never stopped"


def hostile_files(share: float) -> str:
    """20,000 mutated files: loaded right, or refused by one exception class, in less than a second each."""
    count, source, slowest, refused = max(100, int(20_000 * share)), random.Random(0), 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        whole = files(Path(folder))
        idx = b"\x00\x00\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (2, 3, 4)) + bytes(range(24))
        path = Path(folder) / "mutated"
        for number in range(count):
            kind = ("ours", "theirs", "idx", "zipped")[number % 4]
            path.write_bytes(
                mutated(whole.get(kind) or (gzip.compress(idx) if kind == "zipped" else idx), source)
            )
            start = time.perf_counter()
            try:
                if kind in whole:
                    loaded = ag.load(path)
                    assert kind == "theirs" or same(loaded, STATE)
                else:
                    read_idx(path, dims=3)
            except ag.FileFormatError as error:
                refused += 1
                assert str(path) in str(error)  # noqa: PT017 - which of both happens is what varies
            slowest = max(slowest, time.perf_counter() - start)
    assert slowest < 1, slowest
    return (
        f"{count:,} mutated files: {refused:,} refused by name, the others read right; slowest "
        f"{slowest * 1e3:.0f} ms"
    )


def threads(share: float) -> str:
    """Eight threads of backward passes into one parameter, again and again."""
    from tests.reliability.test_threads import (
        test_eight_threads_of_backward_passes_into_one_parameter_add_up_exactly as check,
    )

    count = max(1, int(50 * share))
    for _ in range(count):
        check()
    return f"{count} times 8 threads x 100 backward passes: exact sums"


def leaks(share: float) -> str:
    """20,000 training steps with the collector off."""
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 3))
    optimizer, x, y = optim.Adam(model.parameters()), ag.rand(4, 1, 8, 8), ag.tensor([0, 1, 2, 0])

    def steps(count: int) -> None:
        for _ in range(count):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()

    count = max(200, int(20_000 * share))
    gc.collect()
    gc.disable()
    try:
        steps(3000)
        before = sys.getallocatedblocks()
        steps(count)
        grown = sys.getallocatedblocks() - before
        found = gc.collect()
    finally:
        gc.enable()
    assert grown < 100, grown
    assert not found, found
    return f"{count:,} steps without the collector: {grown} blocks more, {found} objects in cycles"


def sequences(share: float) -> str:
    """50,000 random sequences of views, writes, operators, hooks and passes against PyTorch."""
    return beside_pytorch("sequences", max(20, int(50_000 * share)))


def calls(share: float) -> str:
    """200,000 random calls of every public function, method and operator against PyTorch."""
    return beside_pytorch("calls", max(100, int(200_000 * share)))


def beside_pytorch(source: str, count: int) -> str:
    """So many random cases of a module of ``testing`` from the seed 1,000,000 on."""
    if find_spec("torch") is None:
        return "PyTorch is not installed"
    found = many(f"autograd_cnn.testing.{source}", 1_000_000, count)
    assert not found.mistakes, f"{len(found.mistakes)} differ\n\n" + "\n\n".join(found.mistakes)
    ended = f"; PyTorch ended its process: {'; '.join(map(str, found.ended))}" if found.ended else ""
    return f"{found.cases:,} random {source}: 0 differences{ended}"


CHECKS: tuple[Callable[[float], str], ...] = (
    deep_graphs,
    programs,
    calls,
    sequences,
    leaks,
    threads,
    cuts,
    kills,
    hostile_files,
)


def main() -> int:
    """Run every check; the number of broken promises."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of cases")
    parser.add_argument("--only", nargs="*", default=[], help="names of checks")
    chosen = parser.parse_args()
    np.seterr(all="ignore")
    broken = 0
    for check in CHECKS:
        if chosen.only and check.__name__ not in chosen.only:
            continue
        start = time.perf_counter()
        try:
            told = check(chosen.share)
        except AssertionError as error:
            told, broken = f"BROKEN: {error}", broken + 1
        print(
            f"{check.__name__.replace('_', ' '):14}{told}  ({time.perf_counter() - start:.0f} s)", flush=True
        )
    return broken


if __name__ == "__main__":
    sys.exit(main())
