"""A matter in words, as it stands: what a trial compares before and after."""

from __future__ import annotations

from huoshui.kernel.trials import Told
from huoshui.matters import values
from huoshui.matters.columns import CLOSE_REASONS, COLUMN_NAMES
from huoshui.matters.models import Matter


def told(matter: Matter) -> Told:
    """Everything that an action may change of a matter, read anew; of a personal value only its mask."""
    fresh = Matter.objects.select_related("place", "unit", "owner", "duplicate_of").get(pk=matter.pk)
    kind = fresh.definition
    own = {
        "title": fresh.title,
        "detail": fresh.detail,
        "state": fresh.state_name,
        "unit": fresh.unit,
        "owner": fresh.owner,
        "due_on": fresh.due_on,
        "closed_on": fresh.closed_on,
        "close_reason": CLOSE_REASONS[fresh.close_reason] if fresh.close_reason else "",
        "duplicate_of": fresh.duplicate_of.number if fresh.duplicate_of else "",
    }
    said = {code: (str(COLUMN_NAMES[code]), str(value or "")) for code, value in own.items()}
    shown = values.shown_all(kind, values.read(fresh))
    return said | {
        field.code: (str(field.name), shown[field.code])
        for field in kind.fields
        if field.code in shown and field.code != kind.owner_field
    }
