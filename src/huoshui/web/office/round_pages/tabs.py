"""The tabs of a round's page, and what each needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.visits.models import Adjustment, Result, Round, RoundPlace, Signature
from huoshui.visits.queries import (
    digest_to_sign,
    entries_of_round,
    heat_map,
    late_sheets,
    progress,
    ranking,
    result_sheet,
    result_table,
)
from huoshui.visits.visibility import places_open_to
from huoshui.web.entries import moments
from huoshui.web.office.round_pages.outcome import outcome
from huoshui.web.office.round_pages.steps import standing_signatures
from huoshui.web.office.round_pages.teams import team_rows

TABS = {
    "progress": _("进度"),
    "heat": _("热力图"),
    "ranking": pgettext_lazy("tab", "名次"),
    "outcome": pgettext_lazy("tab", "成果"),
    "adjustments": _("加减分"),
    "signatures": pgettext_lazy("tab", "签字"),
    "judges": _("评委"),
    "journal": _("日志"),
}


@dataclass
class Tab:
    """One tab: its code, words and address, as ``partials/_tabs.html`` takes them."""

    code: str
    label: str
    url: str
    active: bool = False
    count: int | None = None


OF_RESULTS = ("heat", "ranking", "outcome", "signatures")
"""Tabs that read all results anyway."""


def tabs_of(user: Any, round: Round, wanted: str = "") -> list[Tab]:
    """The tabs that hold something for this person, in the order of the work; ``wanted`` is the one that is shown."""
    codes = ["progress"]
    if places_open_to(user, round):
        codes.append("heat")
    seen = round.is_locked and _results_open(user, round, wanted)
    if seen:
        codes += ["ranking", "outcome"]
    if round.is_locked and round.checklist.adjustments and _adjustments_open(user, round):
        codes.append("adjustments")
    if seen and round.state in (Round.State.COMPUTED, Round.State.SEALED):
        codes.append("signatures")
    if allows(user, "round.plan", path=round.place.path, pack=round.pack):
        codes.append("judges")
    if any(allows(user, name, path=round.place.path, pack=round.pack) for name in ("journal.view", "round.plan")):
        codes.append("journal")
    address = reverse("round", args=[round.pk])
    labels = TABS if round.ranks else {**TABS, "ranking": _("成绩")}
    return [Tab(code, str(labels[code]), f"{address}?tab={code}") for code in codes]


def _results_open(user: Any, round: Round, wanted: str) -> bool:
    if wanted in OF_RESULTS:
        return bool(ranking(round, user))
    found: bool = Result.objects.visible_to(user).filter(round=round).exists()
    return found


def _adjustments_open(user: Any, round: Round) -> bool:
    names = ("round.adjust", "round.plan")
    if any(allows(user, name, path=round.place.path, pack=round.pack) for name in names):
        return True
    found: bool = Adjustment.objects.visible_to(user).filter(round=round).exists()
    return found


def content_of(tab: str, user: Any, round: Round) -> dict[str, Any]:
    """What the tab's template needs. Raises access.not_found for a tab that there is not."""
    contents: dict[str, Callable[[Any, Round], dict[str, Any]]] = {
        "progress": _progress,
        "heat": _heat,
        "ranking": _ranking,
        "outcome": outcome,
        "adjustments": _adjustments,
        "signatures": _signatures,
        "judges": lambda user, round: {"teams": team_rows(round)},
        "journal": _journal,
    }
    if tab not in contents:
        raise Refusal("access.not_found")
    return contents[tab](user, round)


def _journal(user: Any, round: Round) -> dict[str, Any]:
    entries = Entry.objects.filter(entries_of_round(user, round)).order_by("-seq")[:100]
    return {"entries": moments(entries, beside=round.pk, reader=user)}


def _progress(user: Any, round: Round) -> dict[str, Any]:
    runs = allows(user, "round.plan", path=round.place.path, pack=round.pack)
    return {
        "progress": progress(round, user),
        "late": late_sheets(round, user) if round.is_locked else [],
        "may_admit": runs and round.state == Round.State.LOCKED,
        "open_places": places_open_to(user, round),
    }


def _heat(user: Any, round: Round) -> dict[str, Any]:
    heat = heat_map(round, user)
    sums = {row.place.pk: row for row in ranking(round, user)}
    return {"heat": heat, "totals": [sums.get(place.pk) for place in heat.places]}


def _ranking(user: Any, round: Round) -> dict[str, Any]:
    return {
        "sheet": result_table(round, user),
        "open_places": places_open_to(user, round),
        "may_correct": round.state == Round.State.SEALED
        and allows(user, "round.correct", path=round.place.path, pack=round.pack),
        "may_withdraw": round.state == Round.State.COMPUTED
        and allows(user, "round.plan", path=round.place.path, pack=round.pack),
    }


def _adjustments(user: Any, round: Round) -> dict[str, Any]:
    kinds = {definition.code: definition for definition in round.checklist.adjustments}
    rows = list(
        Adjustment.objects.visible_to(user)
        .filter(round=round)
        .select_related("place__parent", "by")
        .order_by("place__path", "code")
    )
    for row in rows:
        row.name = kinds[row.code].name if row.code in kinds else row.code
    may = round.state == Round.State.LOCKED and allows(user, "round.adjust", path=round.place.path, pack=round.pack)
    entries = RoundPlace.objects.visible_to(user).filter(round=round).select_related("place__parent")
    return {
        "adjustments": rows,
        "kinds": kinds.values(),
        "may_adjust": may,
        "places": [entry.place for entry in entries.order_by("place__path")] if may else [],
    }


def _signatures(user: Any, round: Round) -> dict[str, Any]:
    signed = standing_signatures(round)
    own = any(signature.account_id == user.pk for signature in signed.values())
    rows = [
        {
            "role": role,
            "label": role.label,
            "signature": signed.get(role),
            "may": round.state == Round.State.COMPUTED
            and role not in signed
            and not own
            and allows(user, f"round.sign_{role}", path=round.place.path, pack=round.pack),
        }
        for role in Signature.Role
    ]
    sheet = result_sheet(round, user)
    return {"signers": rows, "digest": digest_to_sign(round), "sheet": sheet, "open_places": frozenset()}
