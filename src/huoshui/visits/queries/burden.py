"""What a checklist asks of the villages in a year: answers, photos, minutes and repeats (law 6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from huoshui.kernel import clock
from huoshui.kernel.numbers import rounded
from huoshui.visits.models import Visit
from huoshui.visits.relevance import asked_always
from huoshui.visits.schema import Checklist

YEAR = dt.timedelta(days=365)
ONE_SITTING = dt.timedelta(hours=12)
"""A sheet open for longer was left lying: how long it was worked on is not known."""


@dataclass(frozen=True)
class Burden:
    """The burden of one checklist. Past sheets are those handed in within the last 365 days, of any version."""

    asked: int
    """Answers on one sheet, where everything is asked."""
    conditional: int
    """Those of them that are asked under a condition only."""
    prefilled: int
    """Those of them that the register can fill in."""
    photos: int
    """Photos wanted whatever the answers are."""
    photos_failing: int
    """Items that want photos only when they fail."""
    sheets: int
    places: int
    minutes: int | None
    """Median from opening a sheet to handing it in; None while no sheet was done in one sitting."""

    @property
    def tenths_per_place(self) -> int:
        """Sheets per place that was visited, in tenths."""
        return rounded(Fraction(10 * self.sheets, self.places)) if self.places else 0


def burden_of(pack: str, checklist: Checklist) -> Burden:
    """What a checklist of a pack asks, by its items and by what its past sheets took. Names no place and no judge."""
    items = list(checklist.items.values())
    wanted = [item.evidence for item in items if item.evidence]
    past = Visit.objects.filter(
        pack_version__pack=pack, checklist_code=checklist.code, submitted_at__gt=clock.now() - YEAR
    ).values_list("place_id", "created_at", "submitted_at")
    sheets = list(past)
    took = [handed_in - opened for _, opened, handed_in in sheets if handed_in - opened <= ONE_SITTING]
    return Burden(
        asked=len(items),
        conditional=len(items) - len(asked_always(checklist)),
        prefilled=sum(item.prefill_from is not None for item in items),
        photos=sum(evidence.photos for evidence in wanted if evidence.when == "always"),
        photos_failing=sum(evidence.when == "failing" for evidence in wanted),
        sheets=len(sheets),
        places=len({place for place, _, _ in sheets}),
        minutes=round(median(took).total_seconds() / 60) if took else None,
    )
