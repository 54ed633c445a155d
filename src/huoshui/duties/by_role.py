"""Who acts by a role over a place: what packs say may be done by the holders of some roles is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from huoshui.duties.models import Duty
from huoshui.duties.queries import roles as role_definitions
from huoshui.kernel import clock
from huoshui.kernel.actions import acts_for
from huoshui.kernel.wording import listed
from huoshui.places.models import Place, prefixes


def duties_over(place: Place, pack: str) -> QuerySet[Duty]:
    """Duties in force today over a place, for a pack or for every pack."""
    found: QuerySet[Duty] = Duty.objects.in_force(clock.today()).filter(
        Q(pack="") | Q(pack=pack), place__path__in=prefixes(place.path)
    )
    return found.select_related("place")


def acts_as_over(place: Place, pack: str, actor: Any, roles: Iterable[str]) -> bool:
    """Whether the actor holds one of some roles over a place for a pack.

    Within an action that rests on another's duty alone, the journal names whom the actor stands in for.
    """
    wanted = set(roles)
    return acts_by(actor, [duty for duty in actor.duties_over(place.path, pack) if duty.role in wanted])


def acts_by(actor: Any, duties: Sequence[Duty]) -> bool:
    """Whether there is a duty by which the actor acts; the journal names whom they stand in for, as above."""
    delegations = [duty.delegation for duty in duties if duty.delegation]
    if delegations and len(delegations) == len(duties):
        acts_for(actor.pk, delegations[0].principal.label)
    return bool(duties)


def who_may(place: Place, pack: str, roles: Iterable[str]) -> str:
    """Titles of those who hold one of some roles over a place; the roles alone where nobody does, "—" without any."""
    wanted = list(roles)
    return titles_of(duties_over(place, pack).filter(role__in=wanted)) or roles_named(wanted) or "—"


def titles_of(duties: Iterable[Duty]) -> str:
    """Titles of the roles of some duties (read with their places), each with its place; never names of persons.

    At most three, those nearest to the place first.
    """
    definitions = role_definitions()
    rows = sorted(sorted(duties, key=lambda duty: duty.role), key=lambda duty: duty.place.path, reverse=True)
    titles = dict.fromkeys(definitions[duty.role].titled_at(duty.place.short_name) for duty in rows)
    return listed(list(titles)[:3])


def roles_named(codes: Iterable[str]) -> str:
    """Titles of roles alone."""
    definitions = role_definitions()
    return listed([str(definitions[code].name) for code in codes if code in definitions])
