"""People over the API: standing in, first-login links, accounts from a workbook, who can do what and why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huoshui.duties.first_links import issue_link
from huoshui.duties.models import Account, Delegation
from huoshui.kernel import clock
from tests.matters.conftest import at
from tests.web.api_client import send, signed_in

FILE = "用户名,职务称谓,单位,单位所在地,角色,地点\nclerk1,寨卜昌村文书,村委会,寨卜昌村,网格员,寨卜昌村\n"


def get(client: Client, path: str) -> Any:
    return client.get(f"/api/v1{path}").json()


def codes(answer: Any) -> list[str]:
    return [problem["code"] for problem in answer.json()["problems"]]


def test_standing_in_begins_counts_once_and_ends(cast: SimpleNamespace) -> None:
    secretary, deputy = signed_in(cast.secretary), signed_in(cast.secretary2)
    body = {
        "duties": [str(cast.secretary.duties.get().pk)],
        "to": "secretary2",
        "since": "2018-04-02",
        "until": "2018-04-12",
    }
    (row,) = send(secretary, "POST", "/delegations", body, key="k1").json()
    assert send(secretary, "POST", "/delegations", body, key="k1").json() == [row]
    assert (row["principal"], row["delegate"], row["role"]) == ("secretary", "secretary2", "village_secretary")
    assert Delegation.objects.count() == 1
    assert get(deputy, "/places/410871203201")["code"] == "410871203201"
    assert codes(send(deputy, "POST", "/delegations", body)) == ["access.denied"]
    assert [item["id"] for item in get(deputy, "/delegations")["items"]] == [row["id"]]
    assert get(signed_in(cast.other_secretary), "/delegations")["items"] == []
    stale = send(deputy, "POST", f"/delegations/{row['id']}/end", {"seen_version": 9})
    assert codes(stale) == ["record.stale"]
    ended = send(deputy, "POST", f"/delegations/{row['id']}/end", {"seen_version": 1})
    assert ended.json()["until"] == "2018-04-03"
    assert deputy.get("/api/v1/places/410871203201").status_code == 404


def test_who_can_and_why(cast: SimpleNamespace) -> None:
    admin = signed_in(cast.administrator)
    found = get(admin, "/access?permission=letter.issue&place=410871203")["sources"]
    assert [row["account"] for row in found] == ["town_office", "district_office", "leader"]
    (own,) = get(signed_in(cast.secretary), "/access/secretary")["sources"]
    assert "matter.view" in own["permissions"]
    verdict = get(admin, "/access/secretary/why?permission=letter.issue&place=410871203201")
    assert (verdict["allowed"], verdict["sources"]) == (False, [])
    assert "没有带这项权限的职责" in verdict["reasons"][0]
    assert codes(admin.get("/api/v1/access?permission=nope&place=410871")) == ["value.choice"]
    assert signed_in(cast.secretary).get("/api/v1/access/secretary2").status_code == 404
    judge = signed_in(cast.judges[0])
    assert codes(judge.get("/api/v1/access?permission=letter.issue&place=410871203")) == ["access.denied"]


def test_accounts_from_a_workbook(cast: SimpleNamespace) -> None:
    admin = signed_in(cast.administrator)

    def bring(client: Client, text: str = FILE, **fields: str) -> Any:
        upload = SimpleUploadedFile("人员.csv", text.encode())
        return client.post("/api/v1/accounts/import", {"file": upload, **fields})

    trial = bring(admin).json()
    assert (trial["accounts"], trial["written"], trial["problems"]) == (1, False, [])
    assert codes(bring(admin, dry_run="false", plan="0" * 64)) == ["import.plan_changed"]
    assert bring(admin, dry_run="false", plan=trial["plan"]).json()["written"]
    assert bring(admin, dry_run="false").json()["unchanged"] == 1
    refused = bring(admin, FILE.replace("寨卜昌村文书", "别的"), dry_run="false")
    assert codes(refused) == ["account.differs"]
    assert codes(bring(signed_in(cast.town_office))) == ["access.denied"]


def test_a_token_gives_no_first_login_link_but_takes_it_back(cast: SimpleNamespace) -> None:
    admin = signed_in(cast.administrator)
    assert send(admin, "POST", "/accounts/stranger/first-link", {}).status_code == 404
    issue_link(by=cast.administrator, account=cast.stranger)
    assert codes(send(signed_in(cast.town_office), "POST", "/accounts/secretary/first-link/withdraw")) == [
        "access.denied"
    ]
    assert send(admin, "POST", "/accounts/stranger/first-link/withdraw").json() == {"withdrawn": 1}


def test_what_rests_on_an_ended_duty_is_handed_over(cast: SimpleNamespace) -> None:
    duty = cast.secretary.duties.get()
    admin = signed_in(cast.administrator)
    assert codes(send(admin, "POST", f"/duties/{duty.pk}/hand-over", {"to_unit": True})) == ["duty.runs"]
    type(duty).objects.filter(pk=duty.pk).update(until=clock.today())
    with at("2018-04-03"):
        answer = send(admin, "POST", f"/duties/{duty.pk}/hand-over", {"to_unit": True})
    assert answer.json() == {"duty": str(duty.pk)}
    assert Account.objects.get(pk=cast.secretary.pk).is_active
