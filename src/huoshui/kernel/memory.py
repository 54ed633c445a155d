"""How often a process looks for cycles of unused objects."""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
"""Python's own 700 have it look through what a page is built of several times while it is built, and through all that
a start brings in while it does: a third of the time that ``serve`` takes to start."""


SERVING = (10_000, 10, 20)
"""The same while pages are answered. What a page leaves behind in cycles is looked through little and often: with
50,000 one page in five paid 10 to 15 ms for the five, and that was its p95."""


def look_seldom() -> None:
    """Look once in NEW_OBJECTS instead of once in 700. Reference counts free nearly everything at once as before."""
    gc.set_threshold(NEW_OBJECTS, 20, 20)


def collect_seldom() -> None:
    """Leave what is loaded by now out of every later look.

    A full look goes through some 300,000 objects of code and definitions: 0.2 seconds in which nothing is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SERVING)
