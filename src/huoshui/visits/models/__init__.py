"""Rounds with all that belongs to them, and what is kept beside them: the analysis, the tour."""

from huoshui.visits.models.chosen import Chosen
from huoshui.visits.models.common import Missing, checklist_of, judge_label
from huoshui.visits.models.fairness import FairnessAnalysis
from huoshui.visits.models.rounds import (
    Adjustment,
    Answer,
    Correction,
    Judge,
    Result,
    ResultItem,
    Round,
    RoundPlace,
    Signature,
    Visit,
)
from huoshui.visits.models.tours import TourDistances, TourPlan

__all__ = [
    "Adjustment",
    "Answer",
    "Chosen",
    "Correction",
    "FairnessAnalysis",
    "Judge",
    "Missing",
    "Result",
    "ResultItem",
    "Round",
    "RoundPlace",
    "Signature",
    "TourDistances",
    "TourPlan",
    "Visit",
    "checklist_of",
    "judge_label",
]
