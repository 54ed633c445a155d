"""Model fields that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.db import models


class BinaryCharField(models.CharField):  # type: ignore[type-arg]
    """Text compared byte by byte on every engine, so that a prefix is a range of the index."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        params = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            params["collation"] = "C"
        return params


class ImmutableJSONField(models.JSONField):
    """JSON that never changes once written: the same text is parsed once, and everybody is given the same object."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None else _parsed(value)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    return json.loads(text)
