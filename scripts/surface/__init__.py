"""PyTorch's public surface, enumerated: its names, methods, arguments and defaults, and what stands for them
here."""
