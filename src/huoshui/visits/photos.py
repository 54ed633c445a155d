"""The photos of sheets, by item: the slot of a photo is its item's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from huoshui.media.models import Attachment
from huoshui.media.queries import attachments_of, attachments_of_all
from huoshui.visits.models import Visit


def counted_by_slot(visit: Visit) -> dict[str, int]:
    """How many photos a sheet has, by item code."""
    return Counter(attachments_of(visit).values_list("slot", flat=True))


def photos_by_item(visits: Iterable[Visit]) -> dict[str, list[Attachment]]:
    """The photos of some sheets, by item code, oldest first."""
    found: dict[str, list[Attachment]] = {}
    for photo in attachments_of_all(Visit._meta.label_lower, [visit.pk for visit in visits]):
        found.setdefault(photo.slot, []).append(photo)
    return found


def photo_ids_by_item(visits: Iterable[Visit]) -> dict[str, tuple[UUID, ...]]:
    """The ids of the photos of some sheets, by item code."""
    return {slot: tuple(photo.pk for photo in photos) for slot, photos in photos_by_item(visits).items()}
