"""Pellucid: self-hosted web analytics one can see through."""

from importlib.metadata import version

__version__ = version("pellucid")
