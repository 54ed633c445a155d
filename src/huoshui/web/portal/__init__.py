"""Public pages, without signing in: guides by hub, following a request by its code, rating it. Nothing personal."""
