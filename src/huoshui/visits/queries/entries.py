"""What the journal says of rounds and sheets, as far as a reader may know it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from huoshui.kernel.access import Actor, allows, grants_condition, path_condition
from huoshui.kernel.journal import about
from huoshui.kernel.models import Entry
from huoshui.places.models import Place
from huoshui.visits.models import Adjustment, Result, Round, RoundPlace, Signature, Visit, judge_label
from huoshui.visits.visibility import SIGNERS

HANDING_IN = ("visits.start_visit", "visits.submit_visit", "visits.take_back_visit", "visits.admit_late_visit")
"""What is told of a sheet. How it was filled in is the judge's own work."""
FILLING_IN = Q(subject_kind=Visit._meta.label_lower) & ~Q(action__in=HANDING_IN)
STEPS = ("visits.open_round", "visits.lock_round", "visits.seal_round")
TALLYING = ("visits.compute_round", "visits.withdraw_results")
"""Steps that are known to those who see results before the seal."""


def entries_of_place(actor: Actor, place: Place) -> Q:
    """Entries that concern a place and those below it: the steps of their rounds, sheets, adjustments, corrections.

    Each shows to those who may see what it is about, now: of a sheet, nothing to other judges before the lock and
    nothing to the place's own people before the seal.
    """
    here = path_condition("place__path", place.path)
    touring = RoundPlace.objects.filter(here).values("round")
    rounds = Round.objects.visible_to(actor).filter(pk__in=touring)
    return (
        about(rounds) & Q(action__in=STEPS)
        | about(_seen_before_the_seal(actor, rounds)) & Q(action__in=TALLYING)
        | about(Signature.objects.visible_to(actor).filter(round__in=rounds))
        | about(Visit.objects.visible_to(actor).filter(here)) & Q(action__in=HANDING_IN)
        | about(Result.objects.visible_to(actor).filter(here))
        | about(Adjustment.objects.visible_to(actor).filter(here))
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


def openness(actor: Actor, entries: Iterable[Entry]) -> Openness:
    """What a reader may learn from entries of rounds: the restricted ones whose subject they may see.

    A restricted entry of a round says who judges: to those who run it. A sheet names its judge by number to all others.
    """
    rows = list(entries)
    found = Openness()
    sheets = Visit.objects.telling_visible(actor).select_related("place").in_bulk(_ids(rows, Visit))
    found.sheets = sheets
    rounds = (
        Round.objects.visible_to(actor)
        .select_related("place", "pack_version")
        .in_bulk({*_ids(rows, Round), *(sheet.round_id for sheet in sheets.values() if sheet.round_id)})
    )
    found.rounds = set(rounds)
    runs = {pk for pk, row in rounds.items() if allows(actor, "round.plan", path=row.place.path, pack=row.pack)}
    adjustments = Adjustment.objects.visible_to(actor).filter(pk__in=_ids(rows, Adjustment))
    seen = (pk for pk, sheet in sheets.items() if sheet.seen)
    known = {*runs, *seen, *adjustments.values_list("pk", flat=True)}
    for row in rows:
        if row.restricted and row.subject_id in known:
            found.open.add(row.seq)
        sheet = sheets.get(row.subject_id)
        if sheet and sheet.round_id and sheet.judge_id == row.actor_id != actor.pk and sheet.round_id not in runs:
            found.judges[row.seq] = judge_label(sheet.judge_number)
    return found


def _ids(rows: list[Entry], model: type[Round | Visit | Adjustment]) -> set[object]:
    return {row.subject_id for row in rows if row.subject_kind == model._meta.label_lower}
