"""What the journal says of rounds and sheets, as far as a reader may know it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from huoshui.kernel.access import Actor, allows, grants_condition, path_condition
from huoshui.kernel.journal import about, about_each
from huoshui.kernel.models import Entry
from huoshui.visits.models import Adjustment, Result, Round, RoundPlace, Signature, Visit, judge_label
from huoshui.visits.visibility import SIGNERS

HANDING_IN = ("visits.start_visit", "visits.submit_visit", "visits.take_back_visit", "visits.admit_late_visit")
"""What is told of a sheet. How it was filled in is the judge's own work."""
FILLING_IN = Q(subject_kind=Visit._meta.label_lower) & ~Q(action__in=HANDING_IN)
STEPS = ("visits.open_round", "visits.lock_round", "visits.seal_round")
TALLYING = ("visits.compute_round", "visits.withdraw_results")
"""Steps that are known to those who see results before the seal."""


def entries_of_place(actor: Actor, path: str, *, walking: bool = False) -> Q:
    """Entries that concern a place and those below it: the steps of their rounds, sheets, adjustments, corrections.

    Each shows to those who may see what it is about, now: of a sheet, nothing to other judges before the lock and
    nothing to the place's own people before the seal. ``walking``: it is asked of one entry at a time.
    """
    here = path_condition("place__path", path)
    told = about_each if walking else about
    stops = RoundPlace.objects.filter(here)
    touring = Q(Exists(stops.filter(round=OuterRef("pk")))) if walking else Q(pk__in=stops.values("round"))
    rounds = Round.objects.visible_to(actor).filter(touring)
    signed = Q(Exists(rounds.filter(pk=OuterRef("round")))) if walking else Q(round__in=rounds)
    return (
        told(rounds) & Q(action__in=STEPS)
        | told(_seen_before_the_seal(actor, rounds)) & Q(action__in=TALLYING)
        | told(Signature.objects.visible_to(actor).filter(signed))
        | told(Visit.objects.visible_to(actor).filter(here)) & Q(action__in=HANDING_IN)
        | told(Result.objects.visible_to(actor).filter(here))
        | told(Adjustment.objects.visible_to(actor).filter(here))
    )


def entries_of_round(actor: Actor, round: Round) -> Q:
    """Entries of a round: its steps, signatures, adjustments, corrections, and sheets admitted late."""
    return (
        about(Round.objects.visible_to(actor).filter(pk=round.pk))
        | about(Signature.objects.visible_to(actor).filter(round=round))
        | about(Adjustment.objects.visible_to(actor).filter(round=round))
        | about(Result.objects.visible_to(actor).filter(round=round))
        | about(Visit.objects.visible_to(actor).filter(round=round)) & Q(action="visits.admit_late_visit")
    )


def _seen_before_the_seal(actor: Actor, rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Those of the rounds whose results the actor sees before the seal."""
    grants = [grant for name in (*SIGNERS, "journal.view") for grant in actor.grants(name)]
    found: QuerySet[Round] = rounds.filter(grants_condition(grants, Round.scope))
    return found


@dataclass
class Openness:
    """Of some entries, by number: which restricted ones the reader may read, and who is named as a judge only.

    ``rounds``: those of their rounds that the reader sees; ``sheets``: all their sheets, by id, with the place.
    """

    open: set[int] = field(default_factory=set)
    judges: dict[int, str] = field(default_factory=dict)
    rounds: set[UUID] = field(default_factory=set)
    sheets: dict[UUID, Visit] = field(default_factory=dict)


OF_SHEET = ("round", "judge", "judge_number", "visited_on", "place__name", "place__short_name")
"""What is told of a sheet that an entry is about."""


def openness(actor: Actor, entries: Iterable[Entry]) -> Openness:
    """What a reader may learn from entries of rounds: the restricted ones whose subject they may see.

    A restricted entry of a round says who judges: to those who run it. A sheet names its judge by number to all others.
    """
    rows = list(entries)
    found = Openness()
    sheets = Visit.objects.telling_visible(actor).select_related("place").only(*OF_SHEET).in_bulk(_ids(rows, Visit))
    found.sheets = sheets
    of_rounds = {*_ids(rows, Round), *(sheet.round_id for sheet in sheets.values() if sheet.round_id)}
    rounds = Round.objects.visible_to(actor).filter(pk__in=of_rounds)
    told = list(rounds.values_list("pk", "place__path", "pack_version__pack")) if of_rounds else []
    found.rounds = {pk for pk, _path, _pack in told}
    runs = {pk for pk, path, pack in told if allows(actor, "round.plan", path=path, pack=pack)}
    of_adjustments = _ids(rows, Adjustment)
    adjustments = Adjustment.objects.visible_to(actor).filter(pk__in=of_adjustments)
    open_adjustments = adjustments.values_list("pk", flat=True) if of_adjustments else []
    known = {*runs, *(pk for pk, sheet in sheets.items() if sheet.seen), *open_adjustments}
    for row in rows:
        if row.restricted and row.subject_id in known:
            found.open.add(row.seq)
        sheet = sheets.get(row.subject_id)
        if sheet and sheet.round_id and sheet.judge_id == row.actor_id != actor.pk and sheet.round_id not in runs:
            found.judges[row.seq] = judge_label(sheet.judge_number)
    return found


def _ids(rows: list[Entry], model: type[Round | Visit | Adjustment]) -> set[object]:
    return {row.subject_id for row in rows if row.subject_kind == model._meta.label_lower}
