"""A kind's own words on the form and the page of its matters: not everything that is opened is a problem."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from django.test import Client
from django.urls import reverse

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
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
