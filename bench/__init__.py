"""How long things take, measured on the demo district: ``make bench``."""
