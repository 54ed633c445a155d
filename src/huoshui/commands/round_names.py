"""The round that a command is about."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from huoshui.kernel.errors import Refusal
from huoshui.visits.models import Round


def round_named(name: str) -> Round:
    """A round by its id or its name, the latest of that name. Raises ops.unknown."""
    try:
        wanted = Q(pk=UUID(name))
    except ValueError:
        wanted = Q(name=name)
    found: Round | None = Round.objects.filter(wanted).order_by("-opens_on").first()
    if found is None:
        raise Refusal("ops.unknown", field="round", name=name)
    return found
