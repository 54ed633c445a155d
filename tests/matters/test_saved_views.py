"""Saved views of the ledger: own, shared, renamed, deleted, opened by default; none shows more than duties do."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import change_view, choose_default_view, delete_view, save_view
from huoshui.matters.models import SavedView
from tests.matters.conftest import Opener
from tests.web import api_client
from tests.web.conftest import signed_in

__all__ = ["signed_in"]
SignIn = Callable[[Account], Client]
QUERY = "state=to_claim&sort=-due"


@pytest.fixture
def colleague(cast: SimpleNamespace) -> Account:
    """Somebody else of the township office's unit, without its duties."""
    return Account.objects.create(username="colleague", title="乡镇同事", unit=cast.town_office.unit)


def seen_by(who: Account) -> list[str]:
    return [view.name for view in SavedView.objects.visible_to(who)]


def test_own_views_are_nobody_elses_and_unjournalled(cast: SimpleNamespace, colleague: Account) -> None:
    before = Entry.objects.count()
    view = save_view(by=cast.town_office, name=" 待认领 ", query=f"{QUERY}&page=3")
    assert (view.name, view.query) == ("待认领", QUERY)
    assert (seen_by(cast.town_office), seen_by(colleague)) == (["待认领"], [])
    with pytest.raises(Refusal, match=r"view\.name_taken"):
        save_view(by=cast.town_office, name="待认领", query="")
    with pytest.raises(Refusal, match=r"access\.not_found"):
        delete_view(by=colleague, view=view)
    delete_view(by=cast.town_office, view=view)
    assert Entry.objects.count() == before


def test_sharing_needs_the_permission_and_is_journalled(cast: SimpleNamespace, colleague: Account) -> None:
    for who in (cast.secretary, colleague):
        with pytest.raises(Refusal, match=r"access\.denied"):
            save_view(by=who, name="共享的", query="", shared=True)
    view = save_view(by=cast.town_office, name="共享的", query=QUERY, shared=True)
    assert (seen_by(colleague), seen_by(cast.secretary), seen_by(cast.district_office)) == (["共享的"], [], [])
    with pytest.raises(Refusal, match=r"access\.not_found"):
        change_view(by=colleague, view=view, name="改名", shared=False)
    change_view(by=cast.town_office, view=view, name="改了名", shared=True)
    change_view(by=cast.town_office, view=view, name="改了名", shared=False)
    told = Entry.objects.filter(subject_id=view.pk).values_list("action", flat=True)
    assert (list(told), seen_by(colleague)) == (["matters.save_view", "matters.change_view", "matters.change_view"], [])


def test_one_default_opens_the_ledger(cast: SimpleNamespace, signed_in: SignIn) -> None:
    first, second = (
        save_view(by=cast.town_office, name=name, query=f"state={name}") for name in ("to_claim", "closed")
    )
    client, address = signed_in(cast.town_office), reverse("ledger")
    for view in (first, second):
        choose_default_view(by=cast.town_office, view=view)
        assert client.get(address)["Location"] == f"{address}?{view.query}"
    assert client.get(f"{address}?whole=1").status_code == 200
    delete_view(by=cast.town_office, view=second)
    assert client.get(address).status_code == 200


def test_a_shared_view_shows_each_only_their_own(
    open_item: Opener, cast: SimpleNamespace, colleague: Account, signed_in: SignIn
) -> None:
    open_item()
    view = save_view(by=cast.town_office, name="全部待认领", query="state=to_claim", shared=True)

    def rows(who: Account) -> Any:
        return signed_in(who).get(f"{reverse('ledger')}?{view.query}").context["rows"]

    assert (len(rows(cast.town_office)), len(rows(colleague))) == (1, 0)


def test_the_page_keeps_renames_and_deletes(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, address = signed_in(cast.town_office), reverse("ledger_views")
    kept = client.post(address, {"do": "save", "name": "急办", "query": QUERY, "shared": "1"})
    assert kept["Location"] == f"{reverse('ledger')}?{QUERY}"
    page = client.get(kept["Location"])
    (tab,) = page.context["views"]["tabs"]
    assert (tab["active"], page.context["views"]["mine"]) == (True, True)
    view = {"view": str(tab["view"].pk), "query": QUERY}
    client.post(address, view | {"do": "save", "name": "更急"})
    client.post(address, view | {"do": "default"})
    (row,) = api_client.send(api_client.signed_in(cast.town_office), "GET", "/ledger-views").json()["items"]
    assert (row["name"], row["query"], row["unit"], row["own"]) == ("更急", QUERY, None, True)
    refused = client.post(address, {"do": "save", "name": "", "query": QUERY}, follow=True)
    assert "“视图名称”必须填写" in refused.content.decode()
    assert client.get(reverse("ledger")).status_code == 302
    client.post(address, view | {"do": "no_default"})
    assert client.get(reverse("ledger")).status_code == 200
    client.post(address, view | {"do": "delete"})
    assert not SavedView.objects.exists()
