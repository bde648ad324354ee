"""What became of the calls of a compiled function."""

from collections import Counter


class Report:
    """Counts over all calls so far; printed, a few lines."""

    def __init__(self) -> None:
        self.calls: int = 0
        """How often the function was called."""
        self.waited: int = 0
        """Operators that were put off."""
        self.kernels: int = 0
        """Loops that ran for several of them together."""
        self.alone: int = 0
        """Those that ran by themselves, as without ``compile``."""
        self.refused: Counter[str] = Counter()
        """Groups of operators that can't be one loop, by the reason."""
        self.as_written: Counter[str] = Counter()
        """Calls in which nothing was put off, by the reason."""

    def __str__(self) -> str:
        lines = [
            f"{self.calls} calls; {self.waited} operators waited: {self.kernels} fused kernels ran, and "
            f"{self.alone} operators alone"
        ]
        lines += [f"run as written, {count} times: {reason}" for reason, count in self.as_written.items()]
        lines += [f"not fused, {count} times: {reason}" for reason, count in self.refused.items()]
        return "\n".join(lines)

    __repr__ = __str__
