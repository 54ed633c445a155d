"""Supervision letters 督办函: what is demanded of a unit, in writing, and what it replied."""
