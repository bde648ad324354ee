"""Pictures changed against a net, by the sign of its gradient."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(34)
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
data, target = torch.rand(8, 1, 8, 8), torch.randint(0, 3, (8,))
losses = []
for _ in range(10):
    x = data.clone().detach()
    x.requires_grad = True
    loss = F.cross_entropy(model(x), target)
    model.zero_grad()
    loss.backward()
    bad = torch.clamp(x + 0.1 * x.grad.data.sign(), 0, 1)
    optimizer.zero_grad()
    worse = F.cross_entropy(model(bad.detach()), target)
    worse.backward()
    optimizer.step()
    losses += [loss.item(), worse.item()]
