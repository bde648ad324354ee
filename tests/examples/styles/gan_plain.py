"""Two nets against each other, with the older names Variable and FloatTensor."""

import numpy as np
import torch
import torch.nn as nn
from torch.autograd import Variable

torch.manual_seed(7)
np.random.seed(7)
Tensor = torch.cuda.FloatTensor if torch.cuda.is_available() else torch.FloatTensor
generator = nn.Sequential(
    nn.Linear(5, 16), nn.LeakyReLU(0.2, inplace=True), nn.BatchNorm1d(16, 0.8), nn.Linear(16, 9), nn.Tanh()
)
discriminator = nn.Sequential(
    nn.Linear(9, 16), nn.LeakyReLU(0.2, inplace=True), nn.Linear(16, 1), nn.Sigmoid()
)
adversarial_loss = torch.nn.BCELoss()
optimizer_G = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
optimizer_D = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))
imgs = torch.rand(12, 9)
losses = []
for _ in range(10):
    valid = Variable(Tensor(imgs.size(0), 1).fill_(1.0), requires_grad=False)
    fake = Variable(Tensor(imgs.size(0), 1).fill_(0.0), requires_grad=False)
    real_imgs = Variable(imgs.type(Tensor))
    optimizer_G.zero_grad()
    z = Variable(Tensor(np.random.normal(0, 1, (imgs.shape[0], 5))))
    gen_imgs = generator(z)
    g_loss = adversarial_loss(discriminator(gen_imgs), valid)
    g_loss.backward()
    optimizer_G.step()
    optimizer_D.zero_grad()
    d_loss = (
        adversarial_loss(discriminator(real_imgs), valid)
        + adversarial_loss(discriminator(gen_imgs.detach()), fake)
    ) / 2
    d_loss.backward()
    optimizer_D.step()
    losses += [g_loss.item(), d_loss.item()]
