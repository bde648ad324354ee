"""Two views of each item are alike, all others not."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(36)
encoder = nn.Sequential(nn.Linear(12, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 6))
optimizer = torch.optim.Adam(encoder.parameters(), lr=3e-3, weight_decay=1e-4)
x = torch.randn(8, 12)
losses = []
for _ in range(20):
    views = torch.cat([x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x)])
    z = F.normalize(encoder(views), dim=1)
    labels = torch.cat([torch.arange(8) for _ in range(2)], dim=0)
    labels = (labels.unsqueeze(0) == labels.unsqueeze(1)).float()
    similarity = torch.matmul(z, z.T)
    mask = torch.eye(labels.shape[0], dtype=torch.bool)
    labels, similarity = labels[~mask].view(16, -1), similarity[~mask].view(16, -1)
    logits = (
        torch.cat([similarity[labels.bool()].view(16, -1), similarity[~labels.bool()].view(16, -1)], dim=1)
        / 0.5
    )
    loss = nn.CrossEntropyLoss()(logits, torch.zeros(16, dtype=torch.long))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
