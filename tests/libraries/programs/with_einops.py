import torch
from einops import einsum, pack, rearrange, reduce, repeat, unpack
from einops.layers.torch import Rearrange, Reduce

torch.manual_seed(0)
x = torch.randn(2, 3, 4, 4, requires_grad=True)
y = rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", p=2, q=2)
z = reduce(y, "b n d -> b d", "mean") + repeat(torch.arange(12.0), "d -> b d", b=2)
net = torch.nn.Sequential(Rearrange("b c h w -> b (c h w)"), torch.nn.Linear(48, 2))
packed, shapes = pack([x, x[:, :1]], "b * h w")
loss = (
    z.square().mean()
    + net(x).sum()
    + einsum(x, x, "b c h w, b c h w -> b").sum()
    + Reduce("b c h w -> b", "max")(x).sum()
)
loss.backward()
print(
    loss.item(), x.grad.abs().sum().item(), packed.shape, [t.shape for t in unpack(packed, shapes, "b * h w")]
)
