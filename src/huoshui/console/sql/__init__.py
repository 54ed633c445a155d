"""A question in SQL: parsed, held to a grammar, and written anew for the engine in use with what has to be hidden."""
