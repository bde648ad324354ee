"""Weights by their address, under the older name."""

from ..hub import load_state_dict_from_url as load_state_dict_from_url
from ..hub import load_state_dict_from_url as load_url

__all__ = ["load_state_dict_from_url", "load_url"]
