"""Scoped reads of rounds, sheets and results, as typed rows. Points are thousandths; ``shown_points`` prints them."""

from huoshui.visits.queries.forms import (
    FormItem,
    FormSection,
    SheetForm,
    UsedCodes,
    checklist_source,
    sheet_form,
    used_codes,
)
from huoshui.visits.queries.places import (
    Remark,
    ReviewItem,
    VillageReview,
    results_of_place,
    village_review,
    visits_of_place,
)
from huoshui.visits.queries.progress import JudgeProgress, PlaceProgress, Progress, TownProgress, progress
from huoshui.visits.queries.results import (
    HeatCell,
    HeatMap,
    HeatRow,
    RankRow,
    digest_to_sign,
    heat_map,
    late_sheets,
    ranking,
    result_sheet,
    shown_points,
)
from huoshui.visits.queries.waiting import Tour, Waiting, rounds_waiting, sheets_waiting, tours_ahead

__all__ = [
    "FormItem",
    "FormSection",
    "HeatCell",
    "HeatMap",
    "HeatRow",
    "JudgeProgress",
    "PlaceProgress",
    "Progress",
    "RankRow",
    "Remark",
    "ReviewItem",
    "SheetForm",
    "Tour",
    "TownProgress",
    "UsedCodes",
    "VillageReview",
    "Waiting",
    "checklist_source",
    "digest_to_sign",
    "heat_map",
    "late_sheets",
    "progress",
    "ranking",
    "result_sheet",
    "results_of_place",
    "rounds_waiting",
    "sheet_form",
    "sheets_waiting",
    "shown_points",
    "tours_ahead",
    "used_codes",
    "village_review",
    "visits_of_place",
]
