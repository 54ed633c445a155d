"""The command bar, the page of results, and the search over the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.duties.tokens import issue_token
from huoshui.search.keeping import keep_up
from huoshui.search.models import IndexState
from huoshui.search.registry import SEARCHABLES
from huoshui.search.tokens import words_of
from huoshui.web.found import LINKS, excerpt, pieces
from tests.matters.conftest import Opener, open_item  # noqa: F401 - a fixture
from tests.web.api_client import send
from tests.web.api_client import signed_in as with_token

SignIn = Callable[[Account], Client]


def found(client: Client, typed: str, **how: str) -> str:
    keep_up()
    answer = client.get(reverse("find"), {"q": typed, **how})
    assert answer.status_code == 200
    return str(answer.content.decode())


def links(html: str) -> list[str]:
    return re.findall(r'class="found__title" href="([^"]+)"', html)


def test_every_kind_has_a_page_and_its_reader_may_open_it(
    open_item: Opener,  # noqa: F811
    cast: SimpleNamespace,
    signed_in: SignIn,
) -> None:
    assert set(LINKS) == set(SEARCHABLES)
    open_item()
    for actor in (cast.district_office, cast.administrator, cast.secretary):
        client = signed_in(actor)
        opened = {url for typed in ("村", "整改", "示范", "rectification") for url in links(found(client, typed))}
        assert len(opened) > 5
        assert {url: client.get(url).status_code for url in opened if client.get(url).status_code != 200} == {}


def test_the_words_are_marked_in_title_or_text(
    open_item: Opener,  # noqa: F811
    cast: SimpleNamespace,
    signed_in: SignIn,
) -> None:
    open_item(title="路灯<b>不亮", detail="电杆在东头，夜里看不见")
    client = signed_in(cast.district_office)
    assert "<mark>路灯</mark>&lt;b&gt;不亮" in found(client, "路灯")
    page = found(client, "东头")
    assert "路灯&lt;b&gt;不亮" in page
    assert "电杆在<mark>东头</mark>" in page


def test_pieces_and_excerpts() -> None:
    def told(text: str, typed: str) -> list[str]:
        return [piece.text for piece in pieces(text, words_of(typed)) if piece.found]

    assert told("ZG-2018-0001 路灯", "zg20180001 路灯") == ["ZG-2018-0001", "路灯"]
    assert told("a.b (c)", "( .") == []
    long = "前" * 60 + "路灯" + "后" * 200
    cut = excerpt(long, words_of("路灯"))
    assert cut[0].text.startswith("…")
    assert cut[-1].text.endswith("…")
    assert "".join(piece.text for piece in cut).count("路灯") == 1
    assert excerpt("没有", words_of("路灯")) == []


def test_one_kind_goes_on_page_by_page(open_item: Opener, cast: SimpleNamespace, signed_in: SignIn) -> None:  # noqa: F811
    for number in range(60):
        open_item(title=f"路灯 {number}")
    client = signed_in(cast.district_office)
    first = found(client, "路灯")
    assert len(links(first)) == 8
    more = re.search(r'class="link" href="(\?[^"]+)"', first)
    assert more
    page = client.get(reverse("find") + more[1].replace("&amp;", "&")).content.decode()
    assert len(links(page)) == 50
    beyond = re.search(r'btn--small" href="(\?[^"]+)">往后看', page)
    assert beyond
    last = client.get(reverse("find") + beyond[1].replace("&amp;", "&")).content.decode()
    assert len(set(links(page)) | set(links(last))) == 60
    assert "回到最前" in last


def test_what_is_asked_for_wrongly_is_said(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.district_office)
    keep_up()
    for wrong in ({"kind": "nothing"}, {"place": "000"}, {"since": "soon"}):
        answer = client.get(reverse("find"), {"q": "村", **wrong})
        assert answer.status_code in (404, 422), wrong
    assert "要找什么" in found(client, "")
    assert "没有找到“珊瑚礁”" in found(client, "珊瑚礁")
    assert "在全部种类里找" in found(client, "珊瑚礁", kind="matters")
    assert links(found(client, "村", kind="places", after="9.x"))
    IndexState.objects.update(made_by="")
    assert "正在重建" in client.get(reverse("find"), {"q": "村"}).content.decode()


def test_the_command_bar_leads_to_all_results(cast: SimpleNamespace, signed_in: SignIn) -> None:
    keep_up()
    bar = signed_in(cast.district_office).get(reverse("search"), {"q": "寨卜昌"}).content.decode()
    assert 'data-url="/places/410871203201/"' in bar
    assert f'data-url="{reverse("find")}?q=%E5%AF%A8' in bar
    nothing = signed_in(cast.district_office).get(reverse("search"), {"q": "珊瑚礁"}).content.decode()
    assert "<li" not in nothing


def test_a_program_finds_what_its_account_sees(open_item: Opener, cast: SimpleNamespace) -> None:  # noqa: F811
    matter = open_item(title="路灯不亮")
    keep_up()

    def asked(actor: Any, query: str) -> Any:
        return send(with_token(actor, may_write=False), "GET", f"/search?{query}")

    (group,) = asked(cast.secretary, "q=路灯").json()["groups"]
    assert (group["kind"], group["beyond"], len(group["hits"])) == ("matters", "", 1)
    assert group["hits"][0]["record"] == matter.number
    assert group["hits"][0]["place"] == "寨卜昌村"
    assert asked(cast.other_secretary, "q=路灯").json() == {"whole": True, "groups": []}
    assert asked(cast.secretary, "q=路灯&kind=nothing").status_code == 422
    assert asked(cast.secretary, "q=路灯&size=0").status_code == 422
    assert asked(cast.secretary, "q=路灯&place=000").status_code in (404, 422)
    _row, token = issue_token(by=cast.secretary, account=cast.secretary, name="别的", days=30, scopes=["places:read"])
    assert send(Client(headers={"Authorization": f"Bearer {token}"}), "GET", "/search?q=路灯").status_code == 403
