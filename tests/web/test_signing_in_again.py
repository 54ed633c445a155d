"""A form that is sent after the session ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.matters.actions import open_matter
from huoshui.packs.actions import load_pack
from tests.visits.staging import Stage, write_pack

PAGE = "http://testserver/matters/ZG-2018-0001/?step=claim"


@pytest.fixture
def stage(cast: SimpleNamespace, tmp_path: Path) -> Stage:
    load_pack(by=system_account(), folder=write_pack(tmp_path / "trial"))
    return Stage(cast)


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
    assert answer.headers["Location"] == "/accounts/login/?next=/matters/ZG-2018-0001/%3Fstep%3Dclaim%23unsent"


@pytest.mark.parametrize("referer", ["", "http://elsewhere.example/matters/"])
def test_from_an_unknown_page_it_leads_to_today(address: str, referer: str) -> None:
    answer = Client().post(address, {}, headers={"referer": referer})
    assert answer.headers["Location"] == "/accounts/login/?next=/"


def test_a_fragment_stays_where_it_is_and_says_so(address: str) -> None:
    answer = Client().post(address, {}, headers={"referer": PAGE, "hx-request": "true"})
    assert answer.status_code == 401
    assert "登录已过期" in answer.content.decode()
    assert "account_login" not in answer.headers.get("Location", "")


def test_the_address_of_a_form_leads_to_its_page(
    address: str, cast: SimpleNamespace, signed_in: Callable[[Account], Client]
) -> None:
    client = signed_in(cast.secretary)
    assert client.get(address).headers["Location"] == address.replace("steps/", "?step=")
    assert client.put(address).status_code == 405
    sent = client.post(reverse("set_language"), {"next": address, "language": "en"})
    page = client.get(sent.headers["Location"], follow=True)
    assert (page.status_code, page.redirect_chain[-1][0]) == (200, address.replace("steps/", "?step="))


def test_every_address_of_a_form_names_its_page(stage: Stage, signed_in: Callable[[Account], Client]) -> None:
    round, judge = stage.opened(), stage.cast.judges[0]
    visit = stage.sheet(round)
    client, lead = signed_in(judge), signed_in(stage.lead)
    at_sheet, at_round = reverse("sheet", args=[visit.pk]), reverse("round", args=[round.pk])
    assert client.get(reverse("sheet_back", args=[visit.pk])).headers["Location"] == at_sheet
    assert client.get(reverse("sheet_open")).headers["Location"] == reverse("sheets")
    assert lead.get(reverse("round_step", args=[round.pk])).headers["Location"] == at_round
    assert lead.get(reverse("round_adjust", args=[round.pk])).headers["Location"] == f"{at_round}?tab=adjustments"
    assert lead.get(reverse("open_unit")).headers["Location"] == reverse("open_account")


def test_a_page_that_is_opened_is_kept_as_it_is(db: None) -> None:
    answer = Client().get("/matters/?light=red", headers={"referer": PAGE})
    assert answer.headers["Location"] == "/accounts/login/?next=/matters/%3Flight%3Dred"
