"""Every row that a change of places writes, kept so that the whole can be taken back exactly, or not at all."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import ProtectedError

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Record
from huoshui.kernel.wording import listed
from huoshui.places.history import move_paths
from huoshui.places.models import Place

Values = dict[str, Any]


class Trace:
    """Writes rows and remembers what each held before and after."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def change(self, row: models.Model, *, whole: bool = False, **values: Any) -> None:
        """Give fields of a row new values. ``whole``: any later write of this row stands in the way of undoing."""
        was = _plain(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        if isinstance(row, Record):
            row.save_next_version(*values)
        else:
            row.save(update_fields=list(values))
        now_is = _plain(row, {**values, "version": None} if whole else values)
        self._keep(row, was, now_is)

    def create(self, row: models.Model) -> None:
        """Save a new row."""
        row.save(force_insert=True)
        self._keep(row, None, _plain(row, [field.name for field in row._meta.concrete_fields]))

    def _keep(self, row: models.Model, was: Values | None, now_is: Values) -> None:
        self.rows.append({"model": row._meta.label_lower, "pk": str(row.pk), "was": was, "now": now_is})


def take_back(written: list[dict[str, Any]]) -> None:
    """Bring every row back to what it was before the change, the last one first.

    Raises place.undo_depends, naming the first row that was written since, or what refers to a row that goes.
    """
    for kept in reversed(written):
        model = apps.get_model(kept["model"])
        row = model._default_manager.select_for_update(of=("self",)).filter(pk=kept["pk"]).first()
        if row is None or _plain(row, kept["now"]) != kept["now"]:
            raise Refusal("place.undo_depends", what=_named(row, model))
        if kept["was"] is None:
            _remove(row)
        else:
            _restore(row, kept["was"])


def _restore(row: models.Model, was: Values) -> None:
    for name, value in was.items():
        field = row._meta.get_field(name)
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
    """Fields of a row as JSON holds them. A place's path follows from its parent, and is not told."""
    fields = [row._meta.get_field(name) for name in names]
    told = [field for field in fields if not (isinstance(row, Place) and field.name == "path")]
    return {field.name: _json(getattr(row, field.attname)) for field in told}


def _json(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | dict | list) else _text(value)


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
