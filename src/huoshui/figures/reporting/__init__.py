"""Figures that nobody can count from records: reported by units, or taken over from a file with its source."""
