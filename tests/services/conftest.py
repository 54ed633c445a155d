"""A hub that offers services, with an agent, the town's window and the district's supervisor."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.places import actions as places
from huoshui.places.models import Place
from huoshui.services import actions
from huoshui.services.models import Offer, Request

NAME, PHONE = "测试申请人", "13800138000"
WHO = {"applicant_name": NAME, "applicant_phone": PHONE}
PENSION, LOAN, TOLD = "services.pension_enrolment", "services.startup_loan", "services.farming_subsidies"
PAPERS = {
    PENSION: ("identity_card", "household_book"),
    LOAN: ("identity_card", "business_licence", "loan_form"),
}


def hired(username: str, role: str, place: Place, unit: str, title: str) -> Any:
    """An account with one duty, in a unit of its own."""
    by = system_account()
    account = duties.open_account(
        by=by, username=username, title=title, unit=duties.open_unit(by=by, place=place, name=unit)
    )
    duties.grant_duty(by=by, account=account, role=role, place=place, since=dt.date(2017, 1, 1))
    return account


@pytest.fixture
def desk(cast: SimpleNamespace) -> SimpleNamespace:
    """``cast`` with ``hub``, ``agent`` (of its village), ``window`` (of the town) and ``supervisor``."""
    land = cast.land
    cast.hub = places.open_site(by=cast.administrator, kind="hub", name="寨卜昌村党群服务中心", parent=land.village)
    cast.agent = hired("agent", "service_agent", land.village, "村便民服务站", "寨卜昌村代办员")
    cast.window = hired("window", "service_window", land.town, "乡便民服务中心", "苏家作乡窗口")
    cast.supervisor = hired("supervisor", "service_supervisor", land.district, "区政务服务办", "政务服务监督员")
    return cast


def offered(desk: SimpleNamespace, item: str = PENSION, place: Place | None = None, **given: Any) -> Offer:
    """An item offered on working days."""
    told = {"weekdays": "12345", "hours": "8:30-12:00，14:30-18:00", "window": "1 号窗口"} | given
    return actions.publish_offer(by=desk.window, item=item, place=place or desk.hub, **told)


def taken(desk: SimpleNamespace, item: str = PENSION, **given: Any) -> Request:
    """A request that the agent took, with everything that has to be brought."""
    offer = Offer.objects.filter(place=desk.hub, item=item, until__isnull=True).first() or offered(desk, item)
    asked = {"received": PAPERS[item], "values": WHO} | given
    return actions.take_request(by=desk.agent, offer=offer, **asked)


def matter_of(request: Request) -> Matter:
    """The matter that carries a request, as it stands."""
    return Matter.objects.get(pk=request.matter_id)


def step(by: Any, request: Request, transition: str, *, note: str = "", **values: Any) -> Request:
    """One step of the matter of a request; the request as it stands then."""
    matters.advance(by=by, matter=matter_of(request), transition=transition, values=values, note=note)
    return Request.objects.get(pk=request.pk)


def completed(desk: SimpleNamespace, request: Request) -> Request:
    """A request with what was still to come handed in."""
    lacking = [material.code for material in request.lacking]
    return actions.hand_in_materials(by=desk.agent, request=request, received=lacking) if lacking else request


def done(desk: SimpleNamespace, **given: Any) -> Request:
    """A request at once done and confirmed."""
    request = step(desk.agent, completed(desk, taken(desk, **given)), "do", result="已登记")
    return step(desk.window, request, "confirm")
