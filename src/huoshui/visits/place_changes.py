"""Visits and results stay where they were made; while a round runs, its places are not moved from under it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.access import path_condition
from huoshui.kernel.errors import Problem
from huoshui.places.changes.carriers import Resting, Staying
from huoshui.places.changes.operations import MOVE
from huoshui.places.changes.planning import Plan
from huoshui.places.changes.trace import Trace
from huoshui.places.models import Place
from huoshui.visits.models import Judge, Result, Round, RoundPlace, Visit


class _Visits:
    """Nothing of a visit goes along."""

    code = "visit"
    label = _("观摩")

    def resting(self, place: Place, since: dt.date) -> list[Resting]:
        """None: what is not sealed stands in the way (see ``problems``)."""
        return []

    def standing_open(self, place: Place, since: dt.date) -> list[Staying]:
        """Rounds under way of the place or that it belongs to, and sheets of its own that are not submitted."""
        return [
            Staying(gettext("未封存的轮次"), _rounds_of(path_condition("place__path", place.path)).count()),
            Staying(gettext("未提交的检查"), _drafts_at(place)),
        ]

    def staying(self, paths: Iterable[str]) -> list[Staying]:
        """Results of rounds, and visits."""
        paths = list(paths)
        results, visits = (model.objects.filter(place__path__in=paths).count() for model in (Result, Visit))
        return [Staying(gettext("历次考核成绩"), results), Staying(gettext("检查记录"), visits)]

    def along(self, path: str) -> list[Staying]:
        """Sealed rounds that the places were judged in: their results are told under the new parent as well."""
        rounds = Result.objects.filter(path_condition("place__path", path)).values("round").distinct()
        return [Staying(gettext("考核过的轮次"), rounds.count())]

    def problems(self, plan: Plan) -> list[Problem]:
        """place.change_round for each round under way that the places or what lies below them belong to.

        Its teams are told apart by where a place lies. place.change_draft for a sheet that is not submitted.
        """
        asked, found = plan.operation, []
        for place in asked.sources if asked.kind == MOVE else asked.giving:
            for row in _rounds_of(path_condition("place__path", place.path)).order_by("opens_on", "name"):
                told = {"place": place.short_name, "round": row.name}
                found.append(Problem("place.change_round", "sources", params=told))
            drafts = _drafts_at(place)
            if drafts and place in asked.ending:
                params = {"place": place.short_name, "count": drafts}
                found.append(Problem("place.change_draft", "sources", params=params))
        return found

    def carry(self, trace: Trace, item: Resting, to: Place, *, by: Any, since: dt.date) -> None:
        """Never called: nothing rests."""
        raise RuntimeError("no visit goes to a successor")


def _rounds_of(within: Q) -> QuerySet[Round]:
    """Rounds under way that a place or what lies below it belongs to."""
    running = Round.objects.exclude(state=Round.State.SEALED)
    found: QuerySet[Round] = running.filter(
        within
        | Q(pk__in=RoundPlace.objects.filter(within).values("round"))
        | Q(pk__in=Judge.objects.filter(within).values("round"))
    )
    return found


def _drafts_at(place: Place) -> int:
    return Visit.objects.filter(place=place, round__isnull=True, state=Visit.State.DRAFT).count()


CARRIER = _Visits()
