"""Money of matters 资金: append-only lines by type, and payments that two people make."""
