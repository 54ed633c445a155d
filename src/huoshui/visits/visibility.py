"""Who sees which rounds, sheets and results: the querysets behind ``visible_to``.

Before the lock a judge sees only their own sheet; until the seal results belong to those who run and sign the
round. Who answers for a place sees its sheets only after the seal, whatever other duty they hold.
"""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django.db.models import Q

from huoshui.duties.queries import own_places
from huoshui.kernel.access import Actor, Grant, ScopedQuerySet, grants_condition, path_condition
from huoshui.kernel.reading import read_once, read_until_changed

SIGNERS = ("round.plan", "round.adjust", "round.sign_leader", "round.sign_scrutineer", "round.sign_tally_clerk")
"""Holders of any of these at the round's place see results before the seal."""


@read_until_changed
def areas_judged(account: UUID) -> set[str]:
    """Paths of the places under which an account judges, in rounds of all times."""
    from huoshui.visits.models import Judge

    return set(Judge.objects.filter(account_id=account).values_list("place__path", flat=True).distinct())


class RoundQuerySet(ScopedQuerySet[Any]):
    """Rounds at, below or above the places of one's duties, and rounds one is a judge of."""

    def visibility(self, actor: Actor) -> Q:
        from huoshui.places.models import prefixes
        from huoshui.visits.models import Judge

        condition = super().visibility(actor)
        for grant in set(actor.grants("round.view")):
            above = Q(place__path__in=prefixes(grant.path))
            condition |= above & Q(pack_version__pack=grant.pack) if grant.pack else above
        return condition | Q(pk__in=Judge.objects.filter(account_id=actor.pk).values("round"))


class RoundPlaceQuerySet(ScopedQuerySet[Any]):
    """Places of a round within one's duties, and those that one is appointed to judge."""

    def visibility(self, actor: Actor) -> Q:
        from huoshui.visits.models import Judge

        condition = super().visibility(actor)
        mine = Judge.objects.filter(account_id=actor.pk)
        for area in areas_judged(actor.pk):
            rounds = mine.filter(place__path=area).values("round")
            condition |= path_condition("place__path", area) & Q(round__in=rounds)
        return condition

    def with_open_sheets(self, actor: Actor) -> Self:
        """Those whose sheets (all judges', together) the actor may read now."""
        from huoshui.visits.models import Round

        sealed = Q(round__state=Round.State.SEALED)
        locked = Q(round__state__in=Round.LOCKED_STATES) & ~Q(place__path__in=own_places(actor.pk))
        covered = grants_condition(actor.grants("visit.view"), self.model.scope)
        return self.filter(covered & (sealed | locked))


class JudgeQuerySet(ScopedQuerySet[Any]):
    """Who judges is known to those who run the round; a judge sees their own appointment."""

    def visibility(self, actor: Actor) -> Q:
        return super().visibility(actor) | Q(account_id=actor.pk)


class VisitQuerySet(ScopedQuerySet[Any]):
    """Own sheets always; others' submitted sheets after the lock, those of one's own places after the seal."""

    def visibility(self, actor: Actor) -> Q:
        from huoshui.visits.models import Round, Visit

        sent = ~Q(state=Visit.State.DRAFT)
        alone = Q(round__isnull=True)
        sealed = Q(round__state=Round.State.SEALED)
        locked = Q(round__state__in=Round.LOCKED_STATES) & ~Q(place__path__in=own_places(actor.pk))
        covered = grants_condition(actor.grants("visit.view"), self.model.scope)
        return Q(judge_id=actor.pk) | covered & sent & (alone | sealed | locked)


class ResultQuerySet(ScopedQuerySet[Any]):
    """After the seal by round.view on the place; before it to those who run and sign the round there."""

    place_lookup = ""
    """Prefix of the lookups of place and round, for rows that hang on a result."""

    def visibility(self, actor: Actor) -> Q:
        from huoshui.visits.models import Round

        sealed = Q(**{f"{self.place_lookup}round__state": Round.State.SEALED})
        condition = self._within(actor.grants("round.view")) & sealed
        for permission in SIGNERS:
            condition |= self._within(actor.grants(permission))
        return condition

    def _within(self, grants: list[Grant]) -> Q:
        condition = Q(pk__in=[])
        for grant in set(grants):
            part = path_condition(f"{self.place_lookup}place__path", grant.path)
            if grant.pack:
                part &= Q(**{f"{self.place_lookup}round__pack_version__pack": grant.pack})
            condition |= part
        return condition


class OfResultQuerySet(ResultQuerySet):
    """Rows of a result show to those who see the result."""

    place_lookup = "result__"


class OfVisitQuerySet(ScopedQuerySet[Any]):
    """Answers show to those who see their sheet."""

    def visibility(self, actor: Actor) -> Q:
        from huoshui.visits.models import Visit

        return Q(visit__in=Visit.objects.visible_to(actor))


class FairnessQuerySet(ScopedQuerySet[Any]):
    """How judges differ is told once the results are computed, to the holders of the permission alone."""

    def visibility(self, actor: Actor) -> Q:
        from huoshui.visits.models import Round

        return super().visibility(actor) & Q(round__state__in=Round.RESULT_STATES)


class OfRoundQuerySet(ScopedQuerySet[Any]):
    """Signatures show to those who see the round and hold round.view over all of it, or run or sign it."""

    def visibility(self, actor: Actor) -> Q:
        condition = super().visibility(actor)
        for permission in SIGNERS:
            condition |= grants_condition(actor.grants(permission), self.model.scope)
        return condition


@read_once
def stops_open_to(actor: Actor, round: Any) -> list[UUID]:
    """The round's places whose sheets the actor may read now, in the order of the tour."""
    return list(round.places.with_open_sheets(actor).order_by("position").values_list("place_id", flat=True))


def places_open_to(actor: Actor, round: Any) -> set[UUID]:
    """The same places, in no order."""
    return set(stops_open_to(actor, round))
