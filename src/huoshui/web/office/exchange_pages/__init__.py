"""Pages of the exchange: figures handed out, codes of other systems."""
