"""One matter as it is read: its story in order, its photos by slot, its facts and clocks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.duties.queries import open_to, unit_open_to
from huoshui.kernel.wording import bracketed, listed
from huoshui.matters import values
from huoshui.matters.actions.opening import VISIT
from huoshui.matters.actions.requested import RATING, REQUEST
from huoshui.matters.columns import BY_HAND, COLUMN_NAMES, columns_for
from huoshui.matters.evidence import earlier_photos, photos_counted
from huoshui.matters.family import relatives_of
from huoshui.matters.lineage import forebears
from huoshui.matters.models import CLOSED, OPEN, SUBMITTED, Matter, clock_runs_of
from huoshui.matters.queries import StoryEvent, matter_story, matter_values
from huoshui.matters.schema import MatterKind
from huoshui.packs.units import unit_word
from huoshui.services.models import Rating, Request
from huoshui.visits.models import Round, Visit
from huoshui.visits.queries import review_open_to
from huoshui.web.entries import changes_of
from huoshui.web.glossary import Glossary
from huoshui.web.office.attached import shown_attachment
from huoshui.web.office.matter_pages.words import close_reason_words
from huoshui.web.words import action_label, actor_words, done_by

SILENT_FIELDS = {"due_provisional", "supervised_on"}
"""What the journal keeps and the story needs not say."""


@dataclass
class Moment:
    """One thing that happened, as the timeline shows it."""

    at: dt.datetime
    who: str
    what: str
    note: str = ""
    kind: str = ""
    url: str = ""
    changes: list[dict[str, str]] = field(default_factory=list)
    photos: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class SlotPhotos:
    """The photos of one slot; ``open``: the reader may add to it now."""

    code: str
    label: str
    photos: list[dict[str, Any]]
    open: bool
    documents: bool
    """Whether it takes documents beside photos."""
    earlier: list[dict[str, Any]] = field(default_factory=list)
    """Those of a submission that was sent back: they no longer count, and nobody takes them off."""


@dataclass(frozen=True)
class Fact:
    """One fact of a matter."""

    label: str
    value: str
    unit: str = ""
    url: str = ""
    num: bool = False


def photo_slots(matter: Matter, open_slots: set[str], reader: Any) -> list[SlotPhotos]:
    """Every slot of the kind with its photos; an empty one only where the reader may fill it, or others are filled.

    Photos of matters merged into it stand among them, where the reader sees those matters, with their number.
    """
    numbers = {other.pk: other.number for other in _sharing_photos(matter, reader)}
    photos = [
        shown_attachment(photo) | _origin(numbers.get(photo.subject_id))
        for photo in photos_counted(matter)
        if photo.subject_id == matter.pk or photo.subject_id in numbers
    ]
    earlier = {str(pk) for pk in earlier_photos(matter)}
    slots = []
    for slot in matter.definition.slots:
        here = [photo for photo in photos if photo["slot"] == slot.code]
        new = [photo for photo in here if photo["id"] not in earlier]
        old = [photo for photo in here if photo["id"] in earlier]
        slots.append(SlotPhotos(slot.code, str(slot.name), new, slot.code in open_slots, slot.documents, old))
    return slots if photos or open_slots else []


def _sharing_photos(matter: Matter, reader: Any) -> list[Matter]:
    """The other matters whose photos count for this one, as far as the reader sees them."""
    ids = [other.pk for other in forebears(matter)]
    return list(Matter.objects.visible_to(reader).filter(pk__in=ids)) if ids else []


def doubles_seen(matter: Matter, reader: Any) -> list[Matter]:
    """The matters merged into this one that the reader sees."""
    ids = [double.pk for double in matter.absorbed]
    return list(Matter.objects.visible_to(reader).filter(pk__in=ids).order_by("number")) if ids else []


def _origin(number: str | None) -> dict[str, Any]:
    """Marks the photo of a merged matter; it is taken off there, and not here."""
    return {"by": None, "from": number} if number else {}


def story_of(matter: Matter) -> list[Moment]:
    """What happened, in order: the steps with what was written in them, and all else that the journal holds.

    One that was split off tells first what happened to its origin until then, each under the origin's number.
    """
    origin = matter.split_from
    before = [moment for moment in story_of(origin) if moment.at < matter.created_at] if origin else []
    told = [replace(moment, what=f"{origin.number} {moment.what}", kind="") for moment in before] if origin else []
    return told + _own_story(matter)


def _own_story(matter: Matter) -> list[Moment]:
    own = (photo for photo in photos_counted(matter) if photo.subject_id == matter.pk)
    photos = {(photo.slot, photo.blob_id): shown_attachment(photo) for photo in own}
    events = matter_story(matter)
    glossary = Glossary(event.entry for event in events if event.entry)
    told: list[Moment] = []
    for event in events:
        moment = _moment(matter.definition, event, photos, glossary)
        if told and moment.photos and _same_upload(told[-1], moment):
            told[-1].photos += moment.photos
        else:
            told.append(moment)
    return told


def _same_upload(last: Moment, moment: Moment) -> bool:
    """Photos of one slot that one person sent one after the other are told as one."""
    near = moment.at - last.at <= dt.timedelta(minutes=30)
    return near and bool(last.photos) and (last.who, last.what, last.note) == (moment.who, moment.what, moment.note)


def _moment(
    kind: MatterKind, event: StoryEvent, photos: dict[tuple[str, str], dict[str, Any]], glossary: Glossary
) -> Moment:
    """One event as the timeline shows it. Whoever reads this page may see the subject, restricted or not."""
    who = done_by(actor_words(event.who) if event.entry else event.who, event.behalf)
    what = event.what or action_label(event.action)
    moment = Moment(event.at, who, what, event.note, kind=_mark(kind, event))
    if event.entry is None:
        moment.changes = [{"label": label, "before": "", "after": said} for label, said in event.values.items() if said]
        return moment
    changes = changes_of(event.entry, event.before, event.after, kind, glossary)
    rungs = next((change["after"] for change in changes if change["name"] == "rungs"), "")
    if rungs:
        moment.what = rungs
        return moment
    slot = str((event.after or event.before).get("slot", ""))
    if slot:
        moment.note = next((str(known.name) for known in kind.slots if known.code == slot), slot)
        shown = photos.get((slot, event.after.get("photo", "")))
        if event.action == "media.caption":
            moment.changes = [change for change in changes if change["name"] == "caption"]
        moment.photos = [{**shown, "caption": event.after.get("caption", "")}] if shown else []
        return moment
    moment.changes = [change for change in changes if change["name"] not in SILENT_FIELDS]
    return moment


def _mark(kind: MatterKind, event: StoryEvent) -> str:
    """Whether a step verified the matter and ended it, ended it otherwise, or sent it back.

    Back is to a state that stands earlier: a notice that is issued goes from its approval on to its answer.
    """
    states = {str(state.name): (at, state.phase) for at, state in enumerate(kind.states)}
    before, after = states.get(event.from_state), states.get(event.to_state)
    if after and after[1] == CLOSED:
        return "closed" if event.verified else "ended"
    back = before and after and (before[1], after[1]) == (SUBMITTED, OPEN) and after[0] < before[0]
    return "refused" if back else ""


def facts_of(user: Any, matter: Matter) -> list[Fact]:
    """Number, source, who answers, what was recorded, how it ended; linked where the reader may go on."""
    facts = [
        Fact(_("编号"), matter.number, num=True),
        Fact(_("来源"), matter.source_label or str(BY_HAND), url=source_address(matter, user)),
        *_sources_of_doubles(user, matter),
        Fact(_("责任单位"), str(matter.unit or ""), url=_unit_address(user, matter)),
        Fact(_("责任人"), matter.owner.title if matter.owner else "", url=_person_address(user, matter.owner)),
        *_recorded(matter),
        Fact(_("立项"), listed((f"{matter.opened_on:%Y-%m-%d}", matter.opened_by.title))),
    ]
    if matter.supervised_on:
        facts.append(Fact(_("督办"), f"{matter.supervised_on:%Y-%m-%d}", num=True))
    if matter.verifier:
        facts.append(Fact(_("核验人"), matter.verifier.title))
    if matter.closed_on:
        ended = listed((f"{matter.closed_on:%Y-%m-%d}", close_reason_words(matter.close_reason)))
        facts.append(Fact(_closing_word(matter.definition), ended, num=True))
    return facts


def _closing_word(kind: MatterKind) -> str:
    """What ending is called: a problem is struck off the ledger (销号), a promise or a notice is not."""
    own = next((column.name for column in columns_for(kind) if column.column == "closed_on"), COLUMN_NAMES["closed_on"])
    return _("销号") if own == COLUMN_NAMES["closed_on"] else _("办结")


def _sources_of_doubles(user: Any, matter: Matter) -> list[Fact]:
    """The findings of the matters merged into it, which count for it too."""
    return [
        Fact(_("来源（%(number)s）") % {"number": double.number}, double.source_label, url=source_address(double, user))
        for double in doubles_seen(matter, user)
        if double.source_label
    ]


def _recorded(matter: Matter) -> list[Fact]:
    """What was recorded in the fields of the kind, an own deadline marked as such; the empty ones are left out."""
    own = matter.definition.own_deadline_fields() - _fixed_days(matter.definition)
    return [
        Fact(
            str(row.field.name) + (bracketed(_("自定")) if row.field.code in own else ""),
            row.shown,
            unit=unit_word(row.field.unit) or (_("元") if row.field.type == "money" else ""),
            num=row.field.type in ("integer", "decimal", "money", "date"),
        )
        for row in matter_values(matter)
        if row.field.code != matter.definition.owner_field and row.shown
    ]


def _unit_address(user: Any, matter: Matter) -> str:
    """The page of the responsible unit, where the reader sees the unit."""
    seen = matter.unit_id is not None and unit_open_to(user, matter.unit_id)
    year = matter.closed_on.year if matter.closed_on else ""  # the year in which it counts there
    return reverse("unit", args=[matter.unit_id]) + (f"?year={year}" if year else "") if seen else ""


def _person_address(user: Any, account: Any) -> str:
    return reverse("person", args=[account.username]) if account and open_to(user, [account]) else ""


def source_address(matter: Matter, user: Any) -> str:
    """Where the matter comes from: its item on the village's page of the round (the round where only that opens), the
    sheet of the visit, the request it carries, or the rated one. "" when it was opened by hand or taken over, or the
    reader sees nothing of that.
    """
    if matter.source_kind in (REQUEST, RATING):
        return _request_address(matter, user)
    if matter.source_kind == VISIT:
        return _visit_address(matter, user)
    if matter.source_kind != "round" or matter.source_id is None:
        return ""
    if review_open_to(user, matter.source_id, matter.place):
        _checklist, _slash, item = matter.source_item.partition("/")
        return f"{reverse('round_place', args=[matter.source_id, matter.place.code])}#item-{item}"
    if Round.objects.visible_to(user).filter(pk=matter.source_id).exists():
        return reverse("round", args=[matter.source_id])
    return ""


def _visit_address(matter: Matter, user: Any) -> str:
    """The failing item on the sheet of the visit that found it."""
    if not Visit.objects.visible_to(user).filter(pk=matter.source_id).exists():
        return ""
    return f"{reverse('sheet', args=[matter.source_id])}#i-{matter.source_item.partition('/')[2]}"


def _request_address(matter: Matter, user: Any) -> str:
    """The page of the request that a matter carries, or whose rating it corrects; only for those who see both."""
    if matter.source_id is None:
        return ""
    rated = Rating.objects.visible_to(user).filter(pk=matter.source_id).values("request_id")
    wanted = Q(pk__in=rated) if matter.source_kind == RATING else Q(pk=matter.source_id)
    key = Request.objects.visible_to(user).filter(wanted).values_list("pk", flat=True).first()
    return reverse("service_request", args=[key]) if key else ""


def clocks_of(matter: Matter) -> list[dict[str, Any]]:
    """The clocks that ran, with their limits; a provisional one says so, and so does one beside an own deadline.

    A clock that runs to a day promised under its own name (承诺期限) is told with that day: no other day counts then.
    """
    runs, kind = {run.clock: run for run in clock_runs_of(matter)}, matter.definition
    fixed = _fixed_days(kind)
    promised = values.read(matter) if fixed else {}
    rows = []
    for clock in kind.clocks:
        run, field = runs.get(clock.code), clock.own_deadline_field or ""
        if run is None:
            continue
        day = promised.get(field) if field in fixed else None
        beside = bool(field) and day is None
        rows.append(
            {
                "label": str(clock.name) + (bracketed(_("规定")) if beside else ""),
                "started_on": run.started_on,
                "limit_on": min(day, run.limit_on) if day else run.limit_on,
                "provisional": run.provisional and not (day and day < run.limit_on),
                "stopped_on": run.stopped_on,
            }
        )
    return rows


def _fixed_days(kind: MatterKind) -> set[str]:
    """The own deadlines called as their clocks are: the day that was promised, not one chosen within a limit."""
    return {
        field
        for clock in kind.clocks
        if (field := clock.own_deadline_field) and kind.field(field).name.zh == clock.name.zh
    }


def related_to(user: Any, matter: Matter) -> list[tuple[str, list[Matter]]]:
    """Matters that hang together with this one, but for its parts, as far as the reader sees them."""
    visible = [row for row in relatives_of(matter, user) if row.seen]
    groups = [
        (_("上级事项"), [row for row in visible if row.pk == matter.parent_id]),
        (_("拆自"), [row for row in visible if row.pk == matter.split_from_id]),
        (_("拆成的"), [row for row in visible if row.split_from_id == matter.pk]),
        (_("并入了"), [row for row in visible if row.pk == matter.duplicate_of_id]),
        (_("并进来的"), [row for row in visible if row.duplicate_of_id == matter.pk]),
    ]
    return [(label, rows) for label, rows in groups if rows]
