"""The typed values of a matter: cleaned, read, written and shown by the fields of its kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from huoshui.duties.models import Account, Unit
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.reading import read_once
from huoshui.matters import personal
from huoshui.matters.models import Matter, MatterValue
from huoshui.matters.schema import MatterKind
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import clean_values, shown_value
from huoshui.vault.queries import Kept


@read_once
def _rows(matter: Matter) -> list[MatterValue]:
    return list(matter.values.all())


def read(matter: Matter) -> dict[str, Any]:
    """Typed values by field code; an account field gives its Account, an office field its Unit, a personal one what the
    vault shows of it.

    Fields without a value are left out.
    """
    kind = matter.definition
    fields = {field.code: field for field in kind.fields}
    found = {row.code: typed(fields[row.code], row.value) for row in _rows(matter) if row.code in fields}
    _resolve_accounts(fields, found)
    if kind.owner_field and matter.owner is not None:
        found[kind.owner_field] = matter.owner
    return found | personal.read(matter)


def typed(field: FieldDef, stored: Any) -> Any:
    """A stored value (``MatterValue.value``) as its field has it: yes/no as bool."""
    return bool(stored) if field.type == "yes_no" else stored


def _resolve_accounts(fields: dict[str, FieldDef], found: dict[str, Any]) -> None:
    wanted = {code for code in found if fields[code].type == "account"}
    accounts = {
        str(account.pk): account for account in Account.objects.get_queryset().filter(pk__in=[found[c] for c in wanted])
    }
    for code in wanted:
        found[code] = accounts.get(found[code], found[code])
    offices = {code for code in found if fields[code].type == "office"}
    units = {str(unit.pk): unit for unit in Unit.objects.filter(pk__in=[found[c] for c in offices])} if offices else {}
    for code in offices:
        found[code] = units.get(found[code], found[code])


def shown(kind: MatterKind, code: str, value: Any) -> str:
    """A typed value as it is shown, without its unit."""
    if isinstance(value, Account):
        return value.title
    if isinstance(value, Unit):
        return value.name
    if isinstance(value, Kept):
        return value.masked
    return shown_value(kind.field(code), value)


def shown_all(kind: MatterKind, values: dict[str, Any]) -> dict[str, str]:
    """Typed values as they are shown, by field code."""
    return {code: shown(kind, code, value) for code, value in values.items()}


def told(kind: MatterKind, values: dict[str, Any]) -> dict[str, str]:
    """Typed values as the row of a step tells them for good: of a personal one only that it was given."""
    return {
        code: personal.COVER if isinstance(value, Kept) else shown(kind, code, value) for code, value in values.items()
    }


def plain(value: Any) -> Any:
    """A typed value as the journal keeps it: an account by its username, a unit by its name, a personal one by its
    digest, ISO dates."""
    if isinstance(value, Account):
        return value.username
    if isinstance(value, Unit):
        return value.name
    if isinstance(value, Kept):
        return value.digest
    return value.isoformat() if isinstance(value, dt.date) else value


def clean(fields: Sequence[FieldDef], given: dict[str, Any], *, partial: bool) -> dict[str, Any]:
    """Typed values by code; accounts (given as Account, id or username) as Account, offices (as Unit, id, or a name
    that only one unit has) as Unit.

    Raises one Refusal with all value.* problems.
    """
    raw = {code: str(value.pk) if isinstance(value, Account | Unit) else value for code, value in given.items()}
    cleaned = clean_values(fields, raw, partial=partial)
    problems: list[Problem] = []
    for field in fields:
        if field.type == "account" and cleaned.get(field.code):
            cleaned[field.code] = _account(field, cleaned[field.code], problems)
        elif field.type == "office" and cleaned.get(field.code):
            cleaned[field.code] = _office(field, cleaned[field.code], problems)
    if problems:
        raise Refusal.of(problems)
    return cleaned


def _account(field: FieldDef, key: str, problems: list[Problem]) -> Account | None:
    try:
        lookup: dict[str, Any] = {"pk": UUID(key)}
    except ValueError:
        lookup = {"username": key}
    found = Account.objects.get_queryset().filter(**lookup).first()
    if found is None or not found.is_active:
        named = found.title if found else key
        problems.append(Problem("matter.person_unknown", field.code, params={"label": field.name, "value": named}))
        return None
    return found


def _office(field: FieldDef, key: str, problems: list[Problem]) -> Unit | None:
    try:
        lookup: dict[str, Any] = {"pk": UUID(key)}
    except ValueError:
        lookup = {"name": key}
    found = list(Unit.objects.filter(**lookup).select_related("place")[:2])
    if len(found) != 1:
        problems.append(Problem("matter.office_unknown", field.code, params={"label": field.name, "value": key}))
        return None
    return found[0]


def write(matter: Matter, given: dict[str, Any]) -> None:
    """Store typed values; None takes a value away. The owner field goes to ``matter.owner`` (not saved here).

    Personal values are not written here: ``personal.keep`` gave them to the vault.
    """
    kind = matter.definition
    kept = []
    for code, value in given.items():
        if code == kind.owner_field:
            matter.owner = value
        elif code in kind.personal_codes:
            continue
        elif value is None or value == "":
            MatterValue.objects.filter(matter=matter, code=code).delete()
        else:
            kept.append(MatterValue(matter=matter, code=code, **columns(value)))
    MatterValue.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["matter", "code"], update_fields=["number", "text", "day"]
    )


def columns(value: Any) -> dict[str, Any]:
    """The typed columns of a value's row."""
    if isinstance(value, Account | Unit):
        return {"text": str(value.pk), "number": None, "day": None}
    if isinstance(value, dt.date):
        return {"day": value, "number": None, "text": ""}
    if isinstance(value, int):
        return {"number": int(value), "day": None, "text": ""}
    return {"text": value, "number": None, "day": None}


def missing(kind: MatterKind, codes: Iterable[str], values: dict[str, Any]) -> list[Problem]:
    """A matter.field_required for each of the fields that has no value."""
    return [
        Problem("matter.field_required", code, params={"label": kind.field(code).name})
        for code in codes
        if values.get(code) in (None, "")
    ]
