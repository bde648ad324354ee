"""Couplings that turn points into a normal distribution."""

import math

import torch
from torch import nn

torch.manual_seed(31)
nets = nn.ModuleList([nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2)) for _ in range(4)])
optimizer = torch.optim.Adam(nets.parameters(), lr=5e-3)
x = torch.randn(64, 2) * torch.tensor([0.5, 2.0]) + 1
losses = []
for _ in range(20):
    z, log_det = x, torch.zeros(64)
    for net in nets:
        a, b = z.chunk(2, dim=1)
        s, t = net(a).chunk(2, 1)
        z, log_det = torch.cat([b * torch.exp(s) + t, a], 1), log_det + s.squeeze(1)
    loss = -(-0.5 * (z**2).sum(1) - math.log(2 * math.pi) + log_det).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
