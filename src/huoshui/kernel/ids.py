"""Identifiers: UUIDv7 (RFC 9562), sortable by the time they were made."""

from __future__ import annotations

from uuid import UUID

import uuid6


def new_id() -> UUID:
    """A new UUIDv7. Ids made in one process sort in the order they were made."""
    return UUID(bytes=uuid6.uuid7().bytes)
