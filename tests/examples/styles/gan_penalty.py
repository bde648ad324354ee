"""A critic with a penalty on its gradient between real and made points."""

import torch
import torch.autograd as autograd
from torch import nn

torch.manual_seed(8)
generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.0, 0.9))
real = torch.randn(20, 2) + 2
losses = []
for _ in range(20):
    fake = generator(torch.randn(20, 4)).detach()
    alpha = torch.rand(20, 1)
    between = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    scores = critic(between)
    gradients = autograd.grad(
        outputs=scores,
        inputs=between,
        grad_outputs=torch.ones_like(scores),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    penalty = ((gradients.view(20, -1).norm(2, dim=1) - 1) ** 2).mean()
    loss = -critic(real).mean() + critic(fake).mean() + 10 * penalty
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
