"""Functions that make tensors; unlike those of ``_functions`` they stand on the Tensor."""
