"""PyTorch's public surface, enumerated: every name, method, argument and default, and what stands for it here."""
