"""Reckoning a subsidy from its tiers, and proving what a scheme says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from huoshui.subsidies.schema import Tier


@dataclass(frozen=True)
class Segment:
    """A stretch of measures, from ``low`` (within) to ``high`` (beyond), and the tier that is used on it.

    None: no bound, or no tier.
    """

    low: Decimal | None
    high: Decimal | None
    tier: int | None


def tier_for(tiers: Sequence[Tier], measure: Decimal) -> int | None:
    """Index of the first tier that covers a measure, or None."""
    return next((at for at, tier in enumerate(tiers) if tier.covers(measure)), None)


def award(tier: Tier, cost: int) -> int:
    """What a tier gives for an accepted cost; both in fen. A share is rounded down."""
    if tier.fixed is not None:
        return tier.fixed
    share = int(Fraction(tier.share or 0) * cost / 100)
    return share if tier.cap is None else min(share, tier.cap)


def segments(tiers: Sequence[Tier], low: int | None = None, high: int | None = None) -> list[Segment]:
    """The stretches between the bounds of all tiers that meet the range ``low`` to ``high`` (both within)."""
    bounds = sorted({bound for tier in tiers for bound in (tier.at_least, tier.below) if bound is not None})
    starts = [None, *bounds]
    found = []
    for start, end in zip(starts, [*bounds, None], strict=True):
        inside = start if start is not None else (end - 1 if end is not None else Decimal(0))
        if (end is None or low is None or end > low) and (start is None or high is None or start <= high):
            found.append(Segment(start, end, tier_for(tiers, inside)))
    return found


def idle(tiers: Sequence[Tier]) -> list[int]:
    """Indices of tiers that no measure reaches, because those before them cover it."""
    used = {segment.tier for segment in segments(tiers)}
    return [at for at in range(len(tiers)) if at not in used]


def gaps(tiers: Sequence[Tier], low: int | None, high: int | None) -> list[Segment]:
    """Stretches within the range that no tier covers."""
    return [segment for segment in segments(tiers, low, high) if segment.tier is None]


def falls(tiers: Sequence[Tier], low: int | None, high: int | None) -> Iterator[Decimal]:
    """The measures within the range at which the subsidy can fall, whatever the cost."""
    stretches = segments(tiers, low, high)
    for before, after in pairwise(stretches):
        was = tiers[before.tier] if before.tier is not None else None
        now = tiers[after.tier] if after.tier is not None else None
        if after.low is not None and not _never_less(now, was):
            yield after.low


def _never_less(now: Tier | None, was: Tier | None) -> bool:
    """Whether one tier gives at least as much as another for every cost; None gives nothing.

    Both are the lesser of a cap and a share of the cost, or a constant: near cost 0 the shares decide, and for large
    costs the caps, so comparing both is exact.
    """
    if was is None or _most(was) == 0:
        return True
    if now is None:
        return False
    if now.fixed is not None:
        most = _most(was)
        return most is not None and now.fixed >= most
    if was.fixed is not None:
        return False  # a share of no cost is nothing
    capped = now.cap is None or (was.cap is not None and now.cap >= was.cap)
    return (now.share or 0) >= (was.share or 0) and capped


def _most(tier: Tier) -> int | None:
    """The most that a tier ever gives; None: without limit."""
    if tier.fixed is not None:
        return tier.fixed
    return 0 if not tier.share else tier.cap
