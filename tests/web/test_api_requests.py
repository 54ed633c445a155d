"""Requests that do not fit: addresses, methods, bodies, parameters, filters and pages, all refused in one form."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, RequestFactory

from huoshui.kernel.models import Entry
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter
from huoshui.web.wsgi import application
from tests.web.api_client import codes, done, picture, send, send_photo, signed_in

ITEM = "rectification.item"


@pytest.fixture
def office(cast: SimpleNamespace) -> Client:
    """A program of the town's office."""
    return signed_in(cast.town_office)


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/nope", "/v1/places/", "/v1/matters/1/2/3", "/v2/places"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_address_answers_with_a_problem(db: None, client: Client, path: str, method: str) -> None:
    answer = client.generic(method, f"/api{path}")
    assert (answer.status_code, codes(answer)) == (404, ["request.address"])
    assert answer["Content-Type"].startswith("application/json")
    assert f"/api{path}" in answer.json()["problems"][0]["message"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/places", "GET, HEAD, POST"),
        ("PUT", "/matters", "GET, HEAD, POST"),
        ("GET", "/notices/read", "POST"),
        ("HEAD", "/notices/read", "POST"),
    ],
)
def test_a_wrong_method_names_the_right_ones(db: None, client: Client, method: str, path: str, allowed: str) -> None:
    answer = client.generic(method, f"/api/v1{path}")
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert method == "HEAD" or codes(answer) == ["request.method"]


@pytest.mark.parametrize("path", ["/places", "/places/410871", "/matters?state=nope", "/openapi.json", "/nope"])
def test_head_answers_as_get_without_a_body(cast: SimpleNamespace, path: str) -> None:
    office = signed_in(cast.district_office, may_write=False)
    whole, head = office.get(f"/api/v1{path}"), office.head(f"/api/v1{path}")
    assert (head.status_code, dict(head.headers)) == (whole.status_code, dict(whole.headers))
    assert int(head["Content-Length"]) == len(whole.content)
    assert head.content == b""


def test_nothing_follows_the_headers_of_head(db: None) -> None:
    """Asked of the application itself: the test's client would drop a body."""
    told: list[tuple[str, list[tuple[str, str]]]] = []
    environ = RequestFactory().head("/api/v1/openapi.json").environ
    body = application(environ, lambda status, headers: told.append((status, headers)))
    assert b"".join(body) == b""
    assert told[0][0] == "200 OK"
    assert int(dict(told[0][1])["Content-Length"]) > 10_000


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Break a function, by its dotted name, as an error of ours would."""

    def fail(*args: Any, **given: Any) -> None:
        raise RuntimeError("secret of the house")

    return lambda name: monkeypatch.setattr(name, fail)


def told(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A failure is a problem with an id, and the log has its trace under it."""
    assert (answer.status_code, codes(answer)) == (500, ["request.failed"])
    assert "secret" not in answer.content.decode()
    message = answer.json()["problems"][0]["message"]
    entry = next(record for record in caplog.records if record.name == "huoshui.web.api.core")
    failure = str(entry.args[0])  # type: ignore[index]
    assert failure in message
    assert entry.exc_info
    assert str(entry.exc_info[1]) == "secret of the house"


def test_a_failure_of_ours_is_a_problem_with_an_id_and_writes_nothing(
    cast: SimpleNamespace, office: Client, broken: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    broken("huoshui.web.api.matters.matter_out")
    body = {"kind": ITEM, "place": cast.land.village.code, "title": "记录本缺签到"}
    told(send(office, "POST", "/matters", body, "again"), caplog)
    assert not Matter.objects.exists()


def test_so_is_one_before_any_operation(
    db: None, broken: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    broken("huoshui.web.middleware.channel")
    client = Client(raise_request_exception=False)
    told(client.get("/api/v1/places"), caplog)
    page = client.get("/")
    assert (page.status_code, page["Content-Type"]) == (500, "text/html; charset=utf-8")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"title": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused(office: Client, body: bytes) -> None:
    answer = office.generic("POST", "/api/v1/matters", body, content_type="application/json")
    assert (answer.status_code, codes(answer)) == (400, ["request.json"])


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"title": "栏杆\x00松动"}, "title"),
        ({"title": "栏杆\ud800"}, "title"),
        ({"title": "栏杆", "fields": {"list": [1, {"a": "\udfff\ud83d"}]}}, "fields.list.1.a"),
        ({"title": "栏杆", "fields": {"a\x00": 1}}, "fields"),
        (["\x00"], "0"),
    ],
)
def test_what_no_database_takes_is_refused(office: Client, sent: Any, field: str) -> None:
    answer = send(office, "POST", "/matters", sent)
    assert answer.status_code == 422
    assert [(found["code"], found["field"]) for found in answer.json()["problems"]] == [("request.character", field)]


def test_neither_is_it_in_an_address_or_a_form(cast: SimpleNamespace, office: Client) -> None:
    for path, field in (("/matters?state=a%00", "state"), ("/places/4108%00", "code")):
        answer = send(office, "GET", path)
        problems = answer.json()["problems"]
        assert [(found["code"], found["field"]) for found in problems] == [("request.character", field)]
    matter = open_matter(by=cast.town_office, kind=ITEM, place=cast.land.village, title="记录本缺签到")
    answer = send_photo(office, f"/matters/{matter.number}", picture(), slot="\x00")
    assert (answer.status_code, codes(answer)) == (422, ["request.character"])


def test_a_whole_pair_of_surrogates_is_a_character(cast: SimpleNamespace, office: Client) -> None:
    body = {"kind": ITEM, "place": cast.land.village.code, "title": "栏杆😀"}
    assert done(send(office, "POST", "/matters", body))["title"] == "栏杆😀"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_type_is_refused(office: Client, content_type: str) -> None:
    answer = office.generic("POST", "/api/v1/matters", b'{"kind": "x"}', content_type=content_type)
    assert (answer.status_code, codes(answer)) == (415, ["request.content_type"])
    assert "application/json" in answer.json()["problems"][0]["message"]


def test_a_photo_is_not_sent_as_json(cast: SimpleNamespace, office: Client) -> None:
    matter = open_matter(by=cast.town_office, kind=ITEM, place=cast.land.village, title="记录本缺签到")
    answer = send(office, "POST", f"/matters/{matter.number}/photos", {"photo": "aGVsbG8="})
    assert (answer.status_code, codes(answer)) == (415, ["request.content_type"])
    cut = b'--x\r\nContent-Disposition: form-data; name="slot"\r\n'
    for boundary in ("x", ""):
        form = f"multipart/form-data; boundary={boundary}"
        answer = office.generic("POST", f"/api/v1/matters/{matter.number}/photos", cut, content_type=form)
        assert answer.status_code in (400, 422), answer.content
        assert codes(answer)[0] in ("request.form", "request.invalid")


def test_a_body_too_large_is_refused(office: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = {"kind": ITEM, "place": "1", "title": "长" * 2000}
    answer = send(office, "POST", "/matters", body)
    assert (answer.status_code, codes(answer)) == (413, ["request.too_large"])


def test_a_misspelt_parameter_is_refused_with_those_that_there_are(office: Client) -> None:
    answer = send(office, "GET", "/matters?stat=closed&knd=x")
    assert (answer.status_code, codes(answer)) == (422, ["request.parameter", "request.parameter"])
    problem = answer.json()["problems"][0]
    assert problem["field"] == "stat"
    assert "state、phase" in problem["message"]
    assert codes(send(office, "GET", "/places/410871?kind=village")) == ["request.parameter"]
    assert codes(send(office, "POST", "/notices/read?dry=1")) == ["request.parameter"]


@pytest.mark.parametrize(
    ("path", "field", "known"),
    [
        ("/places?kind=nope", "kind", "village"),
        ("/matters?kind=nope", "kind", ITEM),
        ("/matters?state=nope", "state", "to_claim"),
        ("/matters?phase=nope", "phase", "submitted"),
        ("/matters?severity=nope", "severity", "serious"),
        ("/matters?light=nope", "light", "yellow"),
        ("/rounds?state=nope", "state", "sealed"),
        ("/duties?role=nope", "role", "village_secretary"),
        ("/journal?action=nope", "action", "matters.advance"),
    ],
)
def test_an_unknown_code_in_a_filter_is_refused(cast: SimpleNamespace, path: str, field: str, known: str) -> None:
    answer = send(signed_in(cast.auditor), "GET", path)
    assert (answer.status_code, codes(answer)) == (422, ["value.choice"]), answer.content
    problem = answer.json()["problems"][0]
    assert problem["field"] == field
    assert "nope" in problem["message"]
    assert known in problem["message"]


@pytest.mark.parametrize("path", ["/matters?place=1", "/sheets?round=00000000-0000-7000-8000-000000000000"])
def test_a_filter_by_what_one_does_not_see_is_refused(cast: SimpleNamespace, office: Client, path: str) -> None:
    answer = send(office, "GET", path)
    assert (answer.status_code, codes(answer)) == (422, ["filter.not_found"])
    hidden = send(office, "GET", f"/matters?place={cast.land.other_village.code}")
    assert codes(hidden) == ["filter.not_found"]


def test_a_code_that_only_older_records_have_still_filters(cast: SimpleNamespace, office: Client) -> None:
    matter = open_matter(by=cast.town_office, kind=ITEM, place=cast.land.village, title="记录本缺签到")
    Matter.objects.filter(pk=matter.pk).update(state="retired_state")
    assert done(send(office, "GET", "/matters?state=retired_state"))["total"] == 1
    assert codes(send(signed_in(cast.other_town_office), "GET", "/matters?state=retired_state")) == ["value.choice"]


@pytest.mark.parametrize(
    ("query", "field", "allowed"),
    [
        ("size=0", "size", "1 至 500"),
        ("size=501", "size", "1 至 500"),
        ("page=0&size=2", "page", "1 至 2"),
        ("page=3&size=2", "page", "1 至 2"),
    ],
)
def test_a_page_out_of_range_is_refused_with_the_range(office: Client, query: str, field: str, allowed: str) -> None:
    answer = send(office, "GET", f"/places?kind=village&{query}")
    assert (answer.status_code, codes(answer)) == (422, ["value.range"])
    problem = answer.json()["problems"][0]
    assert problem["field"] == field
    assert allowed in problem["message"]


def test_an_empty_list_has_one_page(office: Client) -> None:
    assert done(send(office, "GET", "/matters?page=1")) == {"total": 0, "page": 1, "pages": 1, "items": []}


def test_numerals_are_read_as_they_stand(cast: SimpleNamespace, office: Client) -> None:
    """A fraction in a keyed request neither fails nor becomes another number."""
    body = json.dumps({"kind": ITEM, "place": cast.land.village.code, "title": "x", "values": {"nothing": 0.1}})
    headers = {"Idempotency-Key": "fraction"}
    answer = office.post("/api/v1/matters", body, content_type="application/json", headers=headers)
    assert (answer.status_code, codes(answer)) == (422, ["value.unknown"])
    assert not Entry.objects.filter(action="matters.open").exists()
