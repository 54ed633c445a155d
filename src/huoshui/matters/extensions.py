"""When the limit of a clock may be moved: what the pack allows, who may ask, and who else decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from huoshui.duties import by_role
from huoshui.duties.models import Account, Duty
from huoshui.duties.standing import Hand, standing_of
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters import clocks, permits
from huoshui.matters.models import ClockRun, Extension, Matter
from huoshui.matters.schema import OWNER, Clock
from huoshui.matters.schema_parts import ExtensionRule


@dataclass(frozen=True)
class Terms:
    """What an extension of the running clock must keep to."""

    clock: Clock
    rule: ExtensionRule
    run: ClockRun
    due_on: dt.date
    """The deadline that counts now."""
    latest: dt.date
    """The last day that can be asked for."""


def terms_of(matter: Matter) -> Terms | None:
    """The terms for the clock whose deadline counts; None when none runs, or its pack allows no extension."""
    definition = next((known for known in matter.definition.clocks if known.code == matter.clock), None)
    run = clocks.running(matter)
    if definition is None or definition.extension is None or run is None or matter.due_on is None:
        return None
    rule = definition.extension
    return Terms(definition, rule, run, matter.due_on, clocks.counted(run.limit_on, rule.days, definition.counting).day)


def pending(matter: Matter) -> Extension | None:
    """The request that waits for a decision."""
    if matter.extension_until is None:
        return None
    return matter.extensions.filter(outcome="").select_related("asked_by").first()


def terms_for(matter: Matter, actor: Any) -> Terms:
    """The terms on which the actor may ask for an extension now.

    Raises matter.extension_none, matter.extension_asker, matter.extension_pending, matter.extension_expired or
    matter.extension_times.
    """
    terms = terms_of(matter)
    if terms is None:
        raise Refusal("matter.extension_none", state=matter.state_name)
    if not permits.acts_as(matter, actor, terms.rule.asked_by):
        raise Refusal("matter.extension_asker", who=_askers(matter, terms) or "—")
    if matter.extension_until is not None:
        raise Refusal("matter.extension_pending", day=matter.extension_until)
    # The deadline that counts is the unit's own where it set an earlier one: what has passed is not asked away.
    if terms.due_on < clock.today():
        raise Refusal("matter.extension_expired", field="until", day=terms.due_on)
    # One that was split off has its origin's clock, and what was granted on it.
    granted = Extension.objects.filter(
        matter__in=[matter.pk, matter.split_from_id],
        clock=terms.clock.code,
        outcome=Extension.Outcome.GRANTED,
        asked_on__gte=terms.run.started_on,
    ).count()
    if granted >= terms.rule.times:
        raise Refusal("matter.extension_times", clock=str(terms.clock.name), times=terms.rule.times)
    return terms


def asking_refusal(matter: Matter, actor: Any) -> Refusal | None:
    """Why the actor may not ask for an extension now; None when the actor may."""
    try:
        terms_for(matter, actor)
    except Refusal as refusal:
        return refusal
    return None


def _askers(matter: Matter, terms: Terms) -> str:
    duties = by_role.duties_over(matter.place, matter.pack)
    own = duties.filter(account=matter.owner) if matter.owner and OWNER in terms.rule.asked_by else duties.none()
    return by_role.titles_of(duties.filter(role__in=terms.rule.asked_by) | own)


def deciding_refusal(matter: Matter, asked: Extension, actor: Any) -> Refusal | None:
    """Why the actor may not grant or refuse a request; None when the actor may.

    matter.extension_decider, matter.extension_own or matter.extension_unit, each naming who can.
    """
    rule = _rule(matter, asked)
    if not by_role.acts_as_over(matter.place, matter.pack, actor, rule.decided_by):
        return Refusal("matter.extension_decider", who=deciders_named(matter, asked))
    stands, hands, path = standing_of(actor), _hands(matter, asked), matter.place.path
    if stands.had_a_hand(hands, path, matter.pack):
        return Refusal("matter.extension_own", who=deciders_named(matter, asked))
    if rule.other_unit and stands.is_of_their_units(hands, path, matter.pack):
        return Refusal("matter.extension_unit", unit=str(actor.unit or "—"), who=deciders_named(matter, asked))
    return None


def _rule(matter: Matter, asked: Extension) -> ExtensionRule:
    found = next(known.extension for known in matter.definition.clocks if known.code == asked.clock)
    if found is None:
        raise LookupError(f"{matter.number}: clock {asked.clock} was extended without a rule")
    return found


def _hands(matter: Matter, asked: Extension) -> list[Hand]:
    return [Hand(asked.asked_by_id, asked.asked_unit_id, asked.asked_on), Hand(matter.owner_id, matter.unit_id)]


def _barred_people(matter: Matter, asked: Extension) -> set[Any]:
    return {hand.account for hand in _hands(matter, asked)} - {None}


def _barred_units(matter: Matter, asked: Extension, rule: ExtensionRule) -> set[Any]:
    return {hand.unit for hand in _hands(matter, asked)} - {None} if rule.other_unit else set()


def deciders(matter: Matter, asked: Extension) -> QuerySet[Duty]:
    """Duties whose holders may decide a request; those whom a bar stops left out."""
    rule = _rule(matter, asked)
    duties = by_role.duties_over(matter.place, matter.pack).filter(role__in=rule.decided_by)
    duties = duties.exclude(account_id__in=_barred_people(matter, asked))
    if units := _barred_units(matter, asked, rule):
        duties = duties.exclude(account__unit_id__in=units).exclude(account__unit__isnull=True)
    return duties


def deciders_named(matter: Matter, asked: Extension) -> str:
    """Titles of the roles whose holders may decide; the titles of roles alone when nobody holds one."""
    return by_role.titles_of(deciders(matter, asked)) or by_role.roles_named(_rule(matter, asked).decided_by)


def nearest_deciders(matter: Matter, asked: Extension) -> list[Account]:
    """Whom a request is told to: of each role that decides, the holders nearest to the place."""
    duties = list(deciders(matter, asked).select_related("account", "place"))
    nearest: dict[str, int] = {}
    for duty in duties:
        nearest[duty.role] = max(nearest.get(duty.role, 0), len(duty.place.path))
    return [duty.account for duty in duties if len(duty.place.path) == nearest[duty.role]]


def lapse(matter: Matter) -> None:
    """A request lapses with the run of the clock it was made for: stopped or begun anew, there is nothing to move."""
    asked = pending(matter)
    if asked is None:
        return
    run = matter.clocks.filter(clock=asked.clock, stopped_on__isnull=True).first()
    if run is not None and run.started_on <= asked.asked_on and matter.closed_on is None:
        return
    asked.outcome = Extension.Outcome.LAPSED
    asked.save_next_version("outcome")
    matter.extension_until = None
