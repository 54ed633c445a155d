"""How often a served process looks for cycles of unused objects."""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
"""Python's own 700 have it look through what a page is built of several times while it is built."""


def collect_seldom() -> None:
    """Leave what is loaded by now out of every later look, and look once in several pages instead of within each.

    A full look goes through some 300,000 objects of code and definitions: 0.2 seconds in which nothing is answered.
    Reference counts free nearly everything at once as before; only cycles wait a little longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
