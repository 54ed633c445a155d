"""Which sheets wait for a judge: by round and village, with how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from huoshui.duties.queries import own_places
from huoshui.kernel import clock
from huoshui.places.models import Place
from huoshui.visits.answers import confirmed_texts
from huoshui.visits.models import Judge, Round, RoundPlace, Visit
from huoshui.visits.relevance import asked, conditions_of
from huoshui.visits.schema import Checklist
from huoshui.visits.tour.times import clock_time
from huoshui.visits.visibility import areas_judged


@dataclass(frozen=True)
class SheetLine:
    """A village that the judge looks at, and the sheet, if it was begun."""

    place: Place
    entry: RoundPlace | None
    visit: Visit | None
    done: int
    total: int

    @property
    def state(self) -> str:
        """todo, draft, submitted or late."""
        return self.visit.state if self.visit else "todo"

    @property
    def today(self) -> bool:
        """Whether the tour comes by today."""
        return bool(self.entry and self.entry.visit_on == clock.today())

    @property
    def arrives_at(self) -> str:
        """When the adopted tour is to arrive, "09:35"; "" without one."""
        return clock_time(self.entry.arrives) if self.entry and self.entry.arrives is not None else ""


@dataclass(frozen=True)
class MyRound:
    """A round that the person judges, with a line for each village of their team."""

    round: Round
    judge: Judge
    lines: list[SheetLine]

    @property
    def handed_in(self) -> list[SheetLine]:
        """Villages whose sheet was handed in."""
        return [line for line in self.lines if line.state in (Visit.State.SUBMITTED, Visit.State.LATE)]

    @property
    def waiting(self) -> list[SheetLine]:
        """Villages still to be scored, in the order of the tour; begun ones first."""
        open_lines = [line for line in self.lines if line not in self.handed_in]
        return sorted(open_lines, key=lambda line: line.visit is None)

    @property
    def submitted(self) -> int:
        return len(self.handed_in)


def my_rounds(user: Any) -> list[MyRound]:
    """Rounds that run, or were locked before all of the person's sheets came in."""
    if not areas_judged(user.pk):
        return []
    judges = Judge.objects.filter(account=user.pk).exclude(round__state=Round.State.PLANNED)
    judges = judges.select_related("round__pack_version", "place").order_by("-round__opens_on")
    own = own_places(user.pk)
    found = []
    for judge in judges:
        mine = MyRound(judge.round, judge, _lines(user, judge, own))
        if judge.round.state == Round.State.OPEN or mine.submitted < len(mine.lines):
            found.append(mine)
    return found


def _lines(user: Any, judge: Judge, own: set[str]) -> list[SheetLine]:
    round = judge.round
    begun = {visit.place_id: visit for visit in _counted(Visit.objects.filter(round=round, judge=user.pk))}
    checklist = round.checklist
    lines = []
    for entry in round.places.select_related("place__parent").order_by("position"):
        visit = begun.get(entry.place_id)
        if visit is None and (not judge.covers(entry.place) or entry.place.path in own):
            continue
        done, total = _progress(visit, checklist) if visit else (0, len(asked(checklist, {})))
        lines.append(SheetLine(entry.place, entry, visit, done, total))
    return lines


def free_sheets(user: Any) -> list[SheetLine]:
    """Visits by themselves: every draft, and the latest that were handed in."""
    rows = _counted(Visit.objects.filter(judge=user.pk, round__isnull=True)).select_related(
        "place__parent", "pack_version"
    )
    return [
        SheetLine(visit.place, None, visit, *_progress(visit, visit.checklist))
        for visit in rows.order_by("state", "-visited_on")[:50]
    ]


def _counted(visits: Any) -> Any:
    return visits.annotate(done=Count("answers", filter=Q(answers__points__isnull=False)))


def _progress(visit: Any, checklist: Checklist) -> tuple[int, int]:
    """How many of the items that the sheet asks are answered, and how many it asks."""
    if not conditions_of(checklist):
        return visit.done, len(checklist.items)
    given = confirmed_texts(checklist.items, {answer.item: answer for answer in visit.answers.all()})
    wanted = asked(checklist, given)
    return len(wanted & given.keys()), len(wanted)
