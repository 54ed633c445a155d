"""Which events a webhook may carry: the actions of the journal, each alone or a whole group of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from huoshui.kernel.actions import ACTIONS
from huoshui.kernel.errors import Refusal

GROUPS = ("matters", "visits", "places", "duties", "packs", "subsidies", "activities", "media")
"""Groups of actions that may be told outside; looks at personal values, notices and webhooks themselves never are."""
PRIVATE = frozenset(
    f"duties.{name}"
    for name in (
        "sign_in",
        "lock_account",
        "unlock_account",
        "turn_on_two_steps",
        "turn_off_two_steps",
        "make_recovery_codes",
        "add_passkey",
        "rename_passkey",
        "remove_passkey",
    )
)
"""When and by what somebody signs in: of a group, yet never told outside."""
EVERY = ".*"
"""What a group's own name ends with: ``matters.*``."""
TEST_EVENT = "webhook.test"
"""The type of what is sent to try a webhook out."""


def known_events() -> list[str]:
    """Every event by its name, a group's own before its events."""
    found = []
    for group in GROUPS:
        told = (name for name in ACTIONS if name.startswith(f"{group}.") and name not in PRIVATE)
        found += [f"{group}{EVERY}", *sorted(told)]
    return found


def cleaned(events: Iterable[str]) -> list[str]:
    """Events as they are kept; what a group includes is not named again. Raises webhook.no_event or .unknown_event."""
    asked, known = set(events), known_events()
    for name in sorted(asked):
        if name not in known:
            raise Refusal("webhook.unknown_event", field="events", event=name)
    if not asked:
        raise Refusal("webhook.no_event", field="events")
    return [name for name in known if name in asked and (name.endswith(EVERY) or _group_of(name) not in asked)]


def _group_of(name: str) -> str:
    return name.partition(".")[0] + EVERY


def condition_of(events: Iterable[str]) -> Q:
    """The journal entries that these events are: never a restricted one, and none of how somebody signs in."""
    wanted = Q(pk__in=[])
    for name in events:
        wanted |= Q(action__startswith=name.removesuffix("*")) if name.endswith(EVERY) else Q(action=name)
    return wanted & Q(restricted=False) & ~Q(action__in=PRIVATE)
