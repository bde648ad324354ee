"""Fit a noisy sine with a small network: the shortest whole training loop."""

import argparse
import math

import torch
import torch.nn as nn
import torch.optim as optim


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--double", action="store_true", help="compute in float64 and print all digits of every step"
    )
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    if args.double:
        torch.set_default_dtype(torch.float64)

    x = torch.linspace(-math.pi, math.pi, 200).unsqueeze(1)
    y = torch.sin(x) + 0.1 * torch.randn(x.size())

    model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
    criterion = nn.MSELoss()
    optimizer = optim.Adam(model.parameters(), lr=args.lr, weight_decay=1e-4)

    for step in range(args.steps):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        if args.double:
            print(f"step {step} loss {loss.item():.15g}")
        elif step % 50 == 0:
            print(f"step {step:4d}  loss {loss.item():.4f}")

    with torch.no_grad():
        error = (model(x) - torch.sin(x)).abs().max()
    print(f"largest distance from the sine: {error.item():.3f}")


if __name__ == "__main__":
    main()
