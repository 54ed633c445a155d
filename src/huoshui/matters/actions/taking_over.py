"""An older ledger taken over: matters that ended before the register came, each with the days on which it did.

Whoever takes them over is of the office that verifies such matters, and answers for it that they were verified. None of
it is about work of their own unit.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from huoshui.duties import by_role
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.matters import values
from huoshui.matters.actions.opening import kind_or_refuse
from huoshui.matters.models import CLOSED, Matter, MatterValue, Step
from huoshui.matters.numbering import next_in, numbered
from huoshui.matters.schema import OPENING, MatterKind, Transition
from huoshui.packs.models import PackVersion
from huoshui.places.models import Place

OLDER = "ledger"
"""Kind of the source of what was taken over."""
TOGETHER = 500


@dataclass(frozen=True)
class OldMatter:
    """One line of the older ledger; ``values`` are typed."""

    key: str
    place: Place
    title: str
    detail: str
    severity: str
    opened_on: dt.date
    closed_on: dt.date
    values: dict[str, Any]


def closing_step(kind: MatterKind) -> Transition | None:
    """The step by which matters of a kind are verified as done, where whoever registers one may take it."""
    ends = (step for step in kind.transitions if step.verifies and step.close_reason == "resolved")
    return next((step for step in ends if OPENING not in {*step.not_by, *step.other_unit_than}), None)


@action("matters.take_over")
def take_over(*, by: Any, kind: str, lines: Sequence[OldMatter], source: str) -> list[Matter]:
    """Register matters of a qualified kind that ended before the register came, from the ledger called ``source``.

    They stand as closed and verified by ``by``, who holds the role of that step at each place and is of another unit
    than the place's own. No notice is sent, and no clock runs. Raises matter.kind, matter.not_taken_over,
    matter.opener_needed or matter.same_unit.
    """
    version, definition = kind_or_refuse(kind)
    step = closing_step(definition)
    if step is None:
        raise Refusal("matter.not_taken_over", field="kind", kind=str(definition.name))
    for place in {line.place.pk: line.place for line in lines}.values():
        require_verifying(by, version, definition, step, place)
    matters = _built(by, version, definition, kind, step, lines, source)
    Matter.objects.bulk_create(matters, batch_size=TOGETHER)
    _write_parts(by, definition, step, matters, lines)
    for matter, line in zip(matters, lines, strict=True):
        after = journal.snapshot(matter, "kind", "title", "detail", "severity", "state", "opened_on", "closed_on")
        after |= {"source_label": source, "place": matter.place.path}
        after |= {code: values.plain(value) for code, value in line.values.items()}
        journal.record(by=by, subject=matter, place=matter.place, after=after)
    return matters


def require_verifying(by: Any, version: PackVersion, kind: MatterKind, step: Transition, place: Place) -> None:
    """Refuse whoever may not verify such matters at a place, and whose own unit is of this place."""
    if not by_role.acts_as_over(place, version.pack, by, step.roles):
        who = by_role.who_may(place, version.pack, step.roles)
        raise Refusal("matter.opener_needed", field="place", kind=str(kind.name), who=who)
    if by.unit is None or by.unit.place_id == place.pk:
        who = by_role.who_may(place, version.pack, step.roles)
        raise Refusal("matter.same_unit", field="place", step=str(step.name), unit=str(by.unit or "—"), who=who)


def _built(
    by: Any, version: PackVersion, kind: MatterKind, qualified: str, step: Transition, lines: Sequence[OldMatter],
    source: str,
) -> list[Matter]:  # fmt: skip
    brought = new_id()
    years = Counter(line.opened_on.year for line in lines)
    last = {year: next_in(kind.number_prefix, year, many) - many for year, many in years.items()}
    built = []
    for line in lines:
        year = line.opened_on.year
        last[year] += 1
        built.append(
            Matter(
                number=numbered(kind.number_prefix, year, last[year]), year=year, sequence=last[year],
                pack=version.pack, pack_version=version, kind=qualified, severity=line.severity,
                severity_rank=kind.severity_rank(line.severity), state=step.to, phase=CLOSED, place=line.place,
                title=line.title, detail=line.detail, opened_by=by, opened_on=line.opened_on, closed_on=line.closed_on,
                close_reason="resolved", verifier=by, source_kind=OLDER, source_id=brought, source_label=source[:200],
                source_item=line.key,
            )
        )  # fmt: skip
    return built


def _write_parts(
    by: Any, kind: MatterKind, step: Transition, matters: Sequence[Matter], lines: Sequence[OldMatter]
) -> None:
    """The values, and the two steps that the register saw: taken over, and with that closed."""
    kept, taken = [], []
    at = clock.now()
    for matter, line in zip(matters, lines, strict=True):
        kept += [MatterValue(matter=matter, code=code, **values.columns(value)) for code, value in line.values.items()]
        told = values.told(kind, line.values)
        begun = {"transition": OPENING, "to_state": kind.initial, "data": told}
        ended = {"transition": step.code, "from_state": kind.initial, "to_state": step.to}
        taken += [Step(matter=matter, account=by, unit=by.unit, at=at, **one) for one in (begun, ended)]
    MatterValue.objects.bulk_create(kept, batch_size=TOGETHER)
    Step.objects.bulk_create(taken, batch_size=TOGETHER)
