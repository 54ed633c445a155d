"""How often a process looks for cycles of unused objects."""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
"""Python's own 700 have it look through what a page is built of several times while it is built, and through all that
a start brings in while it does: a third of the time that ``serve`` takes to start."""


def look_seldom() -> None:
    """Look once in NEW_OBJECTS instead of once in 700. Reference counts free nearly everything at once as before."""
    gc.set_threshold(NEW_OBJECTS, 20, 20)


def collect_seldom() -> None:
    """Leave what is loaded by now out of every later look, and look once in several pages instead of within each.

    A full look goes through some 300,000 objects of code and definitions: 0.2 seconds in which nothing is answered.
    """
    gc.collect()
    gc.freeze()
    look_seldom()
