"""A small net after a large one."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(35)
teacher = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4)).eval()
student = nn.Sequential(nn.Linear(10, 6), nn.Hardswish(), nn.Linear(6, 4))
average = copy.deepcopy(student).requires_grad_(False)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1, momentum=0.9)
x, y = torch.randn(32, 10), torch.randint(0, 4, (32,))
losses = []
for _ in range(20):
    with torch.no_grad():
        soft = F.softmax(teacher(x) / 2, dim=-1)
    scores = student(x)
    loss = 0.75 * nn.KLDivLoss(reduction="batchmean")(
        F.log_softmax(scores / 2, dim=-1), soft
    ) * 4 + 0.25 * F.cross_entropy(scores, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    for p, q in zip(average.parameters(), student.parameters()):
        p.data.mul_(0.9).add_(q.data, alpha=0.1)
    losses.append(loss.item() + average[0].weight.sum().item())
