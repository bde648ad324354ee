"""A dataset of a script without a guard, read by two workers, with a sampler of weights."""

import torch
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler, random_split


class Points(Dataset[tuple]):
    def __len__(self):
        return 40

    def __getitem__(self, i):
        x = torch.tensor([i / 40.0, (i % 5) / 5.0])
        return {"x": x, "y": int(i % 5 > 2)}


torch.manual_seed(38)
train, _ = random_split(Points(), [0.8, 0.2])
sampler = WeightedRandomSampler([1.0 + train[i]["y"] for i in range(len(train))], 40)
loader = DataLoader(
    train,
    batch_size=8,
    sampler=sampler,
    num_workers=2,
    collate_fn=lambda items: (torch.stack([d["x"] for d in items]), torch.tensor([d["y"] for d in items])),
)
model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
losses = []
for _ in range(2):
    for x, y in loader:
        loss = torch.nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
