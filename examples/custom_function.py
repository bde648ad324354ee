"""Operators with gradients of their own: a polynomial, and a sign that lets gradients through."""

import argparse

import torch
from torch.autograd import Function


class LegendrePolynomial3(Function):
    """P3(x) = (5 x^3 - 3 x) / 2, whose derivative is 3 (5 x^2 - 1) / 2."""

    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input**3 - 3 * input)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input**2 - 1)


class Binarize(Function):
    """The sign, with the gradient of a clamp: the straight-through estimator."""

    @staticmethod
    def forward(ctx, input, limit):
        ctx.save_for_backward(input)
        ctx.limit = limit
        return torch.where(input >= 0, 1.0, -1.0).to(input.dtype)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input.abs() > ctx.limit] = 0
        return grad_input, None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--lr", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--double", action="store_true", help="compute in float64 and print all digits of every step"
    )
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    if args.double:
        torch.set_default_dtype(torch.float64)

    x = torch.linspace(-1, 1, 128)
    y = torch.sin(3 * x)
    a, b, c, d = (torch.tensor(value, requires_grad=True) for value in (0.0, -1.0, 0.0, 0.3))
    codes = torch.randn(128, 16)
    latent = torch.nn.Parameter(torch.randn(16) * 0.5)
    secret = torch.randn(16).sign()
    optimizer = torch.optim.SGD(
        [{"params": [a, b, c, d]}, {"params": [latent], "lr": 4 * args.lr}], lr=args.lr, momentum=0.9
    )
    for step in range(args.steps):
        curve = a + b * LegendrePolynomial3.apply(c + d * x)
        signs = Binarize.apply(latent, 1.0)
        loss = (curve - y).pow(2).mean() + (codes @ (signs - secret)).pow(2).mean() / 16
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if args.double:
            print(f"step {step} loss {loss.item():.15g}")
        elif step % 20 == 0:
            print(f"step {step:3d}  loss {loss.item():.4f}")
    print(
        f"y = {a.item():.3f} + {b.item():.3f} P3({c.item():.3f} + {d.item():.3f} x); "
        f"{int((signs == secret).sum())} of 16 signs found"
    )


if __name__ == "__main__":
    main()
