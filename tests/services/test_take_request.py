"""Taking requests: the promise, the matter that carries them, what is brought, and how they end."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.matters.personal import read as personal_values
from huoshui.schedules.workdays import add_working_days
from huoshui.services import actions
from huoshui.services.actions.ratings import request_of_code
from huoshui.services.models import Request
from huoshui.services.tracking import code_of
from tests.matters.conftest import at
from tests.services.conftest import (
    LOAN,
    NAME,
    PAPERS,
    PENSION,
    PHONE,
    TOLD,
    WHO,
    completed,
    matter_of,
    offered,
    step,
    taken,
)


def test_a_request_is_a_matter_whose_own_deadline_is_the_promise(desk: SimpleNamespace) -> None:
    request = taken(desk, LOAN)
    promised = add_working_days(dt.date(2018, 4, 2), 15 + 5).day
    matter = matter_of(request)
    assert request.promised_on == promised == dt.date(2018, 5, 2)
    assert {row.code: row.day for row in matter.values.filter(code="promised")} == {"promised": promised}
    assert (matter.kind, matter.place, matter.title) == ("services.agency", desk.hub, "创业担保贷款申请")
    # The three working days to hand it up end first.
    assert (matter.clock, matter.due_on) == ("submit", dt.date(2018, 4, 8))
    request = step(desk.agent, request, "submit")
    matter = matter_of(request)
    assert (matter.clock, matter.due_on, request.state_name) == ("promise", promised, "已报送")


def test_what_is_personal_is_in_the_vault_alone(desk: SimpleNamespace) -> None:
    request = taken(desk)
    values = personal_values(matter_of(request))
    assert str(values["applicant_phone"]) == "1*********0"
    told = "".join(Entry.objects.values_list("data", flat=True))
    assert NAME not in told
    assert PHONE not in told
    assert NAME not in str(Request.objects.values())
    assert PHONE not in str(Matter.objects.values())


def test_it_goes_all_the_way_and_is_in_time(desk: SimpleNamespace) -> None:
    request = step(desk.agent, completed(desk, taken(desk)), "do", result="已登记")
    assert (request.done_on, request.closed_on, request.phase) == (dt.date(2018, 4, 2), None, "submitted")
    request = step(desk.window, request, "confirm")
    assert (request.phase, request.close_reason) == ("closed", "resolved")
    assert [row.name for row in request.progress.all()] == ["已受理", "已办成待确认", "已办结"]


def test_the_agent_does_not_confirm_their_own_work(desk: SimpleNamespace) -> None:
    request = step(desk.agent, taken(desk), "do", result="已登记")
    with pytest.raises(Refusal) as refused:
        step(desk.agent, request, "confirm")
    assert refused.value.code == "matter.role_needed"


def test_what_came_back_is_no_longer_done(desk: SimpleNamespace) -> None:
    request = step(desk.agent, taken(desk), "do", result="已登记")
    request = step(desk.window, request, "return", note="户口簿页不全")
    assert (request.done_on, request.phase) == (None, "open")


def test_all_materials_that_lack_are_told_at_once(desk: SimpleNamespace) -> None:
    offer = offered(desk)
    with pytest.raises(Refusal) as refused:
        actions.take_request(by=desk.agent, offer=offer, received=(), values=WHO)
    assert refused.value.code == "service.material_missing"
    assert "居民身份证" in refused.value.problems[0].message()
    assert "户口簿" in refused.value.problems[0].message()
    assert not Request.objects.exists()
    assert not Matter.objects.exists()


def test_all_that_is_wrong_is_told_at_once_each_at_its_field(desk: SimpleNamespace) -> None:
    offer = offered(desk)
    with pytest.raises(Refusal) as refused:
        actions.take_request(by=desk.agent, offer=offer, came="neighbour", received=["identity_card", "passport"])
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("value.choice", "came"),
        ("value.choice", "received"),
        ("service.material_missing", "received"),
        ("value.required", "applicant_name"),
        ("value.required", "applicant_phone"),
    ]
    assert not Request.objects.exists()


def test_it_is_not_closed_as_done_before_what_was_to_follow_is_there(desk: SimpleNamespace) -> None:
    request = step(desk.agent, taken(desk), "do", result="已登记")
    with pytest.raises(Refusal) as refused:
        step(desk.window, request, "confirm")
    assert refused.value.code == "service.material_outstanding"
    assert "本人银行账户复印件" in refused.value.problems[0].message()
    request.refresh_from_db()
    assert (request.phase, matter_of(request).phase, request.progress.count()) == ("submitted", "submitted", 2)
    request = completed(desk, request)
    assert step(desk.window, request, "confirm").phase == "closed"


def test_what_is_declined_or_withdrawn_ends_without_it(desk: SimpleNamespace) -> None:
    for ending in ("decline", "withdraw"):
        request = step(desk.window, taken(desk), ending, note="本人不办了")
        assert (request.phase, len(request.lacking)) == ("closed", 1)


def test_what_may_follow_is_handed_in_later(desk: SimpleNamespace) -> None:
    request = taken(desk)
    assert [material.name.zh for material in request.lacking] == ["本人银行账户复印件"]
    request = actions.hand_in_materials(by=desk.agent, request=request, received=["bank_account"])
    assert request.lacking == []
    with pytest.raises(Refusal) as refused:
        actions.hand_in_materials(by=desk.agent, request=request, received=["bank_account"])
    assert refused.value.code == "value.required"


def test_nobody_takes_what_is_told_or_no_longer_offered(desk: SimpleNamespace) -> None:
    told = offered(desk, TOLD)
    with pytest.raises(Refusal) as refused:
        actions.take_request(by=desk.agent, offer=told)
    assert refused.value.code == "service.told_only"
    ended = actions.end_offer(by=desk.window, offer=offered(desk), reason="合并到镇上办")
    with at("2018-04-03"), pytest.raises(Refusal) as refused:
        actions.take_request(by=desk.agent, offer=ended, received=PAPERS[PENSION], values=WHO)
    assert refused.value.code == "service.offer_ended"
    later = offered(desk, LOAN, since=dt.date(2018, 5, 2))
    with pytest.raises(Refusal) as refused:
        actions.take_request(by=desk.agent, offer=later, received=PAPERS[LOAN], values=WHO)
    assert refused.value.code == "service.offer_later"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"came": "neighbour"}, "value.choice", "came"),
        ({"received": ["identity_card", "household_book", "passport"]}, "value.choice", "received"),
        ({"values": WHO | {"promised": "2018-04-03"}}, "value.unknown", "promised"),
        ({"values": {"applicant_name": NAME}}, "value.required", "applicant_phone"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(
    desk: SimpleNamespace, given: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        taken(desk, **given)
    assert (refused.value.code, refused.value.problems[0].field) == (code, field)
    assert not Request.objects.exists()


def test_who_has_no_duty_takes_none(desk: SimpleNamespace) -> None:
    offer = offered(desk)
    for account in (desk.secretary, desk.other_secretary, desk.stranger):
        with pytest.raises(Refusal) as refused:
            actions.take_request(by=account, offer=offer, received=PAPERS[PENSION], values=WHO)
        assert refused.value.code == "access.denied"


def test_the_code_leads_back_however_it_is_typed(desk: SimpleNamespace) -> None:
    request = taken(desk)
    code = code_of(request.pk)
    assert request_of_code(f" {code.lower().replace('-', ' ')} ") == request
    assert code not in str(Request.objects.values())
    with pytest.raises(Refusal) as refused:
        request_of_code(code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert refused.value.code == "service.code_wrong"
