"""The public functions under PyTorch's names, by families. They call primitives, whose hook finds the
Tensors."""
