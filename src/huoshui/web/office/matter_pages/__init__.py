"""Pages of matters: the ledger, one matter, its steps and its photos."""
