"""What the codes and ids in journal entries stand for, in the words of those who read them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoshui.activities.models import Activity
from huoshui.duties.models import Account
from huoshui.duties.queries import roles, titles_of
from huoshui.figures.queries import indicators
from huoshui.figures.reporting.queries import returns
from huoshui.figures.reporting.words import CONFLICT_STATES, DECISIONS, RULES, STATES
from huoshui.forms.models import Form
from huoshui.kernel.models import Entry
from huoshui.kernel.wording import clauses, listed
from huoshui.packs.queries import all_current, current_versions
from huoshui.packs.schema import FieldDef
from huoshui.places.directory import places_coded, places_with_ids
from huoshui.places.models import Honour, Place
from huoshui.schedules.targets import TARGETS
from huoshui.services.hours import told_hours, told_weekdays
from huoshui.services.models import Request
from huoshui.visits.models import Missing, Round, Signature, Visit, judge_label
from huoshui.web.value_readers import (
    read_days,
    read_degrees,
    read_digest,
    read_document_kind,
    read_event,
    read_events,
    read_items,
    read_method,
    read_methods,
    read_minutes,
    read_moment,
    read_outline,
    read_points,
    read_quorum,
    read_rating,
    read_refused,
    read_rule,
    read_scopes,
    read_service,
    read_views,
    read_ways,
    read_yuan,
)

MOST_NAMES = 6
"""Names of a long list that are written out."""
VISIT, ACTIVITY = "visits.visit", "activities.activity"
IS_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


class Glossary:
    """Names of what some entries mention. Each kind of name is read once, and only when it is asked for.

    ``sheets``: those that the entries are about, with their places, where they were read already.
    """

    def __init__(self, entries: Iterable[Entry], sheets: Mapping[UUID, Visit] | None = None) -> None:
        self._entries = list(entries)
        self._sheets = sheets
        self._said = {text for entry in self._entries for text in _texts(json.loads(entry.data))}

    @cached_property
    def _people(self) -> dict[str, str]:
        return titles_of(self._said)

    @cached_property
    def _people_by_id(self) -> dict[str, str]:
        ids = [text for text in self._said if IS_ID(text)]
        known = Account.objects.get_queryset().filter(pk__in=ids)
        return {str(pk): title for pk, title in known.values_list("pk", "title")}

    @cached_property
    def _places(self) -> dict[str, str]:
        return {code: place.short_name for code, place in places_coded(self._said).items()}

    @cached_property
    def _where(self) -> dict[Any, tuple[str, str]]:
        known = places_with_ids(entry.place_id for entry in self._entries if entry.place_id)
        return {pk: (place.short_name, place.kind) for pk, place in known.items()}

    @cached_property
    def _visited(self) -> Mapping[Any, Visit]:
        if self._sheets is not None:
            return self._sheets
        wanted = [entry.subject_id for entry in self._entries if entry.subject_kind == VISIT]
        return Visit.objects.select_related("place", "pack_version").in_bulk(wanted)

    @cached_property
    def _visits(self) -> dict[Any, str]:
        return {pk: str(visit) for pk, visit in self._visited.items()}

    @cached_property
    def _activities(self) -> dict[UUID, Activity]:
        wanted = [entry.subject_id for entry in self._entries if entry.subject_kind == ACTIVITY]
        return Activity.objects.select_related("pack_version").in_bulk(wanted) if wanted else {}

    @cached_property
    def _kinds(self) -> dict[str, Any]:
        return all_current("place_kinds")

    @cached_property
    def _checklists(self) -> dict[str, Any]:
        return all_current("checklists")

    @cached_property
    def _packs(self) -> dict[str, str]:
        return {code: str(version.manifest.name) for code, version in current_versions().items()}

    def person(self, username: str) -> str:
        """The title of an account, by its username or its id."""
        return self._people_by_id.get(username) or self._people.get(username, username)

    def successor(self, username: str) -> str:
        """Who took over; "" where it stays with the unit."""
        return self.person(username) if username else _("留给责任单位")

    def judges(self, numbered: dict[str, str]) -> str:
        """Judges, by their numbers."""
        rows = sorted(numbered.items(), key=lambda row: int(row[0]))
        return listed(f"{judge_label(int(number))} {self.person(account)}" for number, account in rows)

    def place(self, code: str) -> str:
        """A place by its code."""
        return self._places.get(code, code)

    def places(self, codes: Any) -> str:
        """How many places, and the first of their names; a bare number counts them."""
        if isinstance(codes, int):
            return ngettext("%(count)d 个", "%(count)d 个", codes) % {"count": codes}
        if not codes:
            return ""
        names = listed(self.place(code) for code in codes[:MOST_NAMES])
        if len(codes) > MOST_NAMES:
            return _("%(names)s 等 %(count)d 个") % {"names": names, "count": len(codes)}
        return names

    def role(self, code: str) -> str:
        """A role of the current packs."""
        role = roles().get(code)
        return str(role.name) if role else code

    def pack(self, code: str) -> str:
        """The name of a pack; "" stands for every pack."""
        return self._packs.get(code, code) if code else _("全部机制")

    def place_kind(self, code: str) -> str:
        """The name of a kind of place."""
        return str(self._kinds[code].name) if code in self._kinds else code

    def checklist(self, code: str) -> str:
        """A checklist by its qualified code, or by its bare one."""
        found = (item for key, item in self._checklists.items() if code in (key, key.partition(".")[2]))
        return next((str(item.name) for item in found), code)

    def place_kinds(self, codes: list[str]) -> str:
        """Kinds of place."""
        return listed(self.place_kind(code) for code in codes)

    def schedule(self, code: str) -> str:
        """A schedule of a pack, by its qualified code."""
        known = all_current("schedules").get(code)
        return str(known.name) if known else code

    def target(self, code: str) -> str:
        """What comes round, by its qualified code."""
        found = (all_current(section).get(code) for section in TARGETS)
        return next((str(known.name) for known in found if known), code)

    def scheme(self, code: str) -> str:
        """A subsidy by its qualified code."""
        known = all_current("subsidies").get(code)
        return str(known.name) if known else code

    def adjustment(self, code: str) -> str:
        """A bonus or deduction of any checklist."""
        found = (checklist.adjustment(code) for checklist in self._checklists.values())
        return next((str(item.name) for item in found if item), code)

    def figure(self, text: str) -> str:
        """An indicator's code at the head of a text, by its name."""
        code, space, rest = text.partition(" ")
        known = indicators().get(code)
        return f"{known.name}{space}{rest}" if known else text

    def figures(self, values: dict[str, str] | list[str]) -> str:
        """Values by indicator, or texts that begin with one."""
        if isinstance(values, list):
            return clauses(self.figure(text) for text in values)
        return clauses(f"{self.figure(key)} {value}" for key, value in values.items())

    def attributes(self, entry: Entry) -> list[FieldDef]:
        """The attributes of the place that an entry is about, those of its own kind first."""
        own = self._where.get(entry.place_id, ("", ""))[1]
        kinds = sorted(self._kinds.values(), key=lambda kind: kind.code != own)
        return [field for kind in kinds for field in kind.attributes]

    def activity_fields(self, entry: Entry) -> list[FieldDef]:
        """The fields of the activity that an entry is about, in the version of its pack that it began with."""
        found = self._activities.get(entry.subject_id)
        return found.definition.fields if found else []

    def activity_slot(self, entry: Entry, slot: str) -> str:
        """A slot of the activity that an entry is about."""
        found = self._activities.get(entry.subject_id)
        return found.slot_name(slot) if found else slot

    def sheet_item(self, entry: Entry, code: str) -> str:
        """An item of the sheet that an entry is about, by the checklist that it was filled in with."""
        visit = self._visited.get(entry.subject_id)
        item = visit.checklist.items.get(code) if visit else None
        return str(item.name) if item else code

    def activity_kind(self, code: str) -> str:
        """A kind of activity by its qualified code."""
        known = all_current("activities").get(code)
        return str(known.name) if known else code

    def where(self, entry: Entry) -> str:
        """The place of an entry, where its subject's name does not say it."""
        name = self._where.get(entry.place_id, ("", ""))[0]
        return "" if name in entry.subject_label else name

    def subject(self, entry: Entry) -> str:
        """What an entry is about. A role or adjustment that the label names by its code is given its name."""
        label = entry.subject_label
        head, dot, code = label.rpartition(" · ")
        match entry.subject_kind:
            case "duties.duty" | "duties.delegation":
                return f"{head}{dot}{self.role(code)}"
            case "visits.adjustment":
                return f"{head}{dot}{self.adjustment(code)}"
            case "visits.signature":
                role = json.loads(entry.data).get("after", {}).get("role", "")
                return f"{head}{dot}{_choice(Signature.Role)(self, role)}"
            case "figures.filing":
                code, space, rest = label.partition(" ")
                known = returns().get(code)
                return f"{known.name}{space}{rest}" if known else label
            case "figures.target":
                return self.figure(label)
            case "figures.conflict":
                code, space, rest = label.partition(" ")
                return f"{RULES.get(code, code)}{space}{rest}"
            case "packs.packversion":
                pack, _space, number = label.partition(" ")
                return f"{self.pack(pack)} {number}"
            case "visits.visit":
                return self._visits.get(entry.subject_id, label)
        return label


def _texts(value: Any) -> Iterable[str]:
    """Every text inside a journalled value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


Reader = Callable[[Glossary, Any], str]


def _choice(choices: type[TextChoices]) -> Reader:
    """Reads a code as the label of a choice."""
    return lambda _glossary, code: str(dict(choices.choices).get(code, code))


def _named(words: Mapping[Any, Any]) -> Reader:
    """Reads a code as what it stands for."""
    return lambda _glossary, code: str(words.get(code, code))


READERS: dict[str, dict[str, Reader]] = {
    "documents.edition": {"kind": read_document_kind},
    "documents.documenttemplate": {"kind": read_document_kind},
    "documents.batch": {"kind": read_document_kind, "places": lambda _glossary, count: str(count)},
    "duties.duty": {
        "account": Glossary.person,
        "role": Glossary.role,
        "pack": Glossary.pack,
        "successor": Glossary.successor,
    },
    "duties.delegation": {
        "account": Glossary.person,
        "principal": Glossary.person,
        "role": Glossary.role,
        "pack": Glossary.pack,
        "ended_at": read_moment,
    },
    "duties.signinlink": {"account": Glossary.person, "expires_at": read_moment, "used_at": read_moment},
    "duties.unit": {"belongs_to": Glossary.place},
    "matters.matter": {"belongs_to": Glossary.place},
    ACTIVITY: {
        "kind": Glossary.activity_kind,
        "state": _choice(Activity.State),
        "starts_at": read_moment,
        "ends_at": read_moment,
        "site": Glossary.place,
        "belongs_to": Glossary.place,
    },
    "activities.calendarfeed": {"account": Glossary.person, "ended_at": read_moment},
    "duties.apitoken": {"account": Glossary.person, "scopes": read_scopes},
    "webhooks.webhook": {"events": read_events, "event": read_event},
    "duties.account": {"made_at": read_moment, "method": read_method, "minutes": read_minutes, "shown": read_methods}
    | {"views": read_views, "refused": read_refused, "digest": read_digest},
    "notices.channel": {"ways": read_ways},
    "packs.packversion": {"checklist": Glossary.checklist},
    "figures.filing": {"state": _named(STATES), "figures": Glossary.figures, "absent": Glossary.figures},
    "figures.conflict": {
        "state": _named(CONFLICT_STATES),
        "owner": Glossary.person,
        "decision": _named(DECISIONS),
        "said": Glossary.figures,
        "holds": Glossary.figure,
    },
    "places.honour": {"level": _choice(Honour.Level)},
    "places.place": {
        "kind": Glossary.place_kind,
        "parent": Glossary.place,
        "successors": Glossary.places,
        "latitude": read_degrees,
        "longitude": read_degrees,
        "precision": _choice(Place.Precision),
        "outline": read_outline,
    },
    "visits.round": {
        "state": _choice(Round.State),
        "checklist": Glossary.checklist,
        "missing": _choice(Missing),
        "quorum": read_quorum,
        "places": Glossary.places,
        "visit_on": read_days,
        "left_out": Glossary.places,
        "moved": Glossary.places,
        "judges": Glossary.judges,
        "account": Glossary.person,
    },
    "schedules.plan": {
        "of": Glossary.target,
        "place_kinds": Glossary.place_kinds,
        "rule": read_rule,
        "schedule": Glossary.schedule,
    },
    "services.offer": {
        "item": read_service,
        "weekdays": lambda _glossary, days: told_weekdays(days),
        "hours": lambda _glossary, hours: told_hours(hours),
        "belongs_to": Glossary.place,
    },
    "services.request": {
        "item": read_service,
        "bundle": read_service,
        "came": _choice(Request.Came),
        "slip": lambda _glossary, _printed: _("已打印"),
    },
    "services.rating": {"level": read_rating},
    "subsidies.pot": {"pot_amount": read_yuan, "scheme": Glossary.scheme},
    "visits.adjustment": {"points": read_points, "code": Glossary.adjustment},
    "visits.signature": {"role": _choice(Signature.Role)},
    "visits.result": {"total": read_points},
    "forms.form": {
        "state": _choice(Form.State),
        "frequency": _choice(Form.Frequency),
        "level": _choice(Form.Level),
    },
    VISIT: {
        "state": _choice(Visit.State),
        "checklist": Glossary.checklist,
        "prefilled": read_items,
        "answers": read_items,
    },
}
"""How the fields of each kind of subject are read; what is not named here reads as it is written."""
