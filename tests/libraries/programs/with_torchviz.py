import torch
from torchviz import make_dot

net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
x = torch.randn(2, 4, requires_grad=True)
d = make_dot(net(x).mean(), params=dict(net.named_parameters()))
import re

print(sorted(re.findall(r"(\w+Backward\d|AccumulateGrad)", d.source)))
d = make_dot(net(x).mean(), params=dict(net.named_parameters()), show_attrs=True, show_saved=True)
print(len(d.source) > 100)
