"""One life event: what is shared is asked for once, and the whole ends after its parts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.matters.models import Matter
from huoshui.services import actions
from huoshui.services.models import Request
from tests.services.conftest import WHO, matter_of, offered, step

STARTUP = "services.startup"
ITEMS = ("startup_loan", "opening_subsidy", "startup_training")
RECEIVED = ("identity_card", "business_licence", "loan_form", "bank_account")


def bundled(desk: SimpleNamespace, **given: object) -> Request:
    for code in ITEMS:
        offered(desk, f"services.{code}")
    asked = {"received": RECEIVED, "values": WHO} | given
    return actions.take_bundle(by=desk.agent, bundle=STARTUP, place=desk.hub, **asked)


def test_one_matter_holds_those_of_the_items(desk: SimpleNamespace) -> None:
    whole = bundled(desk)
    parts = list(whole.parts.order_by("id"))
    assert [part.item.partition(".")[2] for part in parts] == list(ITEMS)
    parent = matter_of(whole)
    assert {matter_of(part).parent for part in parts} == {parent}
    assert parent.kind == "services.bundle"
    assert whole.promised_on == max(part.promised_on for part in parts)
    # Each part keeps what it needs of what was brought once.
    assert [sorted(part.received) for part in parts] == [
        ["bank_account", "business_licence", "identity_card", "loan_form"],
        ["bank_account", "business_licence", "identity_card"],
        ["identity_card"],
    ]
    assert not parent.definition.personal_codes


def test_only_some_of_it_can_be_asked_for(desk: SimpleNamespace) -> None:
    whole = bundled(desk, items=["startup_training"], received=["identity_card"])
    assert [part.item for part in whole.parts.all()] == ["services.startup_training"]


def test_the_whole_ends_after_its_parts(desk: SimpleNamespace) -> None:
    whole = bundled(desk, items=["startup_training"], received=["identity_card"])
    whole = step(desk.agent, whole, "finish")
    with pytest.raises(Refusal) as refused:
        step(desk.window, whole, "confirm")
    assert refused.value.code == "matter.parts_open"
    part = step(desk.agent, whole.parts.get(), "do", result="已报名")
    step(desk.window, part, "confirm")
    assert step(desk.window, whole, "confirm").phase == "closed"


def test_nothing_of_it_is_taken_where_an_item_is_not_offered(desk: SimpleNamespace) -> None:
    offered(desk, "services.startup_loan")
    with pytest.raises(Refusal) as refused:
        actions.take_bundle(by=desk.agent, bundle=STARTUP, place=desk.hub, received=RECEIVED, values=WHO)
    assert refused.value.code == "service.bundle_not_offered"
    assert "一次性开业补贴申请" in refused.value.problems[0].message()
    assert not Request.objects.exists()
    assert not Matter.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"items": []}, "service.bundle_items"),
        ({"items": ["birth_registration"]}, "service.bundle_items"),
        ({"received": ["identity_card"]}, "service.material_missing"),
        ({"values": WHO | {"result": "x"}}, "value.unknown"),
    ],
)
def test_what_does_not_fit_is_refused_whole(desk: SimpleNamespace, given: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        bundled(desk, **given)
    assert refused.value.code == code
    assert not Request.objects.exists()


def test_all_faults_of_a_bundle_are_told_at_once_and_once_each(desk: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        bundled(desk, received=["identity_card"], values={})
    assert [problem.field for problem in refused.value.problems] == ["received", "applicant_name", "applicant_phone"]


def test_an_unknown_bundle(desk: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        actions.take_bundle(by=desk.agent, bundle="services.wedding", place=desk.hub)
    assert refused.value.code == "service.bundle_unknown"
