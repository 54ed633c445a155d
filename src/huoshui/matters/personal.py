"""The personal fields of a matter: kept by the vault, shown masked, journalled as keyed digests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from huoshui.kernel.errors import Problem, Refusal
from huoshui.matters.models import Matter
from huoshui.matters.schema import MatterKind
from huoshui.vault import actions as vault
from huoshui.vault.crypto import masked
from huoshui.vault.queries import Kept, kept_values, kept_values_of_all

COVER = "****"
"""Stands in a step's row for a personal value: the row stays when the value is deleted, so it tells nothing of it."""


def read(matter: Matter) -> dict[str, Kept]:
    """A matter's personal values by field code, masked."""
    wanted = matter.definition.personal_codes
    return {code: kept for code, kept in kept_values(matter).items() if code in wanted} if wanted else {}


def read_all(matters: Iterable[Matter], codes: Iterable[str]) -> dict[UUID, dict[str, Kept]]:
    """The same for many matters, by id; only those of ``codes``, and without a query when no kind keeps any."""
    shown = set(codes)
    wanted = {matter.pk: matter.definition.personal_codes & shown for matter in matters}
    ids = [pk for pk, personal in wanted.items() if personal]
    if not ids:
        return {}
    return {
        pk: {code: kept for code, kept in found.items() if code in wanted[pk]}
        for pk, found in kept_values_of_all(Matter._meta.label_lower, ids).items()
    }


def asked(kind: MatterKind, given: dict[str, Any], present: dict[str, Any]) -> dict[str, Any]:
    """What is really asked for: an empty personal text, and the mask of what is kept, leave it; None takes it away.

    Raises matter.personal_masked for another text that is only a mask.
    """
    left = {code for code in given if leaves(kind, code, given[code], present.get(code))}
    problems = [
        Problem("matter.personal_masked", code, params={"label": kind.field(code).name})
        for code, value in given.items()
        if code in kind.personal_codes - left and value is not None and _is_mask(str(value).strip())
    ]
    if problems:
        raise Refusal.of(problems)
    return {code: value for code, value in given.items() if code not in left}


def leaves(kind: MatterKind, code: str, value: Any, present: Any) -> bool:
    """Whether what was given for a field leaves its personal value as it is."""
    if code not in kind.personal_codes or value is None:
        return False
    text = str(value).strip()
    return not text or (isinstance(present, Kept) and text == present.masked)


def _is_mask(text: str) -> bool:
    return masked(text) == text


def keep(matter: Matter, cleaned: dict[str, Any]) -> dict[str, Any]:
    """The same typed values, with the personal ones kept by the vault; of these only Kept (or None) goes on.

    Called inside the action: what it refuses afterwards takes this back with it.
    """
    texts = {code: cleaned[code] or "" for code in cleaned if code in matter.definition.personal_codes}
    if not texts:
        return cleaned
    digests = vault.keep(matter, texts, delete_on=deletion_day(matter))
    kept = {code: Kept(masked(text), digests[code]) if text else None for code, text in texts.items()}
    return cleaned | kept


def schedule(matter: Matter) -> None:
    """Set the day of deletion that follows from the matter's closing; none while it is open."""
    if matter.definition.personal_codes:
        vault.schedule(matter, deletion_day(matter))


def deletion_day(matter: Matter) -> dt.date | None:
    """The closing date and the days that the kind states; None while the matter is open."""
    stated = matter.definition.personal
    return matter.closed_on + dt.timedelta(days=stated.keep_days) if stated and matter.closed_on else None
