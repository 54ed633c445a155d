"""Pages of figures that are reported, imported, aimed at or in doubt."""
