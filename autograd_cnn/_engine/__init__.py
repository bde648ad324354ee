"""The engine: the graph and its backward pass, what writes do to it, modes, dtypes. It knows primitives and arrays, and of a Tensor its handle only."""
