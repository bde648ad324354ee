"""An anchor nearer to its like than to others."""

import torch
from torch import nn

torch.manual_seed(21)
net = nn.Sequential(nn.Linear(6, 12), nn.PReLU(), nn.Linear(12, 3))
criterion = nn.TripletMarginLoss(margin=1.0, p=2)
optimizer = torch.optim.NAdam(net.parameters(), lr=5e-3)
anchor, other = torch.randn(16, 6), torch.randn(16, 6)
losses = []
for _ in range(20):
    near = anchor + 0.1 * torch.randn(16, 6)
    loss = criterion(
        nn.functional.normalize(net(anchor)),
        nn.functional.normalize(net(near)),
        nn.functional.normalize(net(other)),
    )
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
