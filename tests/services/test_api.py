"""Services over the API: the same actions, refusals and limits as on the pages."""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.services.models import Request
from huoshui.services.tracking import code_of
from tests.services.conftest import NAME, PAPERS, PENSION, WHO, done, offered
from tests.web.api_client import codes, send, signed_in
from tests.web.api_client import done as answered


def test_from_the_offer_to_the_rating(desk: SimpleNamespace) -> None:
    window, agent, supervisor = (signed_in(person) for person in (desk.window, desk.agent, desk.supervisor))
    assert PENSION in [row["code"] for row in answered(send(agent, "GET", "/services"))]
    body = {"place": desk.hub.code, "item": PENSION, "weekdays": "12345", "hours": "8:30-12:00"}
    assert codes(send(agent, "POST", "/services/offers", body)) == ["access.denied"]
    offer = answered(send(window, "POST", "/services/offers", body))
    body = {"weekdays": "135", "hours": "9:00-11:00", "seen_version": offer["version"]}
    offer = answered(send(window, "POST", f"/services/offers/{offer['id']}/change", body))
    assert answered(send(agent, "GET", f"/services/offers?item={PENSION}"))["items"] == [offer]
    faults = codes(send(agent, "POST", "/services/requests", {"offer": offer["id"]}))
    assert faults == ["service.material_missing", "value.required", "value.required"]
    body = {"offer": offer["id"], "received": list(PAPERS[PENSION]), "values": WHO}
    row = answered(send(agent, "POST", "/services/requests", body, key="a"))
    assert answered(send(agent, "POST", "/services/requests", body, key="a")) == row
    assert (row["lacking"], row["promised_on"]) == (["bank_account"], "2018-04-03")
    assert NAME not in str(row)
    body = {"received": ["bank_account"], "seen_version": row["version"]}
    row = answered(send(agent, "POST", f"/services/requests/{row['id']}/materials", body))
    assert row["lacking"] == []
    slip = answered(send(agent, "POST", f"/services/requests/{row['id']}/slip", {}))
    assert slip == {"code": code_of(Request.objects.get().pk)}
    assert answered(send(agent, "GET", f"/services/requests/{row['id']}"))["state"] == "accepted"
    body = {"until": None, "reason": "合并", "seen_version": offer["version"]}
    assert answered(send(window, "POST", f"/services/offers/{offer['id']}/end", body))["until"] == "2018-04-02"
    assert codes(send(supervisor, "POST", f"/services/requests/{row['id']}/rating", {"level": "satisfied"})) == [
        "service.not_done"
    ]


def test_a_bundle_and_what_is_filtered(desk: SimpleNamespace) -> None:
    for code in ("startup_loan", "opening_subsidy", "startup_training"):
        offered(desk, f"services.{code}")
    agent = signed_in(desk.agent)
    body = {"bundle": "services.startup", "place": desk.hub.code, "received": ["identity_card"], "values": WHO}
    body["items"] = ["startup_training"]
    whole = answered(send(agent, "POST", "/services/bundles", body))
    found = answered(send(agent, "GET", "/services/requests?item=services.startup_training"))["items"]
    assert [row["whole"] for row in found] == [whole["id"]]
    assert codes(send(agent, "GET", "/services/requests?state=lost")) == ["value.choice"]
    assert codes(send(agent, "GET", "/services/requests?item=services.none")) == ["value.choice"]


def test_ratings_for_those_who_may_see_each(desk: SimpleNamespace) -> None:
    request, supervisor = done(desk), signed_in(desk.supervisor)
    body = {"level": "dissatisfied", "aspects": {"attitude": "satisfied"}, "words": "久等"}
    row = answered(send(supervisor, "POST", f"/services/requests/{request.pk}/rating", body))
    assert (row["rank"], row["from_paper"], row["aspects"]) == (4, True, {"attitude": "satisfied"})
    assert answered(send(supervisor, "GET", "/services/ratings?low=true"))["items"] == [row]
    assert answered(send(signed_in(desk.agent), "GET", "/services/ratings"))["items"] == []
