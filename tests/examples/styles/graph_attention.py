"""Neighbours weighed by attention, without what is no neighbour."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(26)
h, adj = torch.randn(12, 5), (torch.rand(12, 12) < 0.3).int() | torch.eye(12, dtype=torch.int)
W = nn.Parameter(torch.empty(size=(5, 6)))
a = nn.Parameter(torch.empty(size=(12, 1)))
nn.init.xavier_uniform_(W.data, gain=1.414)
nn.init.xavier_uniform_(a.data, gain=1.414)
head = nn.Linear(6, 2)
optimizer = torch.optim.Adamax([W, a, *head.parameters()], lr=0.02)
labels = torch.randint(0, 2, (12,))
losses = []
for _ in range(20):
    Wh = torch.mm(h, W)
    e = F.leaky_relu(torch.matmul(Wh, a[:6, :]) + torch.matmul(Wh, a[6:, :]).T, 0.2)
    attention = F.softmax(torch.where(adj > 0, e, -9e15 * torch.ones_like(e)), dim=1)
    loss = F.cross_entropy(head(F.elu(torch.matmul(attention, Wh))), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
