"""Noise that a net learns to take away."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(30)
T = 50
betas = torch.linspace(1e-4, 0.02, T)
alphas_cumprod = torch.cumprod(1.0 - betas, dim=0)
sqrt_alphas, sqrt_rest = torch.sqrt(alphas_cumprod), torch.sqrt(1.0 - alphas_cumprod)
net = nn.ModuleDict(
    {
        "time": nn.Embedding(T, 8),
        "inp": nn.Conv2d(1, 8, 3, padding=1),
        "norm": nn.GroupNorm(2, 8),
        "out": nn.Conv2d(8, 1, 3, padding=1),
    }
)
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
x0 = torch.rand(8, 1, 8, 8)
losses = []
for _ in range(20):
    t = torch.randint(0, T, (8,)).long()
    noise = torch.randn_like(x0)
    xt = (
        sqrt_alphas.gather(-1, t).reshape(-1, 1, 1, 1) * x0
        + sqrt_rest.gather(-1, t).reshape(-1, 1, 1, 1) * noise
    )
    h = F.silu(net["norm"](net["inp"](xt) + net["time"](t)[:, :, None, None]))
    loss = F.smooth_l1_loss(net["out"](h), noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
