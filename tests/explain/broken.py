"""Scripts whose gradients go wrong, each with a comment ``# culprit`` at the line to be named."""

BROKEN = {
    "dead_relu": """
w = torch.tensor([[-1.0, -2.0], [-3.0, -1.0]], requires_grad=True)
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
h = x @ w
a = torch.relu(h)  # culprit
loss = (a * 2).sum()
loss.backward()
""",
    "detached_branch": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([1.0, 2.0], requires_grad=True)
h = w * 3
h = h.detach()  # culprit
loss = (h * b).sum()
loss.backward()
""",
    "nan_from_log_of_zero": """
logits = torch.tensor([0.0, 1.0], requires_grad=True)
p = logits * logits
entropy = torch.log(p)  # culprit
loss = -(p * entropy).sum()
loss.backward()
""",
    "overwritten_in_place": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w * 2
y = torch.exp(h)
y += 1  # culprit
loss = y.sum()
loss.backward()
""",
    "integer_cast": """
w = torch.tensor([1.5, 2.5], requires_grad=True)
b = torch.tensor([1.0], requires_grad=True)
steps = (w * 10).long()  # culprit
loss = (steps * b).sum()
loss.backward()
""",
    "computed_under_no_grad": """
w = torch.tensor([1.5, 2.5], requires_grad=True)
b = torch.tensor([1.0, 1.0], requires_grad=True)
with torch.no_grad():
    h = w * 2  # culprit
loss = (h + b).sum()
loss.backward()
""",
    "numpy_round_trip": """
import numpy as np
w = torch.tensor([1.5, 2.5], requires_grad=True)
b = torch.tensor([1.0, 1.0], requires_grad=True)
h = torch.tensor(np.sqrt((w * 2).detach().numpy()))  # culprit
loss = (h * b).sum()
loss.backward()
""",
    "zero_weight_in_the_loss": """
w = torch.tensor([1.5, 2.5], requires_grad=True)
penalty = (w * w).sum()
loss = penalty * 0.0  # culprit
loss.backward()
""",
    "square_root_at_zero": """
w = torch.tensor([0.0, 4.0], requires_grad=True)
squares = w * w
norms = torch.sqrt(squares)  # culprit
loss = norms.sum()
loss.backward()
""",
    "frozen": """
w = torch.tensor([1.5, 2.5], requires_grad=True)
b = torch.tensor([1.0, 1.0], requires_grad=True)
w.requires_grad_(False)  # culprit
loss = (w * b).sum()
loss.backward()
""",
    "rebuilt_from_item": """
w = torch.tensor([1.5, 2.5], requires_grad=True)
value = (w * w).sum().item()  # culprit
loss = torch.tensor(value, requires_grad=True)
loss.backward()
""",
    "comparison": """
w = torch.tensor([1.5, 2.5], requires_grad=True)
hits = w > 2  # culprit
loss = hits.float().mean()
loss.backward()
""",
    "not_a_leaf": """
w = torch.tensor([1.5, 2.5], requires_grad=True) * 0.1  # culprit
loss = (w * w).sum()
loss.backward()
""",
    "never_used": """
w = torch.tensor([1.5, 2.5], requires_grad=True)
v = torch.tensor([1.5, 2.5], requires_grad=True)
loss = (v * v).sum()  # culprit
loss.backward()
""",
    "divided_by_zero": """
w = torch.tensor([1.5, 2.5], requires_grad=True)
total = w - w
scaled = w / total  # culprit
loss = scaled.sum()
loss.backward()
""",
    "cancels": """
w = torch.tensor([1.5, 2.5], requires_grad=True)
loss = (w - w).sum()  # culprit
loss.backward()
""",
}
