"""Award-in-lieu subsidy 以奖代补: rules in packs, the year's pots, claims and their approval."""
