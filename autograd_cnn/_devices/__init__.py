"""Devices: which there are, moving arrays between them, what fails on them, and the switches of a process."""
