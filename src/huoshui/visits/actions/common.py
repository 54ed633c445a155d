"""What the actions of this app share: the locked round, its state, a reason, a numeral of points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import POINTS
from huoshui.kernel.wording import listed
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current
from huoshui.packs.values import number, require_within
from huoshui.visits.models import Round, RoundPlace
from huoshui.visits.schema import POINTS_UNIT, Checklist

BEFORE_LOCK = (Round.State.PLANNED, Round.State.OPEN)
"""While a round can still be planned."""


def locked(round: Round) -> Round:
    """The round as it stands now, locked for the transaction."""
    found: Round = (
        Round.objects.select_for_update(of=("self",)).select_related("place", "pack_version").get(pk=round.pk)
    )
    return found


def require_state(round: Round, *states: str) -> None:
    """Raise round.state, naming the present and the needed states, unless the round is in one of ``states``."""
    if round.state not in states:
        needed = listed(Round.State(state).label for state in states)
        raise Refusal("round.state", field="state", state=round.get_state_display(), needed=needed)


def order_of_tour(entries: Iterable[RoundPlace]) -> dict[str, list[Any]]:
    """The places in their order, with their dates, as the journal keeps them."""
    rows = sorted(entries, key=lambda entry: entry.position)
    return {"places": [entry.place.code for entry in rows], "visit_on": [entry.visit_on for entry in rows]}


def required_text(value: str, field: str, label: str) -> str:
    """A text that must not be empty. Raises value.required."""
    text = value.strip()
    if not text:
        raise Refusal("value.required", field=field, label=label)
    return text


def thousandths(raw: Any, field: str, label: str, *, decimals: int, most: int) -> int:
    """A numeral in points with at most ``decimals`` decimals, as thousandths, from 0 to ``most`` (thousandths).

    What is finer than the published scores would rank places that read the same. Raises value.type (of a round
    without decimals for every fraction), value.decimals or value.range.
    """
    expected = gettext("数字") if decimals else gettext("整数")
    scale: int = 10**decimals
    value = number(raw, scale, field=field, label=label, unit=POINTS_UNIT, expected=expected) * (POINTS // scale)
    require_within(value, 0, most, POINTS, field=field, label=label, unit=POINTS_UNIT)
    return value


def checklist_or_refuse(qualified: str) -> tuple[PackVersion, Checklist]:
    """The current version and checklist of ``pack.code``. Raises checklist.unknown."""
    pack, _, code = qualified.partition(".")
    try:
        version = current(pack)
        checklist: Checklist = version.typed("checklists")[code]
    except (PackVersion.DoesNotExist, KeyError):
        raise Refusal("checklist.unknown", field="checklist", name=qualified) from None
    return version, checklist
