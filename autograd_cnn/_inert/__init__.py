"""Parts of PyTorch that have nothing to do here: compilers, other machines' devices, tracers.

Libraries import them, ask whether they are there, and decorate functions with them. So each has its names:
what asks says no, a decorator returns its function, and what would have to work says what to do instead.
"""
