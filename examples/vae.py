"""A variational autoencoder of small pictures: reconstruction and divergence from the prior in one loss."""

import argparse

import torch
from torch import nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

SIZE = 12


def discs(count):
    """Pictures of a soft disc at a random place."""
    centre = 3 + 6 * torch.rand(count, 2, 1, 1)
    at = torch.arange(SIZE).view(1, SIZE)
    distance = (at.view(1, SIZE, 1) - centre[:, 0]) ** 2 + (at.view(1, 1, SIZE) - centre[:, 1]) ** 2
    return torch.sigmoid(6.0 - distance)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(SIZE * SIZE, 64)
        self.fc21 = nn.Linear(64, 4)
        self.fc22 = nn.Linear(64, 4)
        self.fc3 = nn.Linear(4, 64)
        self.fc4 = nn.Linear(64, SIZE * SIZE)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, SIZE * SIZE))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    """Reconstruction + KL divergence losses summed over all elements and batch (Kingma and Welling, 2014,
    appendix B)."""
    BCE = F.binary_cross_entropy(recon_x, x.view(-1, SIZE * SIZE), reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--double", action="store_true", help="compute in float64 and print all digits of every step"
    )
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    if args.double:
        torch.set_default_dtype(torch.float64)

    loader = DataLoader(TensorDataset(discs(256)), batch_size=args.batch_size, shuffle=True)
    model = VAE()
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    model.train()
    step = 0
    while step < args.steps:
        for (data,) in loader:
            if step == args.steps:
                break
            optimizer.zero_grad()
            recon_batch, mu, logvar = model(data)
            loss = loss_function(recon_batch, data, mu, logvar)
            loss.backward()
            optimizer.step()
            if args.double:
                print(f"step {step} loss {loss.item() / len(data):.15g}")
            elif step % 20 == 0:
                print(f"step {step:3d}  loss {loss.item() / len(data):.3f}")
            step += 1

    with torch.no_grad():
        drawn = model.decode(torch.randn(1, 4)).view(SIZE, SIZE)
    for row in drawn:
        print("".join(" .:-=+*#%@"[int(9 * value)] for value in row))


if __name__ == "__main__":
    main()
