"""State of figures: what units report, what files say, targets, and the questions between sources."""

from huoshui.figures.reporting.models import Conflict, Filing, FilingStep, Observation, Target

__all__ = ["Conflict", "Filing", "FilingStep", "Observation", "Target"]
