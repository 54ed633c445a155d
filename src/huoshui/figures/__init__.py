"""Figures: indicators that packs declare, counted from records, each of which opens down to them."""
