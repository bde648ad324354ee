"""A mixture of Gaussians for each input."""

import torch
import torch.nn as nn

torch.manual_seed(37)
y = torch.rand(80, 1) * 6 - 3
x = torch.sin(0.75 * y) * 7 + y * 0.5 + torch.randn(80, 1) * 0.5
hidden = nn.Sequential(nn.Linear(1, 20), nn.Tanh())
pi, mu, sigma = nn.Linear(20, 5), nn.Linear(20, 5), nn.Linear(20, 5)
params = [p for m in (hidden, pi, mu, sigma) for p in m.parameters()]
optimizer = torch.optim.Adam(params)
losses = []
for _ in range(20):
    h = hidden(x)
    log_pi, s = torch.log_softmax(pi(h), -1), torch.exp(sigma(h))
    log_p = -0.5 * ((y.expand_as(mu(h)) - mu(h)) / s) ** 2 - torch.log(s) - 0.9189385332046727
    loss = -torch.logsumexp(log_pi + log_p, dim=1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
