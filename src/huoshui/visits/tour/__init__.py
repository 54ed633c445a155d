"""The tour of a round: which team is where on which day and in which order, found by a routing solver.

``terms`` is what the review lead asks for, ``table`` reads a table of distances, ``legs`` gives the minutes between two
places, ``solver`` finds the order, ``routes`` tells it with its times. Times are whole minutes: a leg that ends within
a minute takes all of it, so that what stands on the day sheet adds up.
"""
