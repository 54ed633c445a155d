"""Rounds with all that belongs to them, and the analysis kept beside them."""

from huoshui.visits.models.fairness import FairnessAnalysis
from huoshui.visits.models.rounds import (
    Adjustment,
    Answer,
    Correction,
    Judge,
    Missing,
    Result,
    ResultItem,
    Round,
    RoundPlace,
    Signature,
    Visit,
    checklist_of,
    judge_label,
)

__all__ = [
    "Adjustment",
    "Answer",
    "Correction",
    "FairnessAnalysis",
    "Judge",
    "Missing",
    "Result",
    "ResultItem",
    "Round",
    "RoundPlace",
    "Signature",
    "Visit",
    "checklist_of",
    "judge_label",
]
