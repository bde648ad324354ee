"""The engine: the graph and its backward pass, what writes do to it, modes, dtypes. It knows primitives and
arrays, and of a Tensor its handle only.

To read it: ``node`` (what an operator leaves), ``sort`` and ``backward`` (the pass over the nodes), then
``recording`` (where nodes are made) and ``differentiate`` (what a user calls).
"""
