"""Deep Q-learning with a memory and a target net that follows slowly."""

import random
from collections import deque, namedtuple

import torch
import torch.nn as nn

Transition = namedtuple("Transition", ("state", "action", "next_state", "reward"))
torch.manual_seed(19)
random.seed(19)
memory = deque(maxlen=100)
policy_net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
target_net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
target_net.load_state_dict(policy_net.state_dict())
optimizer = torch.optim.AdamW(policy_net.parameters(), lr=1e-2, amsgrad=True)
state = torch.zeros(1, 2)
losses = []
for step in range(35):
    with torch.no_grad():
        greedy = policy_net(state).max(1).indices.view(1, 1)
    action = greedy if random.random() > 0.3 else torch.tensor([[random.randrange(2)]], dtype=torch.long)
    after = (
        None
        if random.random() < 0.2
        else (state + torch.tensor([[0.1, -0.1]]) * (2 * action - 1)).clamp(-1, 1)
    )
    memory.append(Transition(state, action, after, torch.tensor([float(action.item())])))
    state = torch.zeros(1, 2) if after is None else after
    if len(memory) < 16:
        continue
    batch = Transition(*zip(*random.sample(memory, 16)))
    mask = torch.tensor([s is not None for s in batch.next_state], dtype=torch.bool)
    values = policy_net(torch.cat(batch.state)).gather(1, torch.cat(batch.action))
    following = torch.zeros(16)
    with torch.no_grad():
        following[mask] = target_net(torch.cat([s for s in batch.next_state if s is not None])).max(1).values
    loss = nn.SmoothL1Loss()(values, (following * 0.9 + torch.cat(batch.reward)).unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()
    new, old = target_net.state_dict(), policy_net.state_dict()
    for key in old:
        new[key] = old[key] * 0.05 + new[key] * 0.95
    target_net.load_state_dict(new)
    losses.append(loss.item())
