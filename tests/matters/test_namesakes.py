"""Villages of one name in two towns: told apart wherever a matter is named."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from huoshui.duties.actions import grant_duty, open_account, open_unit
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account, titles_apart
from huoshui.matters.models import Matter
from huoshui.matters.queries import ledger, ledger_rows
from huoshui.notices.models import Notice
from huoshui.places.actions import close_place, open_place
from huoshui.places.models import Place
from huoshui.places.queries import names_apart, township_names
from tests.conftest import NOON
from tests.matters.conftest import Opener, at
from tests.reports.test_typesetting import pages


@pytest.fixture
def twin(land: SimpleNamespace) -> Place:
    """A second 寨卜昌村, in 阳庙镇, below a management area."""
    by = system_account()
    area = open_place(by=by, kind="management_area", code="410871100-glq1", name="第一管理区", parent=land.other_town)
    return open_place(by=by, kind="village", code="410871100203", name="寨卜昌村村民委员会", parent=area)


def secretary_of(twin: Place, title: str) -> Account:
    by = system_account()
    unit = open_unit(by=by, place=twin, name="村委会")
    account = open_account(by=by, username="twin_secretary", title=title, unit=unit)
    grant_duty(by=by, account=account, role="village_secretary", place=twin, since=dt.date(2016, 1, 1))
    return account


def test_a_name_is_told_apart_only_while_another_open_place_has_it(land: SimpleNamespace, twin: Place) -> None:
    shown = [land.village, twin, land.village2]
    assert list(names_apart(shown).values()) == ["寨卜昌村（苏家作乡）", "寨卜昌村（阳庙镇）", "苏家作村"]
    with override("en"):
        assert names_apart([twin])[twin.pk] == "寨卜昌村 (阳庙镇)"
    close_place(by=system_account(), place=twin, closed_on=NOON.date())
    assert names_apart([land.village])[land.village.pk] == "寨卜昌村"
    assert names_apart([twin])[twin.pk] == "寨卜昌村（阳庙镇）"


def test_the_township_of_a_place(land: SimpleNamespace, twin: Place) -> None:
    names = township_names([land.village, twin, land.town, land.district])
    assert list(names.values()) == ["苏家作乡", "阳庙镇", "苏家作乡", ""]


def test_a_row_of_the_ledger_has_its_town(open_item: Opener, cast: SimpleNamespace, twin: Place) -> None:
    open_item()
    open_item(twin)
    assert [row.town for row in ledger_rows(ledger(cast.district_office, sort="number"))] == ["苏家作乡", "阳庙镇"]


def test_a_notice_names_the_town_where_the_name_does_not_do(
    open_item: Opener, cast: SimpleNamespace, twin: Place
) -> None:
    owner = secretary_of(twin, "书记")
    open_item(twin)
    notice = Notice.objects.get(account=owner)
    assert notice.text.startswith("寨卜昌村（阳庙镇）新增事项 ")
    with override("en"):
        assert " at 寨卜昌村 (阳庙镇): you answer" in notice.text
    open_item(cast.land.village2)
    assert Notice.objects.get(account=cast.secretary2).text.startswith("苏家作村新增事项 ")


def test_a_notice_older_than_the_town_in_its_text_still_reads(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item()
    notice = Notice.objects.get(account=cast.secretary)
    del notice.params["town"]
    assert notice.text.startswith("寨卜昌村新增事项 ")


def test_people_of_one_title_are_told_apart(cast: SimpleNamespace, twin: Place) -> None:
    other = secretary_of(twin, cast.secretary.title)
    people = Account.objects.get_queryset().filter(pk__in=[other.pk, cast.secretary.pk, cast.secretary2.pk])
    assert set(titles_apart(people.select_related("unit__place")).values()) == {
        "寨卜昌村支书（苏家作乡）",
        "寨卜昌村支书（阳庙镇）",
        "苏家作村支书",
    }
    same_unit = open_account(by=system_account(), username="deputy", title=other.title, unit=other.unit)
    assert set(titles_apart([other, same_unit]).values()) == {
        "寨卜昌村支书（twin_secretary）",
        "寨卜昌村支书（deputy）",
    }


def test_pages(open_item: Opener, cast: SimpleNamespace, twin: Place, client: Client) -> None:
    other = secretary_of(twin, cast.secretary.title)
    open_item()
    matter: Matter = open_item(twin, title="孪生村的事")
    client.force_login(cast.district_office)
    page = client.get(reverse("ledger")).content.decode()
    assert f'<option value="{other.pk}">寨卜昌村支书（阳庙镇）</option>' in page
    assert '<span class="ledger__town">阳庙镇</span>' in page
    assert "乡镇" in "".join(pages(client.get(reverse("ledger_pdf")).content))
    for address in (reverse("matter", args=[matter.number]), reverse("matter_beside", args=[matter.number])):
        assert "寨卜昌村（阳庙镇）" in client.get(address).content.decode()
    client.force_login(other)
    with at("2018-05-30"):
        today = client.get(reverse("today")).content.decode()
    assert "寨卜昌村（阳庙镇），孪生村的事" in today
    assert "寨卜昌村（阳庙镇） · ZG-2018-0002" in today
    assert "寨卜昌村（阳庙镇）" in client.get(reverse("notices")).content.decode()
