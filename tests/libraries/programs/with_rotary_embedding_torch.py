import torch
from rotary_embedding_torch import RotaryEmbedding

torch.manual_seed(0)
r = RotaryEmbedding(dim=8)
q = torch.randn(1, 2, 6, 16, requires_grad=True)
y = r.rotate_queries_or_keys(q)
y.square().sum().backward()
print(y.sum().item(), q.grad.sum().item())
