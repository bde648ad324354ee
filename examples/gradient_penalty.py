"""A Wasserstein GAN in the plane whose critic is kept smooth by a penalty on its gradient: a derivative
inside the loss."""

import argparse

import torch
from torch import autograd, nn, optim
from torch.autograd import Variable


def mlp(inputs, hidden, outputs):
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ELU(), nn.Linear(hidden, outputs)
    )


def ring(count):
    """Points near a circle."""
    angle = 6.2831853 * torch.rand(count)
    return torch.stack([torch.cos(angle), torch.sin(angle)], dim=1) + 0.05 * torch.randn(count, 2)


def gradient_penalty(critic, real, fake):
    """How far the gradient's norm is from 1 between real and drawn points (Gulrajani et al., 2017)."""
    alpha = torch.rand(real.size(0), 1).expand_as(real)
    interpolates = Variable(alpha * real + (1 - alpha) * fake, requires_grad=True)
    score = critic(interpolates)
    gradients = autograd.grad(
        outputs=score,
        inputs=interpolates,
        grad_outputs=torch.ones(score.size()),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--penalty", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--double", action="store_true", help="compute in float64 and print all digits of every step"
    )
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    if args.double:
        torch.set_default_dtype(torch.float64)

    generator, critic = mlp(2, 32, 2), mlp(2, 32, 1)
    optimizer_g = optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.9))
    optimizer_c = optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.9))
    for step in range(args.steps):
        for p in critic.parameters():
            p.requires_grad = True
        for _ in range(2):
            critic.zero_grad()
            real = ring(args.batch_size)
            with torch.no_grad():
                fake = generator(torch.randn(args.batch_size, 2))
            wasserstein = critic(real).mean() - critic(fake).mean()
            loss_c = -wasserstein + args.penalty * gradient_penalty(critic, real.data, fake.data)
            loss_c.backward()
            optimizer_c.step()
        for p in critic.parameters():
            p.requires_grad = False
        generator.zero_grad()
        loss_g = -critic(generator(torch.randn(args.batch_size, 2))).mean()
        loss_g.backward()
        optimizer_g.step()
        if args.double:
            print(f"step {step} loss {loss_c.item():.15g} {loss_g.item():.15g}")
        elif step % 10 == 0:
            print(f"step {step:3d}  critic {loss_c.item():.4f}  generator {loss_g.item():.4f}")
    with torch.no_grad():
        radius = generator(torch.randn(256, 2)).norm(dim=1)
    print(f"radius of what is drawn: {radius.mean().item():.3f} +- {radius.std().item():.3f}")


if __name__ == "__main__":
    main()
