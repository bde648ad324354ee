"""Counters that a program may watch: nobody does."""

__all__: list[str] = []
