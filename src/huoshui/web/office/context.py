"""What every office page needs: the rail, filtered by what the person's duties let them see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from huoshui.duties.models import delegations_taken
from huoshui.duties.queries import unit_with_place
from huoshui.kernel import clock
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.wording import listed
from huoshui.notices.queries import unread_count
from huoshui.web.office.rail import rail


def office(request: HttpRequest) -> dict[str, Any]:
    """``demonstration`` on every page; ``rail``, ``unread`` (reminders) and ``own_unit`` for people who are signed in.

    The rail is put together when a page shows it: fragments and field pages have none.
    """
    user = getattr(request, "user", None)
    mark = {"demonstration": SimpleLazyObject(demonstration_mark)}
    if user is None or not user.is_authenticated:
        return mark
    entries = SimpleLazyObject(lambda: rail(user, request.path))
    own_unit = SimpleLazyObject(lambda: unit_with_place(user.unit_id))
    return mark | {
        "unread": SimpleLazyObject(lambda: _unread(request)),
        "rail": entries,
        "own_unit": own_unit,
        "stands_in_for": SimpleLazyObject(lambda: _principals(user)),
    }


def _unread(request: HttpRequest) -> int:
    """As it was when the account was read; after a form was sent, as it is now."""
    user: Any = request.user
    return int(user.unread_then) if request.method == "GET" and hasattr(user, "unread_then") else unread_count(user)


def _principals(user: Any) -> str:
    """Titles of those for whom the reader stands in today; read together with the duties."""
    return listed(dict.fromkeys(row.principal.title for row in delegations_taken(user.pk, clock.today())))
