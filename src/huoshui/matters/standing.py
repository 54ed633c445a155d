"""What keeps a pack from dropping a kind of matter: matters of it that have not ended."""

from __future__ import annotations

from huoshui.kernel.errors import Problem
from huoshui.kernel.wording import listed
from huoshui.matters.models import CLOSED, Matter
from huoshui.packs.contract import Dropped

SHOWN = 10
"""Numbers that are named of a kind."""


def open_matters(pack: str, dropped: Dropped) -> list[Problem]:
    """pack.matters_open for each kind that would be dropped, with how many there are and the oldest by number."""
    problems = []
    for code in sorted(dropped.get("matters", ())):
        matters = Matter.objects.filter(kind=f"{pack}.{code}").exclude(phase=CLOSED)
        oldest = list(matters.order_by("opened_on", "number").values_list("number", flat=True)[: SHOWN + 1])
        if oldest:
            count = len(oldest) if len(oldest) <= SHOWN else matters.count()
            params = {"kind": code, "count": count, "numbers": listed(oldest[:SHOWN])}
            problems.append(Problem("pack.matters_open", f"matters.{code}", params=params))
    return problems
