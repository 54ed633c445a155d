"""The rail: sections by what people do, each with the pages that a person's duties let them open."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account

SignIn = Callable[[Account], Client]


def labels(client: Client, page: str) -> list[tuple[str, bool, list[str]]]:
    """Of each entry its label, whether it is open, and the pages below it."""
    rail = client.get(reverse(page)).context["rail"]
    return [(entry.label, entry.active, [part.label for part in entry.parts]) for entry in rail]


def test_sections_by_what_people_do(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert labels(signed_in(cast.leader), "map") == [
        ("今日", False, []),
        ("事项", False, ["台账", "应办", "资金"]),
        ("观摩", False, []),
        ("活动", False, ["记录", "日历"]),
        ("服务", False, []),
        ("地点", True, ["地点", "地图"]),
        ("数据", False, []),
        ("报表", False, ["一表通", "文书"]),
        ("管理", False, ["机制", "职责", "日志"]),
    ]


def test_only_what_a_duty_opens(cast: SimpleNamespace, signed_in: SignIn) -> None:
    judge = labels(signed_in(cast.assessor), "today")
    assert ("观摩", False, ["打分", "观摩"]) in judge
    assert not {"服务", "管理"} & {label for label, _active, _parts in judge}
    assert labels(signed_in(cast.stranger), "today") == [("今日", True, [])]


def test_answers_of_a_survey_stand_beside_the_rounds(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    page = client.get(reverse("survey", args=["surveys", "public_toilets"]))
    assert [entry.label for entry in page.context["rail"] if entry.active] == ["观摩"]


@pytest.mark.parametrize(("page", "label"), [("calendar", "日历"), ("cadence", "应办"), ("ledger", "台账")])
def test_the_pages_of_the_open_section_are_listed(
    cast: SimpleNamespace, signed_in: SignIn, page: str, label: str
) -> None:
    client = signed_in(cast.leader)
    words = client.get(reverse(page)).content.decode()
    assert words.count('class="rail__part"') == (2 if page == "calendar" else 3)
    assert f'class="rail__part" href="{reverse(page)}" aria-current="page">{label}' in words
    assert 'class="rail__part"' not in client.get(reverse("today")).content.decode()
