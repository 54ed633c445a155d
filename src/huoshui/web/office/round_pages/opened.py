"""The matters that the seal of a round opened: how many, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from huoshui.matters.models import CLOSED
from huoshui.matters.queries import matters_of_source
from huoshui.places.models import Place
from huoshui.visits.models import Round


@dataclass(frozen=True)
class Opened:
    """Matters of a round that the reader sees: all of them, those that ended, and the ledger of them."""

    count: int
    closed: int
    url: str


def opened_by(user: Any, round: Round, place: Place | None = None) -> Opened | None:
    """The matters of a sealed round (at one place); None before the seal, and for who sees no matters."""
    if round.state != Round.State.SEALED or not user.grants("matter.view"):
        return None
    found = matters_of_source(user, round.pk, place)
    query = {"source": str(round.pk)} | ({"place": place.code} if place else {})
    counts = found.aggregate(every=Count("pk"), ended=Count("pk", filter=Q(phase=CLOSED)))
    return Opened(counts["every"], counts["ended"], f"{reverse('ledger')}?{urlencode(query)}")
