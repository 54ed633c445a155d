"""Matters, what they go through, and their money."""

from huoshui.matters.letters.models import Letter, LetterMatter, LetterTemplate
from huoshui.matters.models.counts import MatterCount
from huoshui.matters.models.life import (
    Answered,
    ClockRun,
    Extension,
    LadderMark,
    Merge,
    NumberCounter,
    Split,
    Step,
    clock_runs_of,
    steps_of,
)
from huoshui.matters.models.matter import (
    CLOSED,
    OPEN,
    SUBMITTED,
    Matter,
    MatterPart,
    MatterValue,
    absorbed_by,
    read_absorbed,
    stored_value,
)
from huoshui.matters.models.views import DefaultView, SavedView
from huoshui.matters.money.models import MoneyLine, PaymentOrder

__all__ = [
    "CLOSED",
    "OPEN",
    "SUBMITTED",
    "Answered",
    "ClockRun",
    "DefaultView",
    "Extension",
    "LadderMark",
    "Letter",
    "LetterMatter",
    "LetterTemplate",
    "Matter",
    "MatterCount",
    "MatterPart",
    "MatterValue",
    "Merge",
    "MoneyLine",
    "NumberCounter",
    "PaymentOrder",
    "SavedView",
    "Split",
    "Step",
    "absorbed_by",
    "clock_runs_of",
    "read_absorbed",
    "steps_of",
    "stored_value",
]
