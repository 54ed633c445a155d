"""Approvals and revocations in any order: the pot is never exceeded, and its sum is that of its claims and lines."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.kernel.errors import Refusal
from huoshui.matters.models import Matter, MoneyLine
from huoshui.subsidies.actions import allocate, apply, approve, end_claim
from huoshui.subsidies.models import Claim, Pot
from tests.subsidies.conftest import SCHEME, TODAY, accepted, fund

STEPS = st.lists(
    st.tuples(st.sampled_from(["approve", "revoke", "apply", "allocate"]), st.integers(0, 2), st.integers(-50, 50)),
    max_size=8,
)


@pytest.fixture
def hubs(cast: SimpleNamespace) -> list[Matter]:
    """Three accepted hubs, in a pot that is too small for all of them."""
    fund(cast, "6万")
    return [accepted(cast, by) for by in (cast.secretary, cast.secretary2, cast.other_secretary)]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_never_above_the_pot(cast: SimpleNamespace, hubs: list[Matter], steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        for step, at, thousands in [("apply", n, 0) for n in range(3)] + steps:
            with contextlib.suppress(Refusal):
                _take(cast, step, hubs[at], thousands)
            pot = Pot.objects.get()
            lines = MoneyLine.objects.filter(type="approved").aggregate(total=Sum("amount"))["total"] or 0
            assert pot.approved == sum(Claim.objects.values_list("approved", flat=True)) == lines
            assert 0 <= pot.approved <= pot.amount == sum(pot.allocations.values_list("amount", flat=True))
        transaction.set_rollback(True)


def _take(cast: SimpleNamespace, step: str, hub: Matter, thousands: int) -> None:
    claim = Claim.objects.filter(matter=hub).order_by("-id").first()
    by = cast.district_office
    if step == "apply":
        elsewhere = hub.place.path.startswith(cast.land.other_town.path)
        apply(by=cast.other_town_office if elsewhere else cast.town_office, matter=hub)
    elif step == "allocate":
        given_ = {"scheme": SCHEME, "place": cast.land.district, "year": 2018, "day": TODAY, "document": "财预"}
        allocate(by=cast.finance, amount=thousands * 1000, **given_)
    elif claim and step == "approve":
        approve(by=by, claim=claim, amount=abs(thousands) * 1000 or None)
    elif claim:
        end_claim(by=by, claim=claim, step=step, reason="复查")
