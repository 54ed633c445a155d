"""Ways for a matter to stand on the day that the demo is told for, by state and light."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from huoshui.demo.agenda import Part
from huoshui.demo.rectifying import Rectifying
from huoshui.demo.story import Story, number_of, working_day
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.places.models import Place

KIND = "rectification.item"
DAYS_TO_RECTIFY = {"ordinary": 15, "serious": 30, "urgent": 5}
"""Working days of the pack's clock, to find the day on which a matter must have been opened."""


def days(count: int) -> dt.timedelta:
    """That many calendar days."""
    return dt.timedelta(days=count)


@dataclass
class Case:
    """One matter to come: where, about what, how serious; opened by the township's office."""

    story: Story
    part: Part
    village: Place
    theme: str
    severity: str = "ordinary"
    also: str = ""
    """A second theme, found together with the first."""
    _doing: Rectifying | None = None

    @property
    def doing(self) -> Rectifying:
        """Its steps, once it is open."""
        if self._doing is None:
            raise RuntimeError(f"the matter at {self.village} is not open yet")
        return self._doing

    @property
    def as_of(self) -> dt.date:
        """The day the ledger is looked at."""
        return self.story.as_of

    def open_on(self, day: dt.date, hour: int = 9) -> None:
        """Opened on a day, with a photo of how it was found."""
        self.part.add(day, hour, self._open)

    def _open(self) -> None:
        theme = self.story.texts.themes[self.theme]
        detail = theme.problem[number_of(self.village.code, self.theme) % len(theme.problem)]
        matter = matters.open_matter(
            by=self.story.cast.office_of(self.village),
            kind=KIND,
            place=self.village,
            title=self.story.texts.other["titles"][self.theme],
            detail=f"日常走访发现（示范）：{detail}{self._also_found()}",
            severity=self.severity,
        )
        self._doing = Rectifying(self.story, matter, theme)
        self._doing.show_before()

    def _also_found(self) -> str:
        found = self.story.texts.themes[self.also].problem[0].rstrip("。") if self.also else ""
        return found and f"{found}（示范）。"

    def then(self, day: dt.date, hour: int, step: Callable[[Rectifying], object]) -> None:
        """A later step of it."""
        self.part.add(day, hour, lambda: step(self.doing))


def opened_for(as_of: dt.date, severity: str, overdue: int) -> dt.date:
    """The latest day whose limit lies ``overdue`` days or more before ``as_of``."""
    day = as_of
    while working_day(day, DAYS_TO_RECTIFY[severity]) > as_of - days(overdue):
        day -= days(1)
    return day


def opened_for_yellow(as_of: dt.date, severity: str) -> dt.date:
    """The latest day from which half of the time to rectify has passed on ``as_of``."""
    day = as_of
    while 2 * (as_of - day).days < (working_day(day, DAYS_TO_RECTIFY[severity]) - day).days + 1:
        day -= days(1)
    return day


def fresh(case: Case, ago: int = 1) -> None:
    """To claim, no light."""
    case.open_on(case.as_of - days(ago), 15)


def behind(case: Case, more: int = 0) -> None:
    """To claim, yellow: half of the time has passed and nobody claimed it."""
    case.open_on(opened_for_yellow(case.as_of, case.severity) - days(more))


def unclaimed(case: Case, overdue: int) -> None:
    """To claim, red: nobody claimed it in time, and the ladder has fired."""
    case.open_on(opened_for(case.as_of, case.severity, overdue))


def rectifying(case: Case, left: int) -> None:
    """Being rectified, with ``left`` days to its own deadline; negative: overdue by so many."""
    deadline = case.as_of + days(left)
    opened = min(deadline - days(5 if case.severity == "urgent" else 12), case.as_of - days(4))
    case.open_on(opened)
    case.then(opened + days(1), 10, lambda doing: doing.claim(deadline))
    case.then(opened + days(2), 17, Rectifying.update)


def _submitted(case: Case, ago: int) -> dt.date:
    day = case.as_of - days(ago)
    case.open_on(day - days(9))
    case.then(day - days(8), 8, Rectifying.claim)
    case.then(day, 16, Rectifying.submit)
    return day


def submitted(case: Case, ago: int) -> None:
    """To verify since so many days: none, then blue, then red as the verifier's time runs out."""
    _submitted(case, ago)


def returned(case: Case, ago: int = 2) -> None:
    """Submitted and returned."""
    case.then(_submitted(case, ago + 2) + days(2), 10, Rectifying.send_back)


def resolved(case: Case, ago: int) -> None:
    """Verified and closed so many days ago, green."""
    case.then(_submitted(case, ago + 2) + days(2), 10, Rectifying.verify)


def reopened(case: Case, ago: int = 3) -> None:
    """Closed, and opened again."""
    resolved(case, ago + 5)
    case.then(case.as_of - days(ago), 9, Rectifying.reopen)
    case.then(case.as_of - days(ago - 1), 9, Rectifying.reclaim)


def supervised(case: Case, left: int, ago: int, *, replied: bool) -> None:
    """Overdue, and a letter of the township's office about it since so many days; the village replied, or has to."""
    rectifying(case, left)
    case.then(case.as_of - days(ago), 9, Rectifying.send_letter)
    if replied:
        case.then(case.as_of - days(ago - 2), 15, Rectifying.reply)


def divided(case: Case, also: str) -> None:
    """Two things found together: the township made two matters of them, which end by themselves."""
    case.also = also
    case.open_on(case.as_of - days(7), 10)
    case.then(case.as_of - days(6), 9, Rectifying.claim)
    titles = case.story.texts.other["titles"]
    case.then(case.as_of - days(4), 10, lambda doing: doing.divide(titles[case.theme], titles[also]))


def not_resolvable(case: Case, *, confirmed: bool) -> None:
    """Declared by the township; confirmed by the verifier, or still with them."""
    case.open_on(case.as_of - days(9))
    case.then(case.as_of - days(3), 11, Rectifying.declare_not_resolvable)
    if confirmed:
        case.then(case.as_of - days(1), 10, Rectifying.confirm_not_resolvable)


def refused(case: Case) -> None:
    """Declared not resolvable, and refused: it is to be rectified after all."""
    case.open_on(case.as_of - days(9))
    case.then(case.as_of - days(8), 9, Rectifying.claim)
    case.then(case.as_of - days(5), 11, Rectifying.declare_not_resolvable)
    case.then(case.as_of - days(3), 10, Rectifying.refuse_not_resolvable)


def not_ours(case: Case, where: str) -> None:
    """Closed as another's business."""
    case.open_on(case.as_of - days(8))
    case.then(case.as_of - days(6), 10, lambda doing: doing.decline(where))


def duplicate(case: Case, of: Case) -> None:
    """Opened twice: closed as the same as ``of``, which is open by then."""
    case.open_on(case.as_of - days(2), 14)
    case.then(case.as_of - days(2), 16, lambda doing: doing.mark_duplicate(_fresh(of)))


def _fresh(case: Case) -> Matter:
    return Matter.objects.get(pk=case.doing.matter.pk)
