"""Services in the scenario of the journal: every action once."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.matters.actions import advance
from huoshui.matters.models import Matter, MatterValue
from huoshui.services import actions
from huoshui.services.models import Rating, Request
from huoshui.services.tracking import code_of
from tests.services.conftest import WHO, hired, offered, step, taken
from tests.services.test_rate import CALLED, HANDLED


def play_services(cast: SimpleNamespace) -> None:
    """What is offered, a request to its end, a bundle, ratings, and a correction to its end."""
    land = cast.land
    cast.hub = land.village2
    cast.agent = hired("agent", "service_agent", land.village2, "村便民服务站", "苏家作村代办员")
    cast.window = hired("window", "service_window", land.town, "乡便民服务中心", "苏家作乡窗口")
    cast.supervisor = hired("supervisor", "service_supervisor", land.district, "区政务服务办", "政务服务监督员")
    offer = offered(cast)
    actions.change_offer(by=cast.window, offer=offer, weekdays="135", hours="9:00-11:30", window="2 号窗口")
    request = taken(cast, came="entrusted")
    actions.print_slip(by=cast.agent, request=request)
    actions.hand_in_materials(by=cast.agent, request=request, received=["bank_account"])
    request = step(cast.agent, request, "do", result="已登记")
    request = step(cast.window, request, "confirm")
    actions.rate_by_code(code=code_of(request.pk), level="satisfied")
    actions.rate_by_code(code=code_of(request.pk), level="dissatisfied", words="等得久")
    matter = Matter.objects.get(pk=Rating.objects.get().correction_id)
    matter = advance(by=cast.supervisor, matter=matter, transition="look_into", values=HANDLED)
    matter = advance(by=cast.supervisor, matter=matter, transition="call_back", values=CALLED)
    advance(by=cast.verifier, matter=matter, transition="verify")
    other = step(cast.agent, taken(cast), "do", result="已登记")
    actions.rate(by=cast.supervisor, request=other, level="very_satisfied", aspects={"attitude": "satisfied"})
    for code in ("startup_loan", "opening_subsidy", "startup_training"):
        offered(cast, f"services.{code}")
    actions.take_bundle(
        by=cast.agent, bundle="services.startup", place=cast.hub, items=["startup_training"],
        received=["identity_card"], values=WHO,
    )  # fmt: skip
    later = taken(cast)
    promised, sooner = later.promised_on, later.promised_on - dt.timedelta(days=1)
    Request.objects.filter(pk=later.pk).update(promised_provisional=True, promised_on=sooner)
    MatterValue.objects.filter(matter=later.matter_id, day=promised).update(day=sooner)
    assert actions.recompute_promises() == 1
    actions.end_offer(by=cast.window, offer=offer, reason="合并到镇上办")
