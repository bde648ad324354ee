"""Everyday lines and the types that an editor shows for them: mypy and pyright read them, and they run."""

from collections.abc import Iterator
from typing import Any, assert_type

import numpy as np

import autograd_cnn as torch
from autograd_cnn import Tensor, nn, optim
from autograd_cnn.nn import functional as F
from autograd_cnn.utils.data import DataLoader, TensorDataset

# making tensors, and what they are
x = torch.randn(4, 3, requires_grad=True)
assert_type(x, Tensor)
assert_type(torch.tensor([1.0, 2.0]), Tensor)
assert_type(torch.zeros(2, 3, dtype=torch.float64), Tensor)
assert_type(torch.arange(5), Tensor)
assert_type(torch.zeros_like(x), Tensor)
assert_type(torch.from_numpy(np.ones(3)), Tensor)
assert_type(x.shape, torch.Size)
assert_type(x.ndim, int)
assert_type(x.dtype, torch.dtype)
assert_type(x.device, torch.device)
assert_type(x.requires_grad, bool)
assert_type(x.size(), torch.Size)
assert_type(x.size(0), int)
assert_type(x.numel(), int)

# operators, functions and methods
assert_type(x * 2 + 1, Tensor)
assert_type(1 - x, Tensor)
assert_type(x**2, Tensor)
assert_type(x @ x.T, Tensor)
assert_type(x > 0, Tensor)
assert_type(-x, Tensor)
assert_type(x[0], Tensor)
assert_type(x[:, None], Tensor)
assert_type(torch.exp(x), Tensor)
assert_type(x.sin().relu(), Tensor)
assert_type(x.sum(), Tensor)
assert_type(x.mean(dim=1, keepdim=True), Tensor)
assert_type(x.max(), Tensor)
assert_type(x.max(1).values, Tensor)
assert_type(x.max(1).indices, Tensor)
assert_type(torch.max(x, dim=1)[0], Tensor)
assert_type(torch.maximum(x, x), Tensor)
assert_type(x.topk(2).indices, Tensor)
assert_type(x.sort().values, Tensor)
assert_type(x.argmax(1), Tensor)
assert_type(x.reshape(-1, 2), Tensor)
assert_type(x.view(12), Tensor)
assert_type(x.permute(1, 0), Tensor)
assert_type(x.flatten(1), Tensor)
assert_type(torch.cat([x, x], dim=0), Tensor)
assert_type(torch.stack([x, x]), Tensor)
assert_type(x.split(2), tuple[Tensor, ...])
assert_type(torch.where(x > 0, x, 0.0), Tensor)
assert_type(torch.einsum("ij,kj->ik", x, x), Tensor)
assert_type(torch.linalg.norm(x), Tensor)
assert_type(x.to(torch.float64), Tensor)
assert_type(x.to("cpu"), Tensor)
assert_type(x.double(), Tensor)
assert_type(x.detach(), Tensor)
assert_type(x.detach().numpy(), np.ndarray[Any, Any])
assert_type(x.detach().clone().mul_(2), Tensor)
assert_type(torch.allclose(x, x), bool)
for row in x:
    assert_type(row, Tensor)

# gradients
loss = (x**2).sum()
loss.backward()
assert_type(x.grad, Tensor | None)
assert_type(torch.autograd.grad((x * x).sum(), x)[0], Tensor)
with torch.no_grad():
    assert_type(x.add(1), Tensor)

# modules
layer = nn.Linear(3, 2)
assert_type(layer(x), Tensor)
assert_type(layer.weight, nn.Parameter)
assert_type(layer.weight * 2, Tensor)
assert_type(layer.weight.sum(), Tensor)
model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 2))
assert_type(model(x), Tensor)
assert_type(model.train(), nn.Sequential)
assert_type(model.eval(), nn.Sequential)
assert_type(model.parameters(), Iterator[nn.Parameter])
assert_type(F.relu(x), Tensor)
assert_type(F.cross_entropy(model(x), torch.tensor([0, 1, 0, 1])), Tensor)
assert_type(nn.CrossEntropyLoss()(model(x), torch.tensor([0, 1, 0, 1])), Tensor)
assert_type(F.conv2d(torch.ones(1, 1, 5, 5), torch.ones(2, 1, 3, 3)), Tensor)


class Net(nn.Module):
    """A model as scripts write them."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 8)
        self.second = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Two layers."""
        return self.second(F.relu(self.first(x)))


net = Net()
assert_type(net(x), Tensor)
assert_type(net.first, nn.Linear)

# training
optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
optimizer.zero_grad()
net(x).sum().backward()
assert_type(optimizer.step(), None)
assert_type(optimizer.step(lambda: 0.5), float)
scheduler = optim.lr_scheduler.StepLR(optimizer, 10)
assert_type(scheduler.get_last_lr(), list[float | Tensor])
data = DataLoader(TensorDataset(torch.ones(4, 3), torch.zeros(4)), batch_size=2)
assert_type(data, DataLoader[list[Tensor]])
for batch in data:
    images, targets = batch
    assert_type(images, Tensor)
    assert_type(net(images).shape[0], int)
assert_type(float(loss.item()), float)


# functions of functions
def square(x: Tensor, power: float = 2.0) -> Tensor:
    """A scalar of a tensor."""
    return (x**power).sum()


assert_type(torch.func.grad(square)(x), Tensor)
assert_type(torch.func.grad(torch.func.grad(square))(torch.ones(())), Tensor)
assert_type(torch.func.grad_and_value(square)(x), tuple[Tensor, Tensor])
assert_type(torch.func.jacrev(square)(x), Tensor)
assert_type(torch.func.vmap(square)(x), Tensor)
assert_type(torch.autograd.functional.hessian(square, torch.ones(2)), Tensor)
assert_type(torch.utils.checkpoint.checkpoint(square, x, use_reentrant=False), Tensor)
assert_type(torch.compile(square)(x), Tensor)
