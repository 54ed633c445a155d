"""Opening matters: by hand, and for the failing items of a sealed round or of a visit that stands by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huoshui.duties import by_role
from huoshui.duties.models import Account, Unit
from huoshui.duties.queries import answerable
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.events import FailingItem, RoundSealed, VisitHandedIn, publish
from huoshui.kernel.wording import listed
from huoshui.matters import clocks, family, personal, values
from huoshui.matters.actions.common import check_own_deadlines, check_owner, moved, tell
from huoshui.matters.columns import title_name
from huoshui.matters.concerned import check_opening, require_other
from huoshui.matters.models import Matter, Step
from huoshui.matters.numbering import next_number
from huoshui.matters.schema import OPENING, OWNER, MatterKind
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current, current_definition
from huoshui.places.models import Place

VISIT = "visit"
"""Kind of the source of what a visit found."""
TITLE_LENGTH = 200
DETAIL_LENGTH = 20_000


@dataclass(frozen=True)
class Source:
    """Where a matter comes from: ``kind`` ("round", "visit"), the id and name of it, and which part of it."""

    kind: str
    id: UUID
    label: str
    item: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a new matter is to be."""

    version: PackVersion
    kind: MatterKind
    qualified: str
    place: Place
    title: str
    detail: str
    severity: str
    values: dict[str, Any]
    source: Source | None
    unit: Unit | None
    owner: Account | None
    parent: Matter | None
    told: bool = False
    """Whether an event asks for it: whoever opens it then needs no right to divide its parent."""


@action("matters.open")
def open_matter(
    *,
    by: Any,
    kind: str,
    place: Place,
    title: str,
    detail: str = "",
    severity: str = "",
    values: dict[str, Any] | None = None,
    source: Source | None = None,
    unit: Unit | None = None,
    owner: Account | None = None,
    parent: Matter | None = None,
) -> Matter:
    """Open a matter of a qualified kind ("rectification.item") by hand, in its initial state.

    ``severity`` "": the mildest. Without ``owner`` whoever holds the kind's owner role for the place answers for
    it; without ``unit`` the owner's unit does. With ``parent`` it is a part of that matter, which must run, be
    divisible by the opener and lie at or above its place (access.denied, matter.part_*). Raises matter.kind,
    matter.opener_needed, matter.place_kind, place.closed, matter.severity, matter.owner_without_duty,
    matter.deadline_*, matter.personal_masked, or the value.* errors.
    """
    version, definition = kind_or_refuse(kind)
    if not by_role.acts_as_over(place, version.pack, by, definition.opened_by):
        who = by_role.who_may(place, version.pack, definition.opened_by)
        raise Refusal("matter.opener_needed", field="kind", kind=str(definition.name), who=who)
    if place.closed_on and place.closed_on <= clock.today():
        raise Refusal("place.closed", field="place", place=place.short_name, day=place.closed_on)
    return open_wanted(
        by,
        Wanted(
            version, definition, kind, place, title.strip(), detail.strip(),
            severity, values or {}, source, unit, owner, parent,
        ),
    )  # fmt: skip


@action("matters.open_failing")
def open_failing(*, by: Any, event: RoundSealed, item: FailingItem) -> Matter:
    """Open the matter of one failing item of a round, by whoever sealed it: the sealing is the authority.

    Called by the reaction to RoundSealed alone. Raises matter.kind, matter.place_kind or matter.severity. A place that
    was closed since it was judged is not refused: the round must be sealed, and the finding stands.
    """
    version, definition = kind_or_refuse(item.matter_kind)
    place = Place.objects.get(pk=item.place_id)
    return _open_of_item(by, version, definition, item, place, Source("round", event.round_id, event.round_name))


@action("matters.open_found")
def open_found(*, by: Any, event: VisitHandedIn, item: FailingItem) -> Matter:
    """Open the matter of what failed in a visit that stands by itself, by whoever made it: the visit is the authority.

    Called by the reaction to VisitHandedIn alone. Raises matter.kind, matter.place_kind, matter.severity or value.*.
    """
    version, definition = kind_or_refuse(item.matter_kind)
    place = Place.objects.get(pk=item.place_id)
    return _open_of_item(by, version, definition, item, place, Source(VISIT, event.visit_id, event.label))


def _open_of_item(
    by: Any, version: PackVersion, kind: MatterKind, item: FailingItem, place: Place, source: Source
) -> Matter:
    source = replace(source, item=source_item_of(item))
    title, detail = item.title.strip()[:TITLE_LENGTH], item.detail.strip()[:DETAIL_LENGTH]
    return open_wanted(
        by,
        Wanted(
            version, kind, item.matter_kind, place, title, detail, item.severity, dict(item.values), source, None,
            None, None,
        ),
    )  # fmt: skip


def source_item_of(item: FailingItem) -> str:
    """The part of a round, or of a visit, that a finding is: checklist and item."""
    return f"{item.checklist}/{item.item}"


def kind_or_refuse(qualified: str) -> tuple[PackVersion, MatterKind]:
    """The current version and definition of a kind. Raises matter.kind when no current pack declares it."""
    try:
        return current_definition("matters", qualified)
    except (PackVersion.DoesNotExist, KeyError):
        known = listed(definition.name for definition in all_current("matters").values()) or "—"
        raise Refusal("matter.kind", field="kind", kind=qualified, known=known) from None


def open_wanted(by: Any, wanted: Wanted) -> Matter:
    """Open a matter, inside the action that has the authority to. Raises as ``open_matter`` does."""
    kind, today = wanted.kind, clock.today()
    severity = wanted.severity or kind.severities[0].code
    _check(wanted, severity)
    parent = wanted.parent
    if parent is not None:
        parent = family.check_parent(by, parent, kind=wanted.qualified, place=wanted.place, told=wanted.told)
    cleaned = _cleaned(wanted)
    number, sequence = next_number(kind.number_prefix, today.year)
    concerned = cleaned.get(kind.concerns or "")
    if concerned is not None:
        check_opening(by, kind, wanted.place, concerned)
    named = cleaned.get(kind.owner_field) if kind.owner_field else None
    owner = wanted.owner or named or _answerable(wanted, concerned)
    if owner and concerned is not None:
        require_other(owner.unit_id, concerned.pk, owner.title)
    matter = Matter(
        number=number,
        year=today.year,
        sequence=sequence,
        pack=wanted.version.pack,
        pack_version=wanted.version,
        kind=wanted.qualified,
        severity=severity,
        severity_rank=kind.severity_rank(severity),
        state=kind.initial,
        phase=kind.state(kind.initial).phase,
        place=wanted.place,
        owner=owner,
        unit=wanted.unit or (owner.unit if owner else None),
        title=wanted.title,
        detail=wanted.detail,
        opened_by=by,
        opened_on=today,
        parent=parent,
        **_source_columns(wanted.source),
    )
    if owner:
        check_owner(matter, owner)
    matter.save(force_insert=True)
    cleaned = personal.keep(matter, cleaned)
    values.write(matter, {code: value for code, value in cleaned.items() if code != kind.owner_field})
    _start(by, matter, cleaned)
    return matter


def _start(by: Any, matter: Matter, cleaned: dict[str, Any]) -> None:
    kind, today = matter.definition, clock.today()
    runs = clocks.move(matter, OPENING, today)
    check_own_deadlines(matter, {}, cleaned, today)
    clocks.settle(matter, today, runs)
    matter.save(update_fields=list(clocks.DATE_COLUMNS))
    told = values.told(kind, cleaned)
    Step.objects.create(
        matter=matter, transition=OPENING, to_state=matter.state, account=by, unit=by.unit, at=clock.now(), data=told
    )
    after = journal.snapshot(matter, "kind", "title", "detail", "severity", "state", "due_on", "source_label")
    after |= {"parent": matter.parent.number} if matter.parent else {}
    after |= {"owner": values.plain(matter.owner), "unit": str(matter.unit or ""), "place": matter.place.path}
    after |= {code: values.plain(value) for code, value in cleaned.items()}
    journal.record(by=by, subject=matter, place=matter.place, after=after)
    tell(by, matter, [OWNER], "matter.opened", due=str(matter.due_on or ""))
    publish(moved(by, matter, ""))


def _check(wanted: Wanted, severity: str) -> None:
    kind = wanted.kind
    if kind.place_kinds and wanted.place.kind not in kind.place_kinds:
        raise Refusal("matter.place_kind", field="place", kind=str(kind.name), place=wanted.place.short_name)
    if severity not in [known.code for known in kind.severities]:
        known_names = listed(known.name for known in kind.severities)
        raise Refusal("matter.severity", field="severity", severity=severity, known=known_names)


def _cleaned(wanted: Wanted) -> dict[str, Any]:
    """The typed values. Whatever is wrong with them, with the title and with the detail is told at once."""
    kind = wanted.kind
    problems = text_problems(kind, wanted.title, wanted.detail)
    try:
        cleaned = values.clean(kind.fields, personal.asked(kind, wanted.values, {}), partial=False)
    except Refusal as refusal:
        raise Refusal.of(problems + refusal.problems) from None
    if problems:
        raise Refusal.of(problems)
    return cleaned


def text_problems(kind: MatterKind, title: str | None, detail: str | None) -> list[Problem]:
    """What is wrong with a title and a detail (None: not given), the title named as its kind calls it."""
    found: list[Problem] = []
    called = str(title_name(kind))
    if title == "":
        found.append(Problem("value.required", "title", params={"label": called}))
    for code, label, text, limit in (
        ("title", called, title, TITLE_LENGTH),
        ("detail", _("详情"), detail, DETAIL_LENGTH),
    ):
        if text and len(text) > limit:
            params = {"label": label, "length": len(text), "limit": limit}
            found.append(Problem("value.too_long", code, params=params))
    return found


def _answerable(wanted: Wanted, concerned: Unit | None) -> Account | None:
    """Who answers for it from the start; of a complaint nobody of the unit that it is about."""
    if not wanted.kind.owner_role:
        return None
    found = answerable(wanted.place, role=wanted.kind.owner_role, pack=wanted.version.pack)
    return next((person for person in found if concerned is None or person.unit_id != concerned.pk), None)


def _source_columns(source: Source | None) -> dict[str, Any]:
    if source is None:
        return {}
    return {
        "source_kind": source.kind,
        "source_id": source.id,
        "source_label": source.label[:200],
        "source_item": source.item[:120],
    }
