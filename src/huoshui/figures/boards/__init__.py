"""Dashboards: the figures of a place pack by pack, those of the places below side by side, and both as Excel."""
