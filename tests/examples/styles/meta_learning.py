"""A step of learning inside a step of learning."""

import torch
import torch.nn.functional as F

torch.manual_seed(32)
w1, b1, w2, b2 = params = [
    torch.randn(1, 12).requires_grad_(),
    torch.zeros(12, requires_grad=True),
    (torch.randn(12, 1) * 0.3).requires_grad_(),
    torch.zeros(1, requires_grad=True),
]


def model(x, p):
    return torch.tanh(x @ p[0] + p[1]) @ p[2] + p[3]


optimizer = torch.optim.Adam(params, lr=1e-2)
losses = []
for _ in range(20):
    amplitude, phase = torch.rand(1) * 4 + 1, torch.rand(1) * 3
    x = torch.rand(20, 1) * 10 - 5
    y = amplitude * torch.sin(x + phase)
    grads = torch.autograd.grad(F.mse_loss(model(x[:10], params), y[:10]), params, create_graph=True)
    fast = [p - 0.01 * g for p, g in zip(params, grads)]
    loss = F.mse_loss(model(x[10:], fast), y[10:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
