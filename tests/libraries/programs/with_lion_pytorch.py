import torch
from lion_pytorch import Lion

torch.manual_seed(0)
net = torch.nn.Linear(3, 1)
opt = Lion(net.parameters(), lr=1e-2, weight_decay=1e-2)
x = torch.randn(8, 3)
for _ in range(4):
    opt.zero_grad()
    l = net(x).square().mean()
    l.backward()
    opt.step()
print(l.item())
