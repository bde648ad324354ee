import torch
from pytorch_optimizer import (
    MADGRAD,
    AdaBelief,
    AdaBound,
    AdamP,
    DiffGrad,
    Lamb,
    Lion,
    Lookahead,
    load_optimizer,
)

for cls in (
    Lion,
    AdaBelief,
    Lamb,
    MADGRAD,
    AdamP,
    DiffGrad,
    AdaBound,
    load_optimizer("prodigy"),
    load_optimizer("adan"),
    load_optimizer("came"),
):
    torch.manual_seed(0)
    net = torch.nn.Linear(4, 2)
    opt = cls(net.parameters(), lr=1e-2)
    x = torch.randn(8, 4)
    for _ in range(5):
        opt.zero_grad()
        loss = net(x).square().mean()
        loss.backward()
        opt.step()
    print(cls.__name__, loss.item())
torch.manual_seed(0)
net = torch.nn.Linear(4, 2)
opt = Lookahead(AdaBelief(net.parameters(), lr=1e-2))
x = torch.randn(8, 4)
for _ in range(6):
    opt.zero_grad()
    loss = net(x).square().mean()
    loss.backward()
    opt.step()
print(loss.item())
