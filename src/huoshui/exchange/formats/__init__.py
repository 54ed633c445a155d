"""Formats of other systems: DHIS2's data value sets and IHE's ADX, written and read."""
