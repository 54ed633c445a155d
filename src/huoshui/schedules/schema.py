"""The ``schedules`` section of a pack: what comes round, how often, at which places, and who may excuse it.

A schedule asks nothing of anybody until an office begins it for its places (``actions.begin_plan``): burden is a cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from huoshui.packs.contract import Known, Section, SectionReport
from huoshui.packs.schema import Code, Manifest, PackModel, QualifiedCode, Text
from huoshui.schedules.recurrence import BadRule, check
from huoshui.schedules.targets import TARGETS

MOST_GRACE, MOST_REMIND = 366, 60


class Schedule(PackModel):
    """Something that comes round at places: a meeting, a patrol, an inspection."""

    code: Code = Field(description="Code of the schedule.")
    name: Text = Field(description="Its name, such as 支部党员大会.")
    section: Code = Field(description="Section of what is to be done: activities, or checklists for visits.")
    of: QualifiedCode = Field(description="What is to be done, as that section declares it (pack.code).")
    place_kinds: list[Code] = Field(min_length=1, description="Kinds of place that owe it.")
    attribute: Code | None = Field(
        default=None,
        description="Yes-or-no attribute of these kinds: only places of which it is yes on the due day owe it, such as "
        "key enterprises. Absent: all.",
    )
    rule: str = Field(
        description="When it is due, as a recurrence rule (RFC 5545), such as FREQ=MONTHLY;BYMONTHDAY=-1."
    )
    times: int = Field(default=1, ge=1, le=31, description="How many times between one due day and the next.")
    grace_days: int = Field(
        default=0, ge=0, le=MOST_GRACE, description="Days after the due day on which doing it still counts, as late."
    )
    remind_days: int = Field(
        default=3, ge=0, le=MOST_REMIND,
        description="Days before the due day on which the people of a place are reminded, and again once when it is "
        "overdue; 0: never.",
    )  # fmt: skip
    basis: Text | None = Field(default=None, description="Which rule asks for it; absent: the district's own.")


def validate(manifest: Manifest, schedules: Sequence[Schedule], known: Known, report: SectionReport) -> None:
    """The rule can be used, what it asks for is declared and can be done at such places."""
    for index, schedule in enumerate(schedules):
        try:
            check(schedule.rule)
        except BadRule as bad:
            report.add((index, "rule"), bad.code, **bad.params)
        if schedule.section not in TARGETS:
            report.add((index, "section"), "schedule.section", name=schedule.section, known="、".join(sorted(TARGETS)))
            continue
        if not known.has(schedule.section, schedule.of):
            report.add((index, "of"), "pack.reference", name=schedule.of, section=schedule.section)
            continue
        kinds = known.get(schedule.section, schedule.of).place_kinds
        for at, kind in enumerate(schedule.place_kinds):
            if not known.has("place_kinds", kind):
                report.add((index, "place_kinds", at), "pack.reference", name=kind, section="place_kinds")
            elif kinds and kind not in kinds:
                report.add((index, "place_kinds", at), "schedule.place_kind", name=schedule.of, kind=kind)
            elif schedule.attribute and not _asks_yes_or_no(known.get("place_kinds", kind), schedule.attribute):
                report.add((index, "attribute"), "schedule.attribute", name=schedule.attribute, kind=kind)


def _asks_yes_or_no(kind: Any, attribute: str) -> bool:
    """Whether a kind of place has such an attribute of type yes_no."""
    return any(field.code == attribute and field.type == "yes_no" for field in kind.attributes)


SECTION = Section("schedules", Schedule, validate)
