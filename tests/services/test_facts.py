"""What indicators count of services, by place and period."""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.figures.queries import figure, get_indicator
from huoshui.kernel.periods import period
from huoshui.matters.actions import advance
from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.services import actions
from huoshui.services.models import Rating
from huoshui.services.tracking import code_of
from tests.matters.conftest import at
from tests.services.conftest import LOAN, completed, offered, step, taken
from tests.services.test_rate import CALLED, HANDLED


def counted(desk: SimpleNamespace, code: str, place: Place | None = None, of: str = "2018") -> tuple[int, int | None]:
    """Numerator and denominator of an indicator of the pack."""
    told = figure(desk.leader, get_indicator(f"services.{code}"), place or desk.land.district, period(of))
    return told.numerator or 0, told.denominator


def test_they_follow_every_step(desk: SimpleNamespace) -> None:
    land = desk.land
    first, late = taken(desk), taken(desk, LOAN)
    offered(desk, place=land.village3)
    assert counted(desk, "requests") == counted(desk, "requests", land.village) == (2, None)
    assert counted(desk, "requests", land.other_town) == (0, None)
    assert counted(desk, "done") == (0, None)
    first = step(desk.agent, first, "do", result="已登记")
    assert counted(desk, "done", of="2018-04") == (1, None)
    assert counted(desk, "in_time_share") == (1, 1)
    first = step(desk.window, completed(desk, first), "confirm")
    actions.rate_by_code(code=code_of(first.pk), level="dissatisfied")
    assert (counted(desk, "ratings"), counted(desk, "satisfied_share")) == ((1, None), (0, 1))
    assert counted(desk, "corrected_share") == (0, 1)
    matter = Matter.objects.get(pk=Rating.objects.get().correction_id)
    matter = advance(by=desk.supervisor, matter=matter, transition="look_into", values=HANDLED)
    matter = advance(by=desk.supervisor, matter=matter, transition="call_back", values=CALLED)
    advance(by=desk.verifier, matter=matter, transition="verify")
    assert counted(desk, "corrected_share") == (1, 1)
    actions.rate_by_code(code=code_of(first.pk), level="satisfied")
    assert counted(desk, "satisfied_share") == (1, 1)
    late = step(desk.agent, late, "submit")
    with at("2018-05-03"):
        late = step(desk.window, late, "do", result="已放款")
        assert counted(desk, "in_time_share", of="2018-05") == (0, 1)
        step(desk.agent, late, "redo", note="金额不对")
        assert counted(desk, "done") == (1, None)


def test_a_declined_request_is_not_done(desk: SimpleNamespace) -> None:
    request = step(desk.agent, taken(desk, LOAN), "submit")
    request = step(desk.window, request, "refuse", result="不符合条件", note="已有贷款")
    assert step(desk.agent, request, "reply_refusal").close_reason == "not_resolvable"
    assert counted(desk, "done") == (0, None)


def test_offers_are_a_stock(desk: SimpleNamespace) -> None:
    offer = offered(desk)
    with at("2018-05-02"):
        actions.end_offer(by=desk.window, offer=offer, reason="合并")
    with at("2018-06-02"):
        assert counted(desk, "offers", of="2018-04") == (1, None)
        assert counted(desk, "offers", of="2018-05") == (0, None)
