"""Changes of places in the browser and over the API: a preview, the deed, the history, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.places.models import Place, PlaceChange
from huoshui.search.keeping import keep_up
from tests.places.changing import DAY, NEW, OTHER_NEW, matter_at, merged
from tests.web.api_client import done, send
from tests.web.api_client import signed_in as program

SignIn = Callable[[Account], Client]
SINCE = DAY.isoformat()


def digest_of(page: str) -> str:
    return page.split('name="agreed" value="')[1].split('"', maxsplit=1)[0]


def test_merge_previewed_done_and_undone(cast: SimpleNamespace, signed_in: SignIn) -> None:
    land, client = cast.land, signed_in(cast.district_office)
    matter = matter_at(cast, land.village)
    address = reverse("place_change", args=[land.village.code, "merge"])
    assert "苏家作村（苏家作乡）" in client.get(address).content.decode()
    typed = {"since": SINCE, "into": land.village2.code, "basis": "区政〔2018〕5号"}
    page = client.post(address, typed).content.decode()
    assert matter.number in page
    assert PlaceChange.objects.count() == 0
    answer = client.post(address, typed | {"agreed": digest_of(page)})
    change = PlaceChange.objects.get()
    assert answer.headers["Location"] == reverse("place_change_done", args=[change.pk])
    old = client.get(reverse("place", args=[land.village.code]), {"tab": "history"}).content.decode()
    new = client.get(reverse("place", args=[land.village2.code]), {"tab": "history"}).content.decode()
    assert "已于 2018-03-01 撤销" in old
    assert reverse("place", args=[land.village2.code]) in old
    assert reverse("place", args=[land.village.code]) in new
    undone = client.post(reverse("place_change_done", args=[change.pk]), {"reason": "文件撤销"}, follow=True)
    assert "已撤回" in undone.content.decode()
    assert Place.objects.get(pk=land.village.pk).closed_on is None


def test_a_preview_that_no_longer_holds(cast: SimpleNamespace, signed_in: SignIn) -> None:
    land, client = cast.land, signed_in(cast.district_office)
    address = reverse("place_change", args=[land.village.code, "merge"])
    typed = {"since": SINCE, "into": land.village2.code}
    page = client.post(address, typed).content.decode()
    matter = matter_at(cast, land.village)
    answer = client.post(address, typed | {"agreed": digest_of(page)})
    assert answer.status_code == 409
    assert "place.change_moved" in answer.content.decode()
    assert matter.number in answer.content.decode()


def test_split_asks_for_each_item(cast: SimpleNamespace, signed_in: SignIn) -> None:
    land, client = cast.land, signed_in(cast.district_office)
    address = reverse("place_change", args=[land.village.code, "split"])
    typed = {"since": SINCE, "new_code_1": NEW.code, "new_name_1": NEW.name}
    typed |= {"new_code_2": OTHER_NEW.code, "new_name_2": OTHER_NEW.name}
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert "place.change_choice" in answer.content.decode()
    choices = {f"choice-{part}": NEW.code for part in ("unit", "duty", "matter", "child")}
    page = client.post(address, typed | choices).content.decode()
    client.post(address, typed | choices | {"agreed": digest_of(page)})
    assert Place.objects.get(code=OTHER_NEW.code).parent == land.town


def test_move_and_rename_with_what_was_typed_wrong(cast: SimpleNamespace, signed_in: SignIn) -> None:
    land, client = cast.land, signed_in(cast.district_office)
    address = reverse("place_change", args=[land.village.code, "move"])
    assert client.post(address, {"since": "3月"}).status_code == 422
    assert client.post(address, {"since": SINCE, "parent": "nowhere"}).status_code == 404
    page = client.post(address, {"since": SINCE, "parent": land.other_town.code}).content.decode()
    client.post(address, {"since": SINCE, "parent": land.other_town.code, "agreed": digest_of(page)})
    shown = client.get(reverse("place", args=[land.village.code]), {"on": "2018-02-01"}).content.decode()
    assert "苏家作乡 › " in shown
    address = reverse("place_change", args=[land.village.code, "rename"])
    page = client.post(address, {"since": "2018-03-02", "name": "卜昌新村村民委员会"}).content.decode()
    client.post(address, {"since": "2018-03-02", "name": "卜昌新村村民委员会", "agreed": digest_of(page)})
    renamed = PlaceChange.objects.get(kind="rename")
    done_page = client.get(reverse("place_change_done", args=[renamed.pk])).content.decode()
    assert "<del>寨卜昌村</del> → <strong>卜昌新村</strong>" in done_page
    assert "曾用名 寨卜昌村" in client.get(reverse("places"), {"q": "寨卜昌"}).content.decode()
    keep_up()
    assert "寨卜昌村" in client.get(reverse("search"), {"q": "寨卜昌"}).content.decode()


def test_without_the_permission(cast: SimpleNamespace, signed_in: SignIn) -> None:
    land, client = cast.land, signed_in(cast.town_office)
    assert client.get(reverse("place_change", args=[land.village.code, "merge"])).status_code == 404
    assert "区划调整" not in client.get(reverse("place", args=[land.village.code]), {"tab": "history"}).content.decode()
    change = merged(cast.district_office, [land.village], land.village2)
    answer = client.post(reverse("place_change_done", args=[change.pk]), {"reason": "试"})
    assert answer.status_code == 403


def test_the_api(cast: SimpleNamespace) -> None:
    land, client = cast.land, program(cast.district_office)

    def post(path: str, body: object) -> Any:
        return done(send(client, "POST", path, body))

    def get(path: str) -> Any:
        return done(send(client, "GET", path))

    body = {"kind": "merge", "since": SINCE, "sources": [land.village.code], "into": [land.village2.code]}
    preview = post("/place-changes/preview", body)
    assert (preview["problems"], {item["to"] for item in preview["items"]}) == ([], {land.village2.code})
    change = post("/place-changes", body | {"agreed": preview["digest"]})
    assert [part["open"] for part in change["parts"]] == [False, True]
    then = get(f"/places/{land.village.code}/then?on=2018-02-01")
    assert (then["there"], then["above"][-1]["code"]) == (True, land.town.code)
    assert get(f"/places/{land.village.code}/then?on={SINCE}")["there"] is False
    assert get("/place-changes")["items"] == get(f"/places/{land.village2.code}/changes") == [change]
    assert post(f"/place-changes/{change['id']}/undo", {"reason": "文件撤销"})["undone_why"] == "文件撤销"
