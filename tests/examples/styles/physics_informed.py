"""A net that obeys a differential equation: its derivatives are in the loss."""

import torch
import torch.nn as nn

torch.manual_seed(33)
net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
t = torch.linspace(0, 1, 20).view(-1, 1).requires_grad_(True)
zero = torch.tensor(0.0).view(-1, 1).requires_grad_(True)
losses = []
for _ in range(20):
    u0 = net(zero)
    du0 = torch.autograd.grad(u0, zero, torch.ones_like(u0), create_graph=True)[0]
    u = net(t)
    du = torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)[0]
    ddu = torch.autograd.grad(du, t, torch.ones_like(du), create_graph=True)[0]
    loss = (
        (torch.squeeze(u0) - 1) ** 2
        + 0.1 * (torch.squeeze(du0)) ** 2
        + 1e-4 * torch.mean((ddu + 4 * du + 400 * u) ** 2)
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
