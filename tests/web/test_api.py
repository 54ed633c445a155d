"""The API: tokens scoped like duties, the same refusals, pages, idempotent writes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from huoshui.duties.scopes import everything
from huoshui.duties.tokens import issue_token, revoke_token
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.web.api.core import api
from tests.web.api_client import codes, send, signed_in

ITEM = "rectification.item"


def test_openapi_names_every_operation(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    paths = answer.json()["paths"]
    assert {"/api/v1/places", "/api/v1/matters", "/api/v1/rounds", "/api/v1/journal", "/api/v1/sheets"} <= set(paths)
    for path in paths.values():
        for operation in path.values():
            assert operation.get("summary")
            assert operation.get("description")


LISTS = ["/places", "/matters", "/rounds", "/sheets", "/duties", "/packs", "/journal", "/notices"]


@pytest.mark.parametrize("path", LISTS)
def test_without_a_token_nothing(client: Client, db: None, path: str) -> None:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 401
    assert codes(answer) == ["token.invalid"]


def test_revoked_token_is_refused_with_its_code(cast: SimpleNamespace) -> None:
    row, token = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=30, scopes=everything())
    revoke_token(by=cast.secretary, token=row)
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/places")
    assert answer.status_code == 401
    assert codes(answer) == ["token.invalid"]


def test_read_only_token_writes_nothing(cast: SimpleNamespace) -> None:
    answer = send(signed_in(cast.town_office, may_write=False), "POST", "/matters", {})
    assert answer.status_code == 403
    assert codes(answer) == ["token.scope"]


def test_places_are_those_of_the_duties(cast: SimpleNamespace) -> None:
    answer = send(signed_in(cast.town_office), "GET", "/places?kind=village&size=2")
    page = answer.json()
    assert (page["total"], page["pages"], len(page["items"])) == (3, 2, 2)
    hidden = send(signed_in(cast.town_office), "GET", f"/places/{cast.land.other_village.code}")
    assert hidden.status_code == 404
    assert codes(hidden) == ["access.not_found"]


def test_search_by_initials(cast: SimpleNamespace) -> None:
    answer = send(signed_in(cast.leader), "GET", "/places?q=zbc")
    assert [item["short_name"] for item in answer.json()["items"]] == ["寨卜昌村"]


def opened(client: Client, cast: SimpleNamespace, key: str = "") -> Any:
    body = {"kind": ITEM, "place": cast.land.village.code, "title": "记录本缺签到"}
    return send(client, "POST", "/matters", body, key)


def test_the_same_key_opens_one_matter(cast: SimpleNamespace) -> None:
    client = signed_in(cast.town_office)
    first, again = opened(client, cast, "k-1"), opened(client, cast, "k-1")
    assert first.status_code == again.status_code == 200, first.content
    assert first.json()["number"] == again.json()["number"]
    assert Matter.objects.count() == 1
    other = send(client, "POST", "/matters", {"kind": ITEM, "place": cast.land.village2.code, "title": "x"}, "k-1")
    assert codes(other) == ["idempotency.reused"]
    assert Matter.objects.count() == 1


def test_a_step_over_the_api_is_journalled_as_such(cast: SimpleNamespace) -> None:
    number = opened(signed_in(cast.town_office), cast).json()["number"]
    secretary = signed_in(cast.secretary)
    seen = send(secretary, "GET", f"/matters/{number}").json()
    claim = next(step for step in seen["steps"] if step["code"] == "claim")
    assert claim["allowed"]
    values = {"measures": "补齐签到", "deadline": "2018-04-10", "responsible_person": cast.secretary.username}
    body = {"transition": "claim", "values": values, "seen_version": seen["version"]}
    moved = send(secretary, "POST", f"/matters/{number}/advance", body)
    assert moved.status_code == 200, moved.content
    assert moved.json()["state"] == "rectifying"
    assert Entry.objects.get(action="matters.advance").channel == "api"


def test_a_stale_edit_is_refused_with_both_versions(cast: SimpleNamespace) -> None:
    number = opened(signed_in(cast.town_office), cast).json()["number"]
    body = {"transition": "claim", "values": {}, "seen_version": 99}
    answer = send(signed_in(cast.secretary), "POST", f"/matters/{number}/advance", body)
    assert answer.status_code == 409
    assert codes(answer) == ["record.stale"]
    assert {"mine", "theirs"} <= set(answer.json())


def test_another_town_sees_no_matter(cast: SimpleNamespace) -> None:
    number = opened(signed_in(cast.town_office), cast).json()["number"]
    other = signed_in(cast.other_town_office)
    assert send(other, "GET", "/matters").json()["total"] == 0
    assert send(other, "GET", f"/matters/{number}").status_code == 404


def test_a_body_that_does_not_fit_names_its_field(cast: SimpleNamespace) -> None:
    answer = send(signed_in(cast.town_office), "POST", "/matters", {"kind": ITEM, "title": "x"})
    assert answer.status_code == 422
    assert codes(answer) == ["request.invalid"]
    problem = answer.json()["problems"][0]
    assert "place" in problem["field"]
    assert problem["message"] == f"请求中的“{problem['field']}”不合接口定义：缺少这一项。"


def test_the_journal_needs_its_permission(cast: SimpleNamespace) -> None:
    assert send(signed_in(cast.secretary), "GET", "/journal").status_code == 404
    page = send(signed_in(cast.auditor), "GET", "/journal?action=duties.").json()
    assert page["total"] > 0
    assert all(item["action"].startswith("duties.") for item in page["items"])


def test_every_operation_has_a_name_and_a_refusal_schema() -> None:
    schema = api.get_openapi_schema()
    for path in schema["paths"].values():
        for operation in path.values():
            assert {401, 403, 404, 500} <= {int(status) for status in operation["responses"]}


def test_every_write_names_the_header_that_makes_it_count_once() -> None:
    schema = api.get_openapi_schema()
    known = schema["components"]["parameters"]["IdempotencyKey"]
    assert (known["name"], known["in"]) == ("Idempotency-Key", "header")
    named = {"$ref": "#/components/parameters/IdempotencyKey"}
    for path in schema["paths"].values():
        for method, operation in path.items():
            assert (named in operation["parameters"]) == (method != "get")


def test_a_key_too_long_is_refused_rather_than_cut(cast: SimpleNamespace) -> None:
    answer = opened(signed_in(cast.town_office), cast, "k" * 81)
    assert codes(answer) == ["value.too_long"]
    assert Matter.objects.count() == 0
