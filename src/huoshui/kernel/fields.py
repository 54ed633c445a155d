"""Model fields that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import models


class BinaryCharField(models.CharField):  # type: ignore[type-arg]
    """Text compared byte by byte on every engine, so that a prefix is a range of the index."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        params = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            params["collation"] = "C"
        return params
