"""A kind's own words on the form and the page of its matters: not everything that is opened is a problem."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from types import SimpleNamespace

from django.test import Client
from django.urls import reverse

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter
from huoshui.packs.queries import all_current

SignIn = Callable[[Account], Client]
NEW = "matter_new"


def asked(client: Client, cast: SimpleNamespace, kind: str) -> str:
    return client.get(reverse(NEW), {"place": cast.land.village.code, "kind": kind}).content.decode()


def test_a_problem_is_asked_for_as_one(cast: SimpleNamespace, signed_in: SignIn) -> None:
    page = asked(signed_in(cast.town_office), cast, "rectification.item")
    assert "问题（一句话）" in page
    assert "怎么发现的" in page
    assert 'type="radio" name="severity"' in page


def test_a_brand_is_asked_for_by_its_own_word(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.secretary)
    page = asked(client, cast, "activities.brand")
    assert "品牌（一句话）" in page
    assert "怎么发现的" not in page
    assert 'type="radio" name="severity"' not in page  # one severity is no choice
    form = {"place": cast.land.village.code, "kind": "activities.brand", "severity": "ordinary", "title": ""}
    refused = client.post(reverse(NEW), form)
    assert refused.status_code == 422
    assert "“品牌”必须填写" in refused.content.decode()
    assert client.post(reverse(NEW), form | {"title": "古民居文化"}).status_code == 302
    shown = client.get(reverse("matter", args=[Matter.objects.get().number])).content.decode()
    assert "<h2>品牌</h2>" in shown
    assert "<h2>问题</h2>" not in shown


def test_an_accreditation_is_named_already(cast: SimpleNamespace, signed_in: SignIn) -> None:
    grant_duty(
        by=system_account(), account=cast.secretary, role="accreditation_liaison", place=cast.land.village,
        pack="honours",
    )  # fmt: skip
    page = asked(signed_in(cast.secretary), cast, "honours.civilised_place")
    assert f'value="{cast.land.village.short_name}文明村镇创建"' in page


def test_no_two_kinds_begin_their_numbers_alike(cast: SimpleNamespace) -> None:
    """PP stood for brands and for notices of criticism alike."""
    prefixes = [kind.number_prefix for kind in all_current("matters").values()]
    assert len(prefixes) == len(set(prefixes))


def test_a_part_of_a_promise_is_a_milestone(cast: SimpleNamespace, signed_in: SignIn) -> None:
    by, district = system_account(), cast.land.district
    grant_duty(by=by, account=cast.district_office, role="livelihood_office", place=district)
    grant_duty(by=by, account=cast.town_office, role="livelihood_bureau", place=district)
    given = {"promise_kind": "yearly", "target": 4, "target_unit": "所", "planned_end": dt.date(2018, 12, 1)}
    promise = open_matter(
        by=cast.district_office, kind="livelihood.promise", place=district, title="新建幼儿园",
        values=given | {"responsible_person": cast.town_office},
    )  # fmt: skip
    client = signed_in(cast.district_office)
    page = client.get(reverse("matter", args=[promise.number])).content.decode()
    found = re.search(r'href="([^"]+)">加一个节点<', page)
    assert found is not None
    address = html.unescape(found[1])
    form = client.get(address).content.decode()
    assert "登记：民生实事节点" in form
    assert f'href="/matters/{promise.number}/">取消<' in form
    assert "换种类" not in form  # a promise has milestones and nothing else
    typed = {"place": district.code, "kind": "livelihood.milestone", "title": "主体封顶", "severity": "ordinary"}
    assert client.post(address, typed).status_code == 302
    assert Matter.objects.get(title="主体封顶").parent == promise
