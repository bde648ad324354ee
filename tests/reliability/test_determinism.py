"""The same seed gives the same bits: in another process, with other hash seeds, after 50 steps of
training."""

import os
import subprocess
import sys

import pytest

STEPS = """
import hashlib, sys
import autograd_cnn as ag
from autograd_cnn import nn, optim
ag.set_num_threads(int(sys.argv[1]))
ag.manual_seed(0)
head = (nn.Flatten(), nn.Dropout(0.2), nn.Linear(100, 10))
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), *head)
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for step in range(50):
    x, y = ag.rand(8, 1, 12, 12), ag.randint(10, (8,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
print(hashlib.sha256(b"".join(p.detach().numpy().tobytes() for p in model.parameters())).hexdigest())
"""


def digest(threads: int, hash_seed: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    done = subprocess.run(
        [sys.executable, "-c", STEPS, str(threads)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return done.stdout.strip()


@pytest.mark.quick_share(2)
@pytest.mark.parametrize("threads", [1, 2])
def test_two_processes_end_at_the_same_bits(threads):
    assert digest(threads, 1) == digest(threads, 2)
