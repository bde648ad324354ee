"""A training run that was stopped and resumed from its file ends at the same bits as one that never
stopped."""

import random

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn, optim
from autograd_cnn import transforms as T
from autograd_cnn.nn import functional as F
from autograd_cnn.utils.data import DataLoader, Dataset

PASSES, IMAGES, BATCH = 3, 26, 4
STEPS = PASSES * -(-IMAGES // BATCH)


class Digits(Dataset):
    """Images that are cropped, flipped and dimmed at random when they are read."""

    def __init__(self):
        self.images = np.random.default_rng(0).integers(0, 256, (IMAGES, 10, 10), dtype=np.uint8)
        self.transform = T.Compose([T.RandomCrop(8), T.RandomHorizontalFlip(), T.ToTensor()])

    def __len__(self):
        return IMAGES

    def __getitem__(self, i):
        return self.transform(self.images[i]) * random.random(), i % 3


class Run:
    """All that training changes."""

    def __init__(self, optimizer):
        self.model = nn.Sequential(
            nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Dropout(0.3), nn.Flatten(), nn.Linear(108, 3)
        )
        self.optimizer = optimizer(self.model.parameters())
        self.loader = DataLoader(Digits(), BATCH, shuffle=True, generator=ag.Generator().manual_seed(1))
        self.steps = 0
        self.base = self.optimizer.param_groups[0]["lr"]

    def train(self, until):
        """Steps until there were ``until`` of them, whatever pass that is in."""
        while self.steps < until:
            for images, labels in self.loader:
                for group in self.optimizer.param_groups:
                    group["lr"] = self.base * 0.95**self.steps
                self.optimizer.zero_grad()
                F.cross_entropy(self.model(images), labels).backward()
                self.optimizer.step()
                self.steps += 1
                if self.steps == until:
                    break

    def state(self):
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "loader": self.loader.state_dict(),
            "random": ag.get_rng_state(),
            "python": list(random.getstate()[1]),
            "steps": self.steps,
        }

    def restore(self, state):
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.loader.load_state_dict(state["loader"])
        ag.set_rng_state(state["random"])
        random.setstate((3, tuple(state["python"]), None))
        self.steps = state["steps"]


def plain(value):
    """Every number of a state, tensors as bytes."""
    if isinstance(value, ag.Tensor):
        return value.dtype, tuple(value.shape), value.numpy().tobytes()
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def fresh(optimizer, seed):
    ag.manual_seed(seed)
    random.seed(seed)
    return Run(optimizer)


def momentum(parameters):
    return optim.SGD(parameters, lr=0.05, momentum=0.9, weight_decay=1e-3)


OPTIMIZERS = {"momentum": momentum, "adam": lambda parameters: optim.Adam(parameters, lr=0.01, amsgrad=True)}
CUTS = sorted(random.Random(5).randrange(STEPS + 1) for _ in range(3))


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize(
    "cuts",
    [CUTS, pytest.param([random.Random(n).randrange(STEPS + 1) for n in range(100)], marks=pytest.mark.slow)],
    ids=["few", "hundred"],
)
def test_resumed_from_any_step(optimizer, cuts, tmp_path):
    whole = fresh(optimizer, 7)
    whole.train(STEPS)
    expected = plain(whole.state())
    for cut in cuts:
        stopped = fresh(optimizer, 7)
        stopped.train(cut)
        ag.save(stopped.state(), tmp_path / "state.safetensors")
        resumed = fresh(optimizer, 1000 + cut)
        resumed.restore(ag.load(tmp_path / "state.safetensors"))
        resumed.train(STEPS)
        assert plain(resumed.state()) == expected, f"stopped after {cut} steps"


def test_a_state_matters():
    """Without the random state the end is another one: what is compared depends on it."""
    whole, other = fresh(momentum, 7), fresh(momentum, 7)
    whole.train(9)
    other.train(4)
    ag.manual_seed(8)
    other.train(9)
    assert plain(other.state()["model"]) != plain(whole.state()["model"])
