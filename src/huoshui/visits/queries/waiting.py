"""What of rounds and sheets waits for somebody, for the Today page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, allows
from huoshui.kernel.reading import read_once
from huoshui.places.models import Place
from huoshui.visits.models import Judge, Round, RoundPlace, Signature, Visit
from huoshui.visits.teams import teams
from huoshui.visits.visibility import areas_judged


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: its kind, what to do in words, where, until when. Pages make the address."""

    kind: str
    """open_round, lock_round, admit_late, compute_round, sign_round, seal_round or sheet."""
    what: str
    where: Place
    due: dt.date | None
    round: Round | None = None
    visit: Visit | None = None
    role: str = ""
    """For sign_round: the role to sign as."""

    @property
    def late(self) -> bool:
        """Whether it is past its day."""
        return self.due is not None and self.due < clock.today()


@read_once
def rounds_waiting(actor: Actor) -> list[Waiting]:
    """The next step of each round that is this person's to take, earliest first."""
    rounds = (
        Round.objects.visible_to(actor)
        .exclude(state=Round.State.SEALED)
        .select_related("place", "pack_version")
        .order_by("closes_on", "id")
    )
    return [waiting for round in rounds for waiting in _steps(round, actor)]


def _of(round: Round, what: str) -> str:
    return _("%(round)s：%(what)s") % {"round": round.name, "what": what}


def _steps(round: Round, actor: Actor) -> list[Waiting]:
    def may(permission: str) -> bool:
        return allows(actor, permission, path=round.place.path, pack=round.pack)

    def step(kind: str, what: str, due: dt.date, role: str = "") -> Waiting:
        return Waiting(kind, _of(round, what), round.place, due, round, role=role)

    runs = may("round.plan")
    match round.state:
        case Round.State.PLANNED if runs:
            return [step("open_round", _("开始轮次"), round.opens_on)]
        case Round.State.OPEN if runs and round.closes_on < clock.today():
            return [step("lock_round", _("锁定轮次"), round.closes_on)]
        case Round.State.LOCKED:
            return _locked_steps(round, runs, may("round.adjust"))
        case Round.State.COMPUTED:
            signed = {s.role: s for s in round.signatures.filter(voided_at__isnull=True)}
            if len(signed) == len(Signature.Role):
                return [step("seal_round", _("封存成绩"), round.closes_on)] if runs else []
            if any(signature.account_id == actor.pk for signature in signed.values()):
                return []
            return [
                step("sign_round", _("以%(role)s身份签字") % {"role": role.label}, round.closes_on, role)
                for role in Signature.Role
                if role not in signed and may(f"round.sign_{role}")
            ][:1]
    return []


def _locked_steps(round: Round, runs: bool, tallies: bool) -> list[Waiting]:
    steps: list[Waiting] = []
    late = Visit.objects.filter(round=round, state=Visit.State.LATE).count()
    if runs and late:
        what = _("%(count)s 份迟交的评分表，准予计入与否") % {"count": late}
        steps.append(Waiting("admit_late", _of(round, what), round.place, round.closes_on, round))
    if runs or tallies:
        what = _("登记加减分，计算成绩") if tallies else _("计算成绩")
        steps.append(Waiting("compute_round", _of(round, what), round.place, round.closes_on, round))
    return steps


@read_once
def sheets_waiting(actor: Actor) -> list[Waiting]:
    """The sheets that a judge still owes in open rounds, by planned day and order of the tour; then own drafts."""
    waiting: list[Waiting] = []
    appointed = Judge.objects.filter(account_id=actor.pk, round__state=Round.State.OPEN)
    mine = appointed if areas_judged(actor.pk) else appointed.none()
    for judge in mine.select_related("round__place", "round__pack_version", "place").order_by("round__closes_on"):
        waiting += _owed(judge)
    alone = Visit.objects.filter(judge_id=actor.pk, round__isnull=True, state=Visit.State.DRAFT)
    for visit in alone.select_related("place", "pack_version").order_by("visited_on"):
        waiting.append(Waiting("sheet", str(visit.checklist.name), visit.place, visit.visited_on, None, visit))
    return waiting


@dataclass(frozen=True)
class Tour:
    """A day on which a round comes by, and where."""

    round: Round
    day: dt.date
    places: list[Place]


def tours_ahead(actor: Actor, *, days: int = 7) -> list[Tour]:
    """The planned visits to places that the actor sees, from today on for some days, by day and order of the tour."""
    today = clock.today()
    stops = RoundPlace.objects.visible_to(actor).filter(
        round__state__in=[Round.State.PLANNED, Round.State.OPEN],
        visit_on__range=(today, today + dt.timedelta(days=days)),
    )
    tours: dict[tuple[object, dt.date], Tour] = {}
    for stop in stops.select_related("round", "place").order_by("visit_on", "round__opens_on", "position"):
        tour = tours.setdefault((stop.round_id, stop.visit_on), Tour(stop.round, stop.visit_on, []))
        tour.places.append(stop.place)
    return list(tours.values())


def _owed(judge: Judge) -> list[Waiting]:
    round = judge.round
    sheets = {visit.place_id: visit for visit in Visit.objects.filter(round=round, judge=judge.account_id)}
    team = teams(round)
    owed: list[Waiting] = []
    for entry in RoundPlace.objects.filter(round=round).select_related("place").order_by("position"):
        visit = sheets.get(entry.place_id)
        mine = any(member.pk == judge.pk for member in team[entry.place_id])
        if not mine or (visit and visit.state != Visit.State.DRAFT):
            continue
        owed.append(Waiting("sheet", round.name, entry.place, entry.visit_on or round.closes_on, round, visit))
    return sorted(owed, key=lambda row: row.due or round.closes_on)
