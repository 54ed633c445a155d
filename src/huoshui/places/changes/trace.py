"""Every row that a change of places writes, kept so that the whole can be taken back exactly, or not at all."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Max, ProtectedError

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry, Record
from huoshui.kernel.wording import listed
from huoshui.places.history import move_paths
from huoshui.places.models import Place

Values = dict[str, Any]
CHANGES = ("places.rename", "places.move", "places.merge", "places.split", "places.undo_change")
"""The actions that change places. What they wrote and took back again stands in nobody's way."""


class Trace:
    """Writes rows and remembers what each held before and after."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def change(self, row: models.Model, *, whole: bool = False, **values: Any) -> None:
        """Give fields of a row new values. ``whole``: whatever is done with it later stands in the way of undoing."""
        was = _plain(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        if isinstance(row, Record):
            row.save_next_version(*values)
        else:
            row.save(update_fields=list(values))
        self._keep(row, was, _plain(row, values), whole)

    def create(self, row: models.Model) -> None:
        """Save a new row."""
        row.save(force_insert=True)
        self._keep(row, None, _plain(row, [field.name for field in row._meta.concrete_fields]), True)

    def _keep(self, row: models.Model, was: Values | None, now_is: Values, whole: bool) -> None:
        kept = {"model": row._meta.label_lower, "pk": str(row.pk), "was": was, "now": now_is, "whole": whole}
        self.rows.append(kept)

    def last_entry(self) -> int:
        """The sequence number of the latest journal entry about any of the rows."""
        entries = Entry.objects.filter(subject_id__in=[kept["pk"] for kept in self.rows if _is_id(kept["pk"])])
        found: int = entries.aggregate(last=Max("seq"))["last"]
        return found


def take_back(written: list[dict[str, Any]], *, since: int) -> list[Any]:
    """Bring every row back to what it was before the change, the last one first; returns the records restored.

    ``since``: the journal's last entry of the change. Raises place.undo_depends, naming the first row with which
    something was done since (of other changes of places only what stands), or what refers to a row that goes.
    """
    restored: dict[Any, models.Model] = {}
    for kept in reversed(written):
        model = apps.get_model(kept["model"])
        row = model._default_manager.select_for_update(of=("self",)).filter(pk=kept["pk"]).first()
        if row is None or _plain(row, kept["now"]) != kept["now"] or (kept["whole"] and _done_with(row, since)):
            raise Refusal("place.undo_depends", what=_named(row, model))
        if kept["was"] is None:
            _remove(row)
        else:
            _restore(row, kept["was"])
            if isinstance(row, Record):
                restored[row.pk] = row
    return list(restored.values())


def _done_with(row: models.Model, since: int) -> bool:
    later = Entry.objects.filter(subject_kind=row._meta.label_lower, subject_id=row.pk, seq__gt=since)
    return isinstance(row, Record) and later.exclude(action__in=CHANGES).exists()


def _restore(row: models.Model, was: Values) -> None:
    for name, value in was.items():
        field: Any = row._meta.get_field(name)
        setattr(row, field.attname, field.to_python(value))
    if isinstance(row, Record):
        row.save_next_version(*was)
    else:
        row.save(update_fields=list(was))
    if isinstance(row, Place) and "parent" in was:
        row.refresh_from_db()
        _put_path_right(row)


def _put_path_right(place: Place) -> None:
    path = f"{place.parent.path if place.parent else '/'}{place.code}/"
    move_paths(place.path, path)
    place.path = path


def _remove(row: models.Model) -> None:
    try:
        row.delete()
    except ProtectedError as error:
        holders = {_named(holder, type(holder)) for holder in list(error.protected_objects)[:3]}
        raise Refusal("place.undo_depends", what=listed(sorted(holders))) from None


def _named(row: models.Model | None, model: type[models.Model]) -> str:
    return str(row) if row is not None else str(model._meta.verbose_name)


def _plain(row: models.Model, names: Any) -> Values:
    """Fields of a row as JSON holds them. Not told: versions, and a place's path, which follows from its parent."""
    fields: list[Any] = [row._meta.get_field(name) for name in names]
    told = [field for field in fields if field.name != "version" and (field.name != "path" or type(row) is not Place)]
    return {field.name: _json(getattr(row, field.attname)) for field in told}


def _is_id(text: str) -> bool:
    return "-" in text  # rows of history are numbered, and have no entries of their own


def _json(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | dict | list) else _text(value)


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
