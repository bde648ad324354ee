"""Words near each other, against words drawn at random."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(28)
inside, outside = nn.Embedding(20, 8, padding_idx=0), nn.Embedding(20, 8, padding_idx=0)
weights = torch.arange(20).float().pow(0.75)
optimizer = torch.optim.Adam(list(inside.parameters()) + list(outside.parameters()), lr=2e-2)
centers, contexts = torch.randint(1, 20, (16,)), torch.randint(1, 20, (16,))
losses = []
for _ in range(20):
    negatives = torch.multinomial(weights, 16 * 5, replacement=True).view(16, 5)
    v, u, n = inside(centers), outside(contexts), outside(negatives)
    loss = -(
        F.logsigmoid((v * u).sum(1)) + F.logsigmoid(-torch.bmm(n, v.unsqueeze(2)).squeeze(2)).sum(1)
    ).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
