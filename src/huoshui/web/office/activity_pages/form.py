"""The form by which an activity is planned, recorded or corrected: what it asks, and what was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from huoshui.activities import actions
from huoshui.activities import values as typed_values
from huoshui.activities.models import Activity
from huoshui.activities.permits import has_consent
from huoshui.activities.queries import latest_before
from huoshui.activities.schema import ActivityKind, Asked
from huoshui.kernel import clock
from huoshui.kernel.errors import Problem, Refusal
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import EXPECTED, clean_value, day
from huoshui.places.models import Place
from huoshui.web.office.attached import attach_sent_files, input_of, sent_files
from huoshui.web.office.forms import FormState
from huoshui.web.requests import SignedInRequest

Mode = Literal["plan", "record", "correct"]
MINUTES = FieldDef(code="minutes", name=Text(zh="时长", en="Length"), type="integer", unit="分钟")
HEADCOUNT = FieldDef(
    code="headcount", name=Text(zh="参加人数", en="Headcount"), type="integer", unit="人",
    hint=Text(zh="只记人数，不记姓名。", en="How many, not who."),
)  # fmt: skip
USUAL_HOUR = "09:00"
PLAIN = frozenset(
    {"title", "venue", "site", "outcome", "held_on", "last_day", "day", "from", "to", "minutes", "headcount"}
)
"""Inputs that no pack declares."""
INPUT_OF = {"starts_at": "day", "ends_at": "to"}
"""The input beside which a refusal of a moment stands: the form asks for days and hours apart."""


@dataclass(frozen=True)
class Sheet:
    """A form that is open: what is done, of what kind, where; ``activity``: what is changed, None for a new one."""

    mode: Mode
    qualified: str
    kind: ActivityKind
    place: Place
    activity: Activity | None = None
    parent: Activity | None = None
    slots: list[dict[str, Any]] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether it tells of one that was held."""
        return self.mode != "plan"

    @property
    def numbers(self) -> list[FieldDef]:
        """Length and headcount, as far as the kind asks for them."""
        asked: list[tuple[FieldDef, Asked]] = [(HEADCOUNT, self.kind.headcount), (MINUTES, self.kind.minutes)]
        return [
            known.model_copy(update={"required": wanted == "required"}) for known, wanted in asked if wanted != "none"
        ]

    @property
    def fields(self) -> list[FieldDef]:
        """The kind's own fields; while it is planned none of them is required."""
        if self.held:
            return self.kind.fields
        return [known.model_copy(update={"required": False}) for known in self.kind.asked_in_plan]

    @property
    def names(self) -> frozenset[str]:
        """The inputs of the form, beside which a refusal stands."""
        return PLAIN | {known.code for known in self.kind.fields} | {f"photo_{slot['code']}" for slot in self.slots}


def sheet_slots(kind: ActivityKind, activity: Activity | None) -> list[dict[str, Any]]:
    """The slots that the form offers: those of children only where a consent stands."""
    consented = activity is not None and bool(kind.children_slots) and has_consent(activity)
    found = []
    for slot in kind.slots:
        if not slot.children or consented:
            shape = _Shape({slot.code} if slot.documents else set())
            found.append({"code": slot.code, "name": slot.name, "input": input_of(shape, slot.code)})  # type: ignore[arg-type]
    return found


@dataclass(frozen=True)
class _Shape:
    """Stands for an activity that is not there yet, where only its slots are asked for."""

    document_slots: set[str]


def sites_of(place: Place) -> list[Place]:
    """The open sites directly within a place."""
    sites = [code for code, kind in all_current("place_kinds").items() if kind.category == "site"]
    found = Place.objects.filter(parent=place, kind__in=sites, closed_on__isnull=True)
    return list(found.order_by("code"))


def first_values(sheet: Sheet, user: Any) -> dict[str, Any]:
    """What the form begins with: what is known already is never asked again."""
    activity, today = sheet.activity, clock.today()
    if activity is None:
        new = Activity(kind=sheet.qualified, place=sheet.place)
        last = latest_before(user, new)
        common = {
            "title": str(sheet.kind.name), "venue": last.get("venue", ""),
            "site": last["site"].code if last.get("site") else "",
        }  # fmt: skip
        if sheet.held:
            return common | {"held_on": today.isoformat(), "minutes": last.get("minutes") or ""}
        return common | {"day": "", "from": USUAL_HOUR}
    found: dict[str, Any] = {
        "title": activity.title, "venue": activity.venue, "site": activity.site.code if activity.site else "",
        "version": activity.version,
    }  # fmt: skip
    kept = typed_values.read(activity)
    personal = sheet.kind.personal_codes
    found |= {code: typed_values.shown(sheet.kind, code, value) for code, value in kept.items() if code not in personal}
    return found | _times(activity, sheet.mode)


def given_texts(sheet: Sheet, given: Mapping[str, Any]) -> dict[str, str]:
    """What a link fills in of a new one's own text fields, such as the number of the matter that a meeting is about."""
    texts = [known for known in sheet.fields if known.type == "text" and not known.personal]
    found = {known.code: str(given.get(known.code, "")).strip()[: known.max_length] for known in texts}
    return {code: text for code, text in found.items() if text} if sheet.activity is None else {}


def _times(activity: Activity, mode: Mode) -> dict[str, Any]:
    """Days, hours and numbers of an activity as its form has them."""
    last = activity.last_day.isoformat() if activity.last_day != activity.day else ""
    starts = activity.starts_at.astimezone(clock.LOCAL_ZONE) if activity.starts_at else None
    ends = activity.ends_at.astimezone(clock.LOCAL_ZONE) if activity.ends_at else None
    if mode == "plan":
        return {
            "day": activity.day.isoformat(), "from": f"{starts:%H:%M}" if starts else USUAL_HOUR, "last_day": last,
            "to": f"{ends:%H:%M}" if ends else "",
        }  # fmt: skip
    if mode == "correct":
        return {
            "held_on": activity.day.isoformat(), "last_day": last, "minutes": activity.minutes or "",
            "headcount": activity.headcount or "", "outcome": activity.outcome,
        }  # fmt: skip
    one_day = starts and ends and not last
    minutes = int((ends - starts).total_seconds() // 60) if one_day and starts and ends else ""
    held_on = min(activity.day, clock.today())
    return {"held_on": held_on.isoformat(), "last_day": last if held_on == activity.day else "", "minutes": minutes}


def save(*, request: SignedInRequest, sheet: Sheet, form: FormState) -> Activity:
    """Do what was typed, with the photos that were taken. Raises what the actions and the files raise."""
    files = {slot["code"]: _sent(request, slot) for slot in sheet.slots}
    typed = _typed(sheet, form)
    try:
        with transaction.atomic():
            done = _act(request.user, sheet, form, typed)
            for code, sent in files.items():
                attach_sent_files(request, done, done.place, code, sent)
    except Refusal as refusal:
        refusal.problems = [replace(told, field=INPUT_OF.get(told.field, told.field)) for told in refusal.problems]
        raise
    return done


def _sent(request: SignedInRequest, slot: dict[str, Any]) -> Any:
    return sent_files(request, slot["code"], documents=slot["input"]["documents"])


def _act(user: Any, sheet: Sheet, form: FormState, typed: dict[str, Any]) -> Activity:
    if sheet.activity is None:
        given = typed | {"kind": sheet.qualified, "place": sheet.place, "parent": sheet.parent}
        return (actions.record_at_once if sheet.held else actions.plan)(by=user, **given)
    given = typed | {"activity": sheet.activity, "seen_version": form.seen_version}
    if sheet.mode == "plan":
        return actions.change_plan(by=user, **given)
    given.pop("site")
    return (actions.record if sheet.mode == "record" else actions.correct)(by=user, **given)


def _typed(sheet: Sheet, form: FormState) -> dict[str, Any]:
    """The arguments of the action; every value that cannot be read is told beside its input."""
    problems: list[Problem] = []

    def read(name: str, reader: Any) -> Any:
        text = str(form.values.get(name, "")).strip()
        try:
            return reader(text) if text else None
        except Refusal as refusal:
            problems.extend(refusal.problems)
            return None

    given: dict[str, Any] = {
        "title": form.values.get("title", ""),
        "venue": form.values.get("venue", ""),
        "site": read("site", partial(_site, sheet.place)),
        "values": {known.code: form.values[known.code] for known in sheet.kind.fields if known.code in form.values},
    }
    if sheet.held:
        given |= {known.code: read(known.code, partial(clean_value, known)) for known in sheet.numbers}
        given |= {name: read(name, partial(_day, name)) for name in ("held_on", "last_day")}
        given["outcome"] = form.values.get("outcome", "")
        if given["held_on"] is None and not problems:
            problems.append(Problem("value.required", "held_on", params={"label": _("哪一天开展的")}))
    else:
        given |= _plan_times(read, problems)
    if problems:
        raise Refusal.of(problems)
    return given


def _plan_times(read: Any, problems: list[Problem]) -> dict[str, Any]:
    first, last = (read(name, partial(_day, name)) for name in ("day", "last_day"))
    begins, ends = (read(name, partial(_hour, name)) for name in ("from", "to"))
    if first is None:
        if not problems:
            problems.append(Problem("value.required", "day", params={"label": _("哪一天")}))
        return {}
    begins = begins or dt.time(9)
    ends_at = None
    if ends or last:
        ends_at = _moment(last or first, ends or dt.time(18))
    return {"starts_at": _moment(first, begins), "ends_at": ends_at}


def _moment(on: dt.date, at: dt.time) -> dt.datetime:
    return clock.local_moment(on, at.hour, at.minute)


def _day(name: str, text: str) -> dt.date:
    found = day(text)
    if found is None:
        raise Refusal("value.type", field=name, label=_("日期"), value=text, expected=EXPECTED["date"])
    return found


def _hour(name: str, text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        raise Refusal("value.type", field=name, label=_("时间"), value=text, expected=_("时间（如 09:30）")) from None


def _site(place: Place, code: str) -> Place:
    found = next((site for site in sites_of(place) if site.code == code), None)
    if found is None:
        raise Refusal("activity.site_elsewhere", field="site", site=code, place=place.short_name)
    return found
