"""Huoshui: one register for what a district promises its villages."""

__version__ = "0.1.0"
