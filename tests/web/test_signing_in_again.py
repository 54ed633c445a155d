"""A form that is sent after the session ended."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from huoshui.matters.actions import open_matter

PAGE = "http://testserver/matters/ZG-2018-0001/?step=claim"


@pytest.fixture
def address(cast: SimpleNamespace) -> str:
    """Where the form of a claim is sent."""
    matter = open_matter(
        by=cast.town_office, kind="rectification.item", place=cast.land.village, title="路灯不亮", severity="ordinary"
    )
    return f"/matters/{matter.number}/steps/claim"


def test_it_leads_back_to_the_page_of_the_form(address: str) -> None:
    answer = Client().post(address, {}, headers={"referer": PAGE})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/matters/ZG-2018-0001/%3Fstep%3Dclaim"


@pytest.mark.parametrize("referer", ["", "http://elsewhere.example/matters/"])
def test_from_an_unknown_page_it_leads_to_today(address: str, referer: str) -> None:
    answer = Client().post(address, {}, headers={"referer": referer})
    assert answer.headers["Location"] == "/accounts/login/?next=/"


def test_a_page_that_is_opened_is_kept_as_it_is(db: None) -> None:
    answer = Client().get("/matters/?light=red", headers={"referer": PAGE})
    assert answer.headers["Location"] == "/accounts/login/?next=/matters/%3Flight%3Dred"
