"""Today: what is late, what is due, what waits for the signed-in person's word; then the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from huoshui.duties.models import Delegation, delegations_taken, duties_held
from huoshui.duties.queries import title_of
from huoshui.duties.standing import deputies_of
from huoshui.kernel import clock
from huoshui.kernel.wording import clauses, listed
from huoshui.matters.letters.models import Letter
from huoshui.matters.letters.queries import LettersDue, letters_due_first, letters_waiting
from huoshui.matters.models import CLOSED, SUBMITTED, Matter
from huoshui.matters.queries import (
    WaitingGroup,
    came_back,
    due_first,
    extensions_to_decide,
    first_lit,
    lit_matters,
    matters_by_key,
    running_lights,
    waiting_for,
    waiting_matters,
)
from huoshui.notices.queries import unread_for
from huoshui.places.queries import names_apart
from huoshui.schedules.queries import own_waiting
from huoshui.visits.queries import Tour, Waiting, rounds_waiting, sheets_waiting, tours_ahead
from huoshui.web.office.forms import page
from huoshui.web.office.matter_pages.next_steps import next_steps
from huoshui.web.office.matter_pages.words import days_class, days_words
from huoshui.web.office.notices import with_addresses
from huoshui.web.office.round_pages.sheet_list import MyRound, my_rounds
from huoshui.web.office.tasks import Task, days_to, figure_tasks, occasion_tasks, survey_tasks
from huoshui.web.office.waiting import waiting_counts
from huoshui.web.requests import SignedInRequest

MOST = 20
CAME_BACK = {SUBMITTED: gettext_lazy("被退回"), CLOSED: gettext_lazy("重新打开")}
ASKED = gettext_lazy("申请延期")
"""Marks a matter whose request for more time the reader may decide."""
OWN = {"red": "overdue", "blue": "due"}
"""The groups of the reader's own matters by their light."""
WATCHED, TOURS, NOTICES = 8, 4, 4


@dataclass(frozen=True)
class Look:
    """Where to look when nothing waits."""

    permission: str
    name: str
    words: str | Promise


LOOK = (
    Look("matter.view", "ledger", gettext_lazy("看台账")),
    Look("journal.view", "journal", gettext_lazy("看日志")),
    Look("round.view", "rounds", gettext_lazy("看观摩")),
    Look("place.view", "places", gettext_lazy("看地点")),
)
"""The first of them that somebody may see."""


@dataclass(frozen=True)
class Line:
    """One of the three lines at the top."""

    light: str
    word: str
    count: int
    unit: str
    text: str
    url: str


class _Pending:
    """What waits for the reader. Of what there is none, the rows are not asked for."""

    def __init__(self, user: Any) -> None:
        counts = waiting_counts(user)
        self.count = counts.total()
        self.matters = waiting_matters(user)[:MOST]
        self.rounds: list[Waiting] = rounds_waiting(user) if counts["rounds"] else []
        self.sheets: list[Waiting] = sheets_waiting(user) if counts["sheets"] else []
        self.letters: list[Letter] = list(letters_waiting(user)[:MOST]) if counts["letters"] else []
        self.due = letters_due_first(user) if counts["letters_due"] else LettersDue([], 0)
        self.turns: list[Any] = list(own_waiting(user)[:MOST]) if counts["turns"] else []
        self.returns = [*(survey_tasks(user) if counts["surveys"] else ()), *figure_tasks(user, counts)]

    @property
    def to_do(self) -> bool:
        """Whether there is anything but sheets."""
        return bool(self.rounds or self.letters or self.due.count or self.matters or self.returns or self.turns)

    def tasks(self, user: Any, matters: dict[UUID, Matter], rows: list[Task]) -> list[Task]:
        """All of it but the sheets as rows, the most urgent kind first; ``rows``: those of the matters."""
        return [
            *(_round_task(row) for row in self.rounds),
            *self.returns,
            *occasion_tasks(user, [row for row in self.turns if row.state == "overdue"]),
            *(_letter_task(user, row) for row in self.letters),
            *(_due_letter_task(matters[key]) for key in self.due.first),
            *rows,
            *occasion_tasks(user, [row for row in self.turns if row.state == "due"]),
        ]


@require_GET
@login_required
def today(request: SignedInRequest) -> HttpResponse:
    """What waits for the signed-in person."""
    user = request.user
    groups, pending = {group.code: group for group in waiting_for(user)}, _Pending(user)
    sheet_rounds = my_rounds(user) if user.grants("visit.score") else []
    watched = [] if pending.to_do or pending.sheets else lit_matters(user, WATCHED)
    lights = running_lights(user)
    own = {light: groups[code].keys[0] for light, code in OWN.items() if code in groups}
    others = [first_lit(user, light) for light in OWN if light not in own and lights[light]]
    matters = matters_by_key([*pending.matters, *pending.due.first, *watched, *own.values()], *others)
    shown = {light: matters[own[light]] if light in own else due_first(matters.values(), light) for light in OWN}
    rows = _matter_tasks(user, [matters[key] for key in (*pending.matters, *watched)])
    tasks = pending.tasks(user, matters, rows if pending.to_do else [])
    context = {
        "lines": [
            _with_turns(_late(groups, lights, shown["red"]), pending.turns, "overdue"),
            _with_turns(_due(groups, lights, shown["blue"]), pending.turns, "due"),
            _word(groups, pending, _Letters(user, pending.letters, pending.due.count)),
        ],
        "waiting": pending.count,
        "tasks": tasks[:MOST],
        # Whose first button is the page's main one; that of the sheets comes before them.
        "leads": {"tasks": not pending.sheets, "tours": not tasks and not watched},
        "more": pending.count - len(pending.sheets) > min(len(tasks), MOST),
        "sheets": [_sheet_task(row) for row in pending.sheets[:1]],
        "rounds": [_progress(row) for row in sheet_rounds],
        "watched": [] if pending.to_do else rows,
        "tours": [] if sheet_rounds else _tour_tasks(tours_ahead(user)[:TOURS]),
        "look": next((place for place in LOOK if user.grants(place.permission)), None),
        "notices": with_addresses(user, list(unread_for(user)[:NOTICES])),
        "today": clock.today(),
        "standing_in": _standing_in(user),
        "sees_matters": bool(user.grants("matter.view")),
        "has_duties": bool(duties_held(user.pk, clock.today())),
    }
    return page(request, "office/today.html", context)


def _taken(user: Any) -> list[Delegation]:
    """For whom the reader stands in today."""
    return delegations_taken(user.pk, clock.today())


def _standing_in(user: Any) -> list[str]:
    """What the reader does for others today, and what others do for the reader; in words."""
    said = [
        _("代%(person)s办理%(duty)s，到 %(day)s 为止。")
        % {"person": row.principal.title, "duty": title_of(row.duty), "day": row.until - dt.timedelta(days=1)}
        for row in _taken(user)
    ]
    return said + [
        _("您的%(duty)s由%(person)s代办，到 %(day)s 为止。")
        % {"person": row.delegate.title, "duty": title_of(row.duty), "day": row.until - dt.timedelta(days=1)}
        for row in deputies_of([user.pk])
    ]


def _matter_tasks(user: Any, matters: Iterable[Matter]) -> list[Task]:
    rows = list(matters)
    steps = next_steps(user, rows)
    names = names_apart(matter.place for matter in rows)
    back = came_back(rows)
    asked = extensions_to_decide(user, rows)
    principals = {row.principal_id: _("代%(person)s办") % {"person": row.principal.title} for row in _taken(user)}
    tasks = []
    for matter in rows:
        mark = ASKED if matter.pk in asked else CAME_BACK.get(back.get(matter.pk, ""), "")
        behalf = principals.get(matter.owner_id, "") if matter.owner_id else ""
        tasks.append(_matter_task(matter, names[matter.place_id], steps.get(matter.pk), mark, behalf))
    return tasks


def _matter_task(matter: Matter, place: str, step: Any, mark: str | Promise, behalf: str = "") -> Task:
    url = reverse("matter", args=[matter.number])
    step_name, step_url = (str(step.name), f"{url}?step={step.code}") if step else (_("查看"), url)
    if mark is ASKED:
        step_name, step_url = _("答复延期"), f"{url}?do=decide"
    light = matter.light()
    owner = matter.owner.title if matter.owner else str(matter.unit or "")
    who = behalf or owner
    return Task(
        what=matter.title,
        where=" · ".join(part for part in (place, matter.number, who, matter.state_name) if part),
        url=url,
        step=step_name,
        step_url=step_url,
        mark=str(mark),
        light=light,
        days=days_words(matter),
        days_class=days_class(light),
    )


def _round_task(row: Waiting) -> Task:
    url = _address(("round", [row.round.pk])) if row.round else ""
    return Task(
        what=row.what,
        where=names_apart([row.where])[row.where.pk],
        url=url,
        step=_("去办理"),
        step_url=url,
        light="red" if row.late else "",
        light_word="" if row.late else _("轮次"),
        days=days_to(row.due),
        days_class="days--late" if row.late else "",
    )


def _letter_task(user: Any, letter: Letter) -> Task:
    """A letter that the reader's unit has to answer, or that the reader sent and nobody answered in time."""
    url = reverse("letter", args=[letter.pk])
    answers = letter.unit_id == user.unit_id
    return Task(
        what=letter.title,
        where=" · ".join((letter.number, letter.addressee)),
        url=url,
        step=_("答复") if answers else _("查看"),
        step_url=url,
        light="red" if letter.is_late() else "",
        light_word=_("逾期未答复") if letter.is_late() else _("督办函"),
        days=days_to(letter.until),
        days_class="days--late" if letter.is_late() else "",
    )


def _due_letter_task(matter: Matter) -> Task:
    """A matter about which the reader is to write a letter."""
    return Task(
        what=matter.title,
        where=" · ".join(str(part) for part in (matter.place.short_name, matter.number, matter.unit)),
        url=reverse("matter", args=[matter.number]),
        step=_("写督办函"),
        step_url=f"{reverse('letter_new')}?matter={matter.number}",
        light_word=_("该发督办函"),
        days=days_words(matter),
        days_class=days_class(matter.light()),
    )


def _tour_tasks(tours: list[Tour]) -> list[Task]:
    names = names_apart(place for tour in tours for place in tour.places)
    return [_tour_task(tour, names) for tour in tours]


def _tour_task(tour: Tour, names: dict[UUID, str]) -> Task:
    url = _address(("round", [tour.round.pk]))
    return Task(
        what=listed(names[place.pk] for place in tour.places),
        where=tour.round.name,
        url=url,
        step=_("查看"),
        step_url=url,
        light_word=format_date(tour.day, _("n月j日")),
        days=days_to(tour.day),
    )


def _sheet_task(row: Waiting) -> Task:
    begun = ("sheet", [row.visit.pk]) if row.visit else ("sheets", [])
    return Task(
        what=names_apart([row.where])[row.where.pk],
        where=row.what,
        url=_address(begun),
        step=_("接着打分") if row.visit else _("去打分"),
        step_url=_address(begun),
        days=days_to(row.due),
    )


def _progress(row: MyRound) -> dict[str, Any]:
    return {
        "name": row.round.name,
        "done": row.submitted,
        "total": len(row.lines),
        "closes_on": row.round.closes_on,
        "url": _address(("sheets", [])),
    }


def _address(*choices: tuple[str, list[Any]]) -> str:
    """The first address that exists; today's page where none does."""
    for name, arguments in choices:
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return reverse("today")


def _matters(count: int) -> str:
    return ngettext("件", "件", count)


def _late(groups: dict[str, WaitingGroup], lights: dict[str, int], first: Matter | None) -> Line:
    """Everything overdue that the reader sees; what of it is the reader's own; the longest of it."""
    count = lights["red"]
    own = groups["overdue"].count if "overdue" in groups else 0
    if first is None:
        return Line("red", "", 0, _matters(0), _("没有逾期的事项"), f"{reverse('ledger')}?light=red")
    said = _("等您办的 %(count)d 件；") % {"count": own} if own else ""
    longest = _("最久的%(days)s：%(place)s，%(title)s") % {
        "days": days_words(first),
        "place": names_apart([first.place])[first.place_id],
        "title": first.title,
    }
    return Line("red", "", count, _matters(count), said + longest, f"{reverse('ledger')}?light=red")


def _due(groups: dict[str, WaitingGroup], lights: dict[str, int], first: Matter | None) -> Line:
    """Everything near its deadline that the reader sees."""
    count = lights["blue"]
    own = groups["due"].count if "due" in groups else 0
    url = f"{reverse('ledger')}?light=blue"
    if first is None:
        return Line("blue", "", 0, _matters(0), _("近几天没有到期的事项"), url)
    said = _("等您办的 %(count)d 件；") % {"count": own} if own else ""
    nearest = _("最近的%(days)s：%(place)s，%(title)s") % {
        "days": days_words(first),
        "place": names_apart([first.place])[first.place_id],
        "title": first.title,
    }
    return Line("blue", "", count, _matters(count), said + nearest, url)


def _with_turns(line: Line, turns: list[Any], state: str) -> Line:
    """A line with what comes round at the reader's own places counted in."""
    mine = [row for row in turns if row.state == state]
    if not mine:
        return line
    said = _("另有应办 %(count)d 项，最近的：%(name)s") if line.count else _("应办 %(count)d 项，最近的：%(name)s")
    text = said % {"count": len(mine), "name": mine[0].plan.name}
    if not line.count:
        return replace(line, count=len(mine), text=text, url=f"{reverse('cadence')}?state={state}")
    return replace(line, count=line.count + len(mine), text=clauses([line.text, text]))


class _Letters:
    """How many letters wait for the reader: to answer, to ask after (no reply came in time), to write."""

    def __init__(self, user: Any, waiting: list[Letter], to_write: int) -> None:
        self.to_answer = sum(letter.unit_id == user.unit_id for letter in waiting)
        self.unanswered = len(waiting) - self.to_answer
        self.to_write = to_write


def _word(groups: dict[str, WaitingGroup], pending: _Pending, letters: _Letters) -> Line:
    """What waits for the reader's word: to verify, to approve, to sign, to answer, to score."""
    verify, approve, extend = (groups[code].count if code in groups else 0 for code in ("verify", "approve", "extend"))
    parts = [
        (verify, _("待核验 %(count)d 件")),
        (approve, _("待批准 %(count)d 件")),
        (extend, _("待批延期 %(count)d 件")),
        (len(pending.rounds), _("轮次待办 %(count)d 项")),
        (letters.to_answer, _("待答复督办函 %(count)d 份")),
        (letters.unanswered, _("逾期未答复督办函 %(count)d 份")),
        (letters.to_write, _("待发督办函 %(count)d 件")),
        (len(pending.sheets), _("待打分 %(count)d 份")),
    ]
    count = sum(count for count, _text in parts)
    said = clauses(text % {"count": number} for number, text in parts if number)
    url = "#sheets" if pending.sheets and count == len(pending.sheets) else "#tasks"
    return Line("", _("等您表态"), count, ngettext("项", "项", count), said or _("没有等您表态的事"), url)
