"""Documents: reviews, bulletins, profiles and notices, written by templates and frozen with the figures they used."""
