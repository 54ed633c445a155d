"""Kept cells: figures counted beforehand, so that a page of them is read and not counted.

Triggers of the database mark what a change touches, in its transaction (``marking``); the background counts anew what
is marked (``keeping``); a reader counts a cell that is marked or missing from the records (``reading``). A cell is
never corrected by a difference: it is what a count over its records says.
"""
