"""Two networks against each other: one draws small pictures of crosses, the other tells them from real
ones."""

import argparse

import torch
import torch.nn as nn
import torch.optim as optim

SIZE = 16


def crosses(count):
    """Pictures in [-1, 1] of a bright row and a bright column."""
    images = torch.full((count, 1, SIZE, SIZE), -1.0)
    rows, columns = torch.randint(2, SIZE - 2, (count,)), torch.randint(2, SIZE - 2, (count,))
    images[torch.arange(count), 0, rows] = 1.0
    images[torch.arange(count), 0, :, columns] = 1.0
    return images


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        torch.nn.init.normal_(m.weight, 0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        torch.nn.init.normal_(m.weight, 1.0, 0.02)
        torch.nn.init.zeros_(m.bias)


class Generator(nn.Module):
    def __init__(self, nz, ngf):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 2, 4, 1, 0, bias=False),
            nn.BatchNorm2d(ngf * 2),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, ngf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ngf),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf, 1, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, input):
        return self.main(input)


class Discriminator(nn.Module):
    def __init__(self, ndf):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(1, ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, ndf * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ndf * 2),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf * 2, 1, 4, 1, 0, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, input):
        return self.main(input).view(-1, 1).squeeze(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--nz", type=int, default=16, help="size of the latent z vector")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--beta1", type=float, default=0.5, help="beta1 for adam")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--double", action="store_true", help="compute in float64 and print all digits of every step"
    )
    opt = parser.parse_args()
    torch.manual_seed(opt.seed)
    if opt.double:
        torch.set_default_dtype(torch.float64)

    netG, netD = Generator(opt.nz, 8), Discriminator(8)
    netG.apply(weights_init)
    netD.apply(weights_init)
    criterion = nn.BCELoss()
    fixed_noise = torch.randn(4, opt.nz, 1, 1)
    optimizerD = optim.Adam(netD.parameters(), lr=opt.lr, betas=(opt.beta1, 0.999))
    optimizerG = optim.Adam(netG.parameters(), lr=opt.lr, betas=(opt.beta1, 0.999))

    for step in range(opt.steps):
        # (1) Update D network: maximize log(D(x)) + log(1 - D(G(z)))
        netD.zero_grad()
        real = crosses(opt.batch_size)
        label = torch.full((opt.batch_size,), 1.0, dtype=real.dtype)
        errD_real = criterion(netD(real), label)
        errD_real.backward()
        fake = netG(torch.randn(opt.batch_size, opt.nz, 1, 1))
        label.fill_(0.0)
        output = netD(fake.detach())
        errD_fake = criterion(output, label)
        errD_fake.backward()
        errD = errD_real + errD_fake
        optimizerD.step()

        # (2) Update G network: maximize log(D(G(z)))
        netG.zero_grad()
        label.fill_(1.0)
        errG = criterion(netD(fake), label)
        errG.backward()
        optimizerG.step()

        if opt.double:
            print(f"step {step} loss {errD.item():.15g} {errG.item():.15g}")
        elif step % 10 == 0:
            print(f"step {step:3d}  Loss_D: {errD.item():.4f}  Loss_G: {errG.item():.4f}")

    netG.eval()
    with torch.no_grad():
        drawn = netG(fixed_noise)[0, 0]
    for row in drawn:
        print("".join("#" if value > 0 else "." for value in row.tolist()))


if __name__ == "__main__":
    main()
