"""``/api/v1``: the same lists and actions as the pages, for programs."""
