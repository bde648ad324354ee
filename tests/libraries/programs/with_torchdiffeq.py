import torch
from torchdiffeq import odeint, odeint_adjoint

torch.manual_seed(0)


class F(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))

    def forward(self, t, y):
        return self.net(y)


f = F()
y0 = torch.tensor([[1.0, 0.0]])
t = torch.linspace(0, 1, 5)
for method in ("dopri5", "rk4", "euler", "midpoint", "adaptive_heun", "explicit_adams"):
    f.zero_grad()
    y = odeint(f, y0, t, method=method)
    y.square().sum().backward()
    print(method, y[-1].sum().item(), sum(p.grad.abs().sum().item() for p in f.parameters()))
f.zero_grad()
y = odeint_adjoint(f, y0, t)
y.square().sum().backward()
print(y[-1].sum().item(), sum(p.grad.abs().sum().item() for p in f.parameters()))
