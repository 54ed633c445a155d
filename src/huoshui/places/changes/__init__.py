"""Places over time: renames, moves, merges and splits, effective on a day, planned before they are done, undone whole.

Modelled on the split and merge of organisation units in DHIS2: what is past stays where it was, what still runs goes
to a successor.
"""
