"""Results are the same at each run; the switch of this name has nothing to do."""

fill_uninitialized_memory: bool = True
"""``empty`` may hold anything or zeros; nothing depends on it."""
