"""Pages of a round: planning, its steps, results, sheets of judges, the village's review, checklists."""
