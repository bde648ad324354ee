"""Training steps, and other uses, of the kinds of networks that people build. One text serves both libraries:
it gets the module that it calls ``torch``, and returns the step to take."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

Step = Callable[[], Any]
Maker = Callable[[Any], Step]


class Data:
    """Inputs, the same ones for each library."""

    def __init__(self, torch: Any) -> None:
        self.torch, self.draw = torch, np.random.default_rng(0)

    def normal(self, *shape: int) -> Any:
        return self.torch.tensor(self.draw.standard_normal(shape).astype("f"))

    def labels(self, most: int, *shape: int) -> Any:
        return self.torch.tensor(self.draw.integers(0, most, shape))


def trained(torch: Any, model: Any, loss: Callable[[], Any], rate: float = 0.01) -> Step:
    """A step of stochastic gradient descent."""
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)

    def step() -> None:
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return step


def classified(torch: Any, model: Any, x: Any, classes: int = 10) -> Step:
    y = Data(torch).labels(classes, len(x))
    return trained(torch, model, lambda: torch.nn.functional.cross_entropy(model(x), y))


def _residual(torch: Any, inner: Any) -> Any:
    class Residual(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, x: Any) -> Any:
            return x + self.inner(x)

    return Residual()


def _head(nn: Any, channels: int) -> list[Any]:
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]


def mobilenet(torch: Any) -> Step:
    nn = torch.nn

    def block(c: int, wide: int) -> Any:
        return nn.Sequential(
            *(nn.Conv2d(c, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6()),
            *(nn.Conv2d(wide, wide, 3, padding=1, groups=wide, bias=False), nn.BatchNorm2d(wide), nn.ReLU6()),
            *(nn.Conv2d(wide, c, 1, bias=False), nn.BatchNorm2d(c)),
        )

    blocks = [_residual(torch, block(24, 96)) for _ in range(3)]
    model = nn.Sequential(nn.Conv2d(3, 24, 3, 2, 1), *blocks, *_head(nn, 24))
    return classified(torch, model, Data(torch).normal(16, 3, 64, 64))


def convnext(torch: Any) -> Step:
    nn = torch.nn

    class Last(nn.Module):
        """Layer normalisation and a network of two layers over the channels."""

        def __init__(self, c: int) -> None:
            super().__init__()
            self.inner = nn.Sequential(nn.LayerNorm(c), nn.Linear(c, 4 * c), nn.GELU(), nn.Linear(4 * c, c))

        def forward(self, x: Any) -> Any:
            return self.inner(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    blocks = [
        _residual(torch, nn.Sequential(nn.Conv2d(48, 48, 7, padding=3, groups=48), Last(48)))
        for _ in range(3)
    ]
    model = nn.Sequential(nn.Conv2d(3, 48, 4, 4), *blocks, *_head(nn, 48))
    return classified(torch, model, Data(torch).normal(16, 3, 64, 64))


def grouped(torch: Any) -> Step:
    nn = torch.nn
    layers: list[Any] = [nn.Conv2d(3, 64, 3, padding=1)]
    for _ in range(3):
        layers += [nn.Conv2d(64, 64, 3, padding=1, groups=8), nn.GroupNorm(8, 64), nn.SiLU()]
    return classified(torch, nn.Sequential(*layers, *_head(nn, 64)), Data(torch).normal(16, 3, 32, 32))


def dcgan(torch: Any) -> Step:
    nn, functional = torch.nn, torch.nn.functional
    generator = nn.Sequential(
        *(nn.ConvTranspose2d(64, 128, 4), nn.BatchNorm2d(128), nn.ReLU()),
        *(nn.ConvTranspose2d(128, 64, 4, 2, 1), nn.BatchNorm2d(64), nn.ReLU()),
        *(nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.BatchNorm2d(32), nn.ReLU()),
        *(nn.ConvTranspose2d(32, 3, 4, 2, 1), nn.Tanh()),
    )
    critic = nn.Sequential(
        *(nn.Conv2d(3, 32, 4, 2, 1), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(32, 64, 4, 2, 1), nn.BatchNorm2d(64), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(64, 128, 4, 2, 1), nn.BatchNorm2d(128), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(128, 1, 4), nn.Flatten(0)),
    )
    rules = [torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999)) for net in (generator, critic)]
    data = Data(torch)
    real, noise = data.normal(32, 3, 32, 32), data.normal(32, 64, 1, 1)
    yes, no = torch.ones(32), torch.zeros(32)

    def step() -> None:
        fake = generator(noise)
        rules[1].zero_grad()
        loss = functional.binary_cross_entropy_with_logits(critic(real), yes)
        (loss + functional.binary_cross_entropy_with_logits(critic(fake.detach()), no)).backward()
        rules[1].step()
        rules[0].zero_grad()
        functional.binary_cross_entropy_with_logits(critic(fake), yes).backward()
        rules[0].step()

    return step


def unet(torch: Any) -> Step:
    nn, functional = torch.nn, torch.nn.functional

    def twice(before: int, after: int) -> Any:
        return nn.Sequential(
            *(nn.Conv2d(before, after, 3, padding=1), nn.ReLU()),
            *(nn.Conv2d(after, after, 3, padding=1), nn.ReLU()),
        )

    class UNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.down, self.middle, self.bottom = twice(3, 16), twice(16, 32), twice(32, 64)
            self.up = nn.ConvTranspose2d(64, 32, 2, 2)
            self.right, self.last, self.out = twice(64, 32), twice(48, 16), nn.Conv2d(16, 2, 1)

        def forward(self, x: Any) -> Any:
            first = self.down(x)
            second = self.middle(functional.max_pool2d(first, 2))
            third = self.bottom(functional.max_pool2d(second, 2))
            x = self.right(torch.cat([second, self.up(third)], 1))
            x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            return self.out(self.last(torch.cat([first, x], 1)))

    model, data = UNet(), Data(torch)
    x, y = data.normal(8, 3, 64, 64), data.labels(2, 8, 64, 64)
    return trained(torch, model, lambda: functional.cross_entropy(model(x), y))


def waves(torch: Any) -> Step:
    nn = torch.nn
    layers: list[Any] = []
    for before, after in ((1, 16), (16, 32), (32, 64)):
        layers += [nn.Conv1d(before, after, 9, padding=4), nn.BatchNorm1d(after), nn.ReLU(), nn.MaxPool1d(4)]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(64, 10))
    return classified(torch, model, Data(torch).normal(16, 1, 4096))


def volumes(torch: Any) -> Step:
    nn = torch.nn
    layers: list[Any] = []
    for before, after in ((1, 16), (16, 32)):
        layers += [nn.Conv3d(before, after, 3, padding=1), nn.BatchNorm3d(after), nn.ReLU(), nn.MaxPool3d(2)]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(32, 10))
    return classified(torch, model, Data(torch).normal(4, 1, 16, 32, 32))


def _characters(kind: str) -> Maker:
    def make(torch: Any) -> Step:
        nn, data = torch.nn, Data(torch)
        words, cells = nn.Embedding(64, 64), getattr(nn, kind)(64, 128, 2, batch_first=True)
        model = nn.ModuleList([words, cells, nn.Linear(128, 64)])
        x, y = data.labels(64, 32, 50), data.labels(64, 32, 50)

        def loss() -> Any:
            out = model[2](cells(words(x))[0])
            return torch.nn.functional.cross_entropy(out.reshape(-1, 64), y.reshape(-1))

        return trained(torch, model, loss)

    return make


def gpt(torch: Any) -> Step:
    nn, functional = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self, d: int, heads: int) -> None:
            super().__init__()
            self.heads, self.qkv, self.out = heads, nn.Linear(d, 3 * d), nn.Linear(d, d)
            self.before, self.after = nn.LayerNorm(d), nn.LayerNorm(d)
            self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

        def forward(self, x: Any) -> Any:
            n, t, d = x.shape
            parts = self.qkv(self.before(x)).reshape(n, t, 3, self.heads, d // self.heads)
            q, k, v = parts.permute(2, 0, 3, 1, 4)
            seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(seen.transpose(1, 2).reshape(n, t, d))
            return x + self.mlp(self.after(x))

    data = Data(torch)
    model = nn.Sequential(nn.Embedding(256, 128), Block(128, 4), Block(128, 4), nn.Linear(128, 256))
    x, y = data.labels(256, 16, 64), data.labels(256, 16, 64)
    return trained(torch, model, lambda: functional.cross_entropy(model(x).reshape(-1, 256), y.reshape(-1)))


def transformer(torch: Any) -> Step:
    layer = torch.nn.TransformerEncoderLayer(128, 4, 256, dropout=0.0, batch_first=True)
    model = torch.nn.TransformerEncoder(layer, 2)
    x = Data(torch).normal(16, 64, 128)
    return trained(torch, model, lambda: model(x).square().mean())


def vae(torch: Any) -> Step:
    nn, functional, data = torch.nn, torch.nn.functional, Data(torch)
    encoder = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 40))
    decoder = nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 784))
    model, x = nn.ModuleList([encoder, decoder]), torch.sigmoid(data.normal(128, 784))

    def loss() -> Any:
        mean, spread = encoder(x).chunk(2, 1)
        z = mean + torch.exp(0.5 * spread) * torch.randn_like(spread)
        missed = functional.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum")
        return missed - 0.5 * (1 + spread - mean**2 - spread.exp()).sum()

    return trained(torch, model, loss, 1e-6)


def _mlp(torch: Any, *sizes: int) -> Any:
    nn = torch.nn
    layers: list[Any] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def per_sample(torch: Any) -> Step:
    model, data = _mlp(torch, 64, 64, 10), Data(torch)
    x, y = data.normal(64, 64), data.labels(10, 64)
    values = {name: p.detach() for name, p in model.named_parameters()}

    def loss(values: Any, x: Any, y: Any) -> Any:
        out = torch.func.functional_call(model, values, (x[None],))
        return torch.nn.functional.cross_entropy(out, y[None])

    gradients = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
    return lambda: gradients(values, x, y)


def hessian(torch: Any) -> Step:
    data = Data(torch)
    a, x = data.normal(20, 20), data.normal(20)
    return lambda: torch.autograd.functional.hessian(lambda v: torch.tanh(a @ v).square().sum(), x)


def penalty(torch: Any) -> Step:
    critic, data = _mlp(torch, 64, 128, 128, 1), Data(torch)
    x = data.normal(64, 64).requires_grad_()

    def loss() -> Any:
        value = critic(x)
        (slope,) = torch.autograd.grad(value.sum(), x, create_graph=True)
        return value.mean() + 10 * (slope.norm(2, 1) - 1).square().mean()

    return trained(torch, critic, loss)


def tiny(torch: Any) -> Step:
    return classified(torch, _mlp(torch, 4, 16, 3), Data(torch).normal(8, 4), 3)


NETWORKS: dict[str, tuple[str, Maker]] = {
    "mobilenet": ("three inverted residuals (depthwise 3x3, ReLU6), 64x64, batch 16: step", mobilenet),
    "convnext": ("three ConvNeXt blocks (depthwise 7x7, LayerNorm, GELU), 64x64, batch 16: step", convnext),
    "grouped-net": ("grouped 3x3 with GroupNorm and SiLU, three times, 32x32, batch 16: step", grouped),
    "dcgan": ("DCGAN, 32x32, batch 32: a step of both nets with Adam", dcgan),
    "unet": ("U-Net (transposed, bilinear, cat), 64x64, batch 8: step", unet),
    "waves": ("three Conv1d layers on 4,096 samples, batch 16: step", waves),
    "volumes": ("two Conv3d layers on 16x32x32, batch 4: step", volumes),
    "lstm": ("characters by an LSTM of 2 layers, 50 steps, batch 32: step", _characters("LSTM")),
    "gru": ("characters by a GRU of 2 layers, 50 steps, batch 32: step", _characters("GRU")),
    "gpt": ("GPT of 2 layers, d 128, 64 tokens, batch 16: step", gpt),
    "transformer": ("transformer encoder of 2 layers, d 128, 64 tokens, batch 16: step", transformer),
    "vae": ("VAE 784-256-20, batch 128: step", vae),
    "per-sample": ("vmap of grad: gradients of an MLP for each of 64 samples", per_sample),
    "hessian": ("Hessian of 20 numbers", hessian),
    "penalty": ("MLP with a gradient penalty, batch 64: step", penalty),
    "tiny": ("MLP 4-16-3, batch 8: step", tiny),
}


def build(torch: Any, name: str) -> Step:
    """The step of that name, taken by the module ``torch``."""
    torch.manual_seed(0)
    return NETWORKS[name][1](torch)
