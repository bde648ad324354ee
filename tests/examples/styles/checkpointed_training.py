"""Training that is saved, and goes on from the file."""

import os
import tempfile

import torch
import torch.nn as nn

torch.manual_seed(39)
x, y = torch.randn(20, 4), torch.randn(20, 1)


def fresh():
    model = nn.Sequential(nn.Linear(4, 8), nn.SELU(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    return model, optimizer, torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=2)


model, optimizer, scheduler = fresh()
losses = []
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "checkpoint.pt")
    for epoch in range(20):
        if epoch == 10:
            torch.save(
                {"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, path
            )
            model, optimizer, scheduler = fresh()
            found = torch.load(path)
            model.load_state_dict(found["model"])
            optimizer.load_state_dict(found["optimizer"])
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step(loss)
        losses.append(loss.item())
