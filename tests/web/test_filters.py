"""Filters and tabs in the address of a page that are none: never ignored, always with a way on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from tests.visits.staging import Stage

SignIn = Callable[[Account], Client]


@pytest.mark.parametrize(
    ("view", "query", "said"),
    [
        ("rounds", "state=nope", "“状态”的值“nope”不在可选项中：筹备、进行中、已锁定、已计算、已封存"),
        ("places", "kind=nope", "“种类”的值“nope”不在可选项中："),
        ("place_export", "kind=nope", "“种类”的值“nope”不在可选项中："),
        ("people", "role=nope", "“角色”的值“nope”不在可选项中："),
        ("journal", "action=nope", "“范围”的值“nope”不在可选项中：台账、观摩、活动、地点、职责、机制"),
        (
            "place",
            "tab=nope",
            "“页签”的值“nope”不在可选项中：概况、阵地与场所、观摩、台账、应办、活动、服务、沿革、日志",
        ),
        ("place", "on=nope", "“查看某一天”的值“nope”不是日期"),
        ("round", "tab=nope", "“页签”的值“nope”不在可选项中：进度、热力图、名次、成果、加减分、签字、评委、日志"),
    ],
)
def test_what_is_none_is_refused_with_the_way_on(
    stage: Stage, signed_in: SignIn, view: str, query: str, said: str
) -> None:
    arguments = {"place": [stage.land.village.code], "round": [stage.planned().pk]}.get(view, [])
    who = stage.cast.auditor if view == "journal" else stage.lead
    client, address = signed_in(who), reverse(view, args=arguments)
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["despite"] == address
    assert client.get(address).status_code == 200


def test_what_is_there_is_shown(stage: Stage, signed_in: SignIn) -> None:
    client, round = signed_in(stage.lead), reverse("round", args=[stage.planned().pk])
    for query in ("rounds/?state=planned", "rounds/?state=", "places/?kind=village", "places/?kind=&q=zbc"):
        answer = client.get(f"/{query}")
        assert (answer.status_code, len(answer.context["rows"]) > 0) == (200, True), query
    assert client.get(f"{round}?tab=judges").context["tab"] == "judges"
    # A tab that opens later, or closed again, is no mistake of whoever follows a link to it.
    assert client.get(f"{round}?tab=ranking").context["tab"] == "progress"


def test_a_refusal_of_anything_else_offers_no_such_way(stage: Stage, signed_in: SignIn) -> None:
    answer = signed_in(stage.cast.stranger).get(f"{reverse('round', args=[stage.planned().pk])}?tab=journal")
    assert (answer.status_code, answer.context["despite"]) == (404, "")
