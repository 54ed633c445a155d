"""Today, for each role; and notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter
from huoshui.notices.models import Notice
from tests.conftest import NOON

SignIn = Callable[[Account], Client]
ROLES = (
    "administrator", "leader", "auditor", "district_office", "review_lead", "scrutineer", "tally_clerk", "verifier",
    "town_office", "assessor", "village_lead", "secretary", "stranger",
)  # fmt: skip


@pytest.fixture
def matter(cast: SimpleNamespace) -> Matter:
    """A matter that waits for the secretary of 寨卜昌村."""
    return open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="漏雨")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_today(cast: SimpleNamespace, matter: Matter, signed_in: SignIn, role: str) -> None:
    assert signed_in(getattr(cast, role)).get(reverse("today")).status_code == 200


def test_judges_have_a_today(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert signed_in(cast.judges[0]).get(reverse("today")).status_code == 200


def test_the_secretary_has_one_obvious_step(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    response = signed_in(cast.secretary).get(reverse("today"))
    words = response.content.decode()
    assert [task.what for task in response.context["tasks"]] == ["漏雨"]
    assert words.count("btn--primary") == 1
    assert f"/matters/{matter.number}/?step=claim" in words


def test_late_counts_lead_to_their_sheet(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    with clock.set_to(NOON + dt.timedelta(days=60)):
        client = signed_in(cast.town_office)
        response = client.get(reverse("today"))
        late = response.context["lines"][0]
        assert late.count == 1
        assert len(client.get(late.url).context["rows"]) == late.count
        assert [task.what for task in response.context["watched"]] == ["漏雨"]


def test_nothing_to_do_is_said_kindly(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert "今天没有要您办的" in signed_in(cast.secretary).get(reverse("today")).content.decode()
    assert "您还没有职责" in signed_in(cast.stranger).get(reverse("today")).content.decode()


def test_notices_are_read(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    village = signed_in(cast.secretary)
    page = village.get(reverse("today"))
    assert page.context["rail"][0].count == 1
    notice = Notice.objects.visible_to(cast.secretary).get()
    listed = village.get(reverse("notices"))
    assert matter.number in listed.content.decode()
    onward = village.post(reverse("notice_read", args=[notice.pk]), {"next": reverse("matter", args=[matter.number])})
    assert onward["Location"] == reverse("matter", args=[matter.number])
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert village.get(reverse("today")).context["rail"][0].count == 0


def test_another_persons_notice_is_not_there(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    notice = Notice.objects.visible_to(cast.secretary).get()
    assert signed_in(cast.verifier).post(reverse("notice_read", args=[notice.pk])).status_code == 404
    elsewhere = signed_in(cast.secretary).post(
        reverse("notice_read", args=[notice.pk]), {"next": "https://example.org/"}
    )
    assert elsewhere["Location"] == reverse("notices")


def test_all_notices_at_once(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    village = signed_in(cast.secretary)
    assert village.post(reverse("notices_read")).status_code == 302
    assert not Notice.objects.visible_to(cast.secretary).filter(read_at__isnull=True).exists()
    assert "没有未读的提醒" in village.get(reverse("notices") + "?unread=1").content.decode()
