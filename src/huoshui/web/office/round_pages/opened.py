"""The matters that the seal of a round opened: how many, and where they stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.queries import matters_of_source
from huoshui.places.models import Place
from huoshui.visits.models import Round


@dataclass(frozen=True)
class Opened:
    """Matters of a round that the reader sees: all of them, those that ended, and the ledger of them."""

    count: int
    closed: int
    url: str


def opened_by(user: Any, round: Round) -> Opened | None:
    """The matters of a sealed round; None before the seal, and for who sees no matters."""
    if not _tells(user, round):
        return None
    found = matters_of_source(user, round.pk)
    counts = found.aggregate(every=Count("pk"), ended=Count("pk", filter=Q(phase=CLOSED)))
    return Opened(counts["every"], counts["ended"], _ledger(source=str(round.pk)))


def opened_among(user: Any, round: Round, place: Place, matters: Collection[Matter]) -> Opened | None:
    """The same of one place, whose visible matters of the round these are."""
    if not _tells(user, round):
        return None
    ended = sum(matter.phase == CLOSED for matter in matters)
    return Opened(len(matters), ended, _ledger(source=str(round.pk), place=place.code))


def _tells(user: Any, round: Round) -> bool:
    return round.state == Round.State.SEALED and bool(user.grants("matter.view"))


def _ledger(**query: str) -> str:
    return f"{reverse('ledger')}?{urlencode(query)}"
