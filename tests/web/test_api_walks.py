"""Whole walks through the API alone: a round from its plan to the seal, a matter from its opening to its end."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from huoshui.duties.models import Account
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.media.models import Attachment
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Visit
from tests.visits.staging import Stage
from tests.web.api_client import codes, done, picture, send, send_photo, signed_in

ANSWERS = {"meetings": 0, "theme": "good", "floor": 320.5, "plaza": "no", "overall": "3"}
TEXT = "这是文字，不是照片".encode()


pytestmark = pytest.mark.usefixtures("files")


def planned(stage: Stage) -> str:
    """A round over one village with two judges, planned and opened."""
    lead = signed_in(stage.lead)
    body = {
        "name": "接口轮次",
        "place": stage.land.district.code,
        "checklist": "trial.trial",
        "opens_on": "2018-04-02",
        "closes_on": "2018-04-06",
        "places": [stage.land.village.code],
        "judges": [judge.username for judge in stage.cast.judges[:2]],
    }
    round_id: str = done(send(lead, "POST", "/rounds", body))["id"]
    done(send(lead, "POST", f"/rounds/{round_id}/open"))
    return round_id


def handed_in(judge: Account, round_id: str, place: Place) -> str:
    """A judge's sheet from its beginning to handing in, with the photo that it wants; everything sent twice."""
    client = signed_in(judge)
    sheet = done(send(client, "POST", f"/rounds/{round_id}/places/{place.code}/sheet"))
    path = f"/sheets/{sheet['id']}"
    body = {"answers": ANSWERS, "strengths": "台账齐全", "shortcomings": "广场未修", "direction": "年内修好"}
    body["seen_version"] = sheet["version"]
    saved = done(send(client, "PATCH", path, body, "answers"))
    assert done(send(client, "PATCH", path, body, "answers")) == saved
    assert (saved["strengths"], saved["direction"]) == ("台账齐全", "年内修好")
    wanted = {item["code"]: item["photos_missing"] for item in done(send(client, "GET", f"{path}/form"))["items"]}
    assert wanted == {"meetings": 0, "theme": 0, "floor": 0, "plaza": 1, "overall": 0}
    without = send(client, "POST", f"{path}/submit")
    assert (without.status_code, codes(without)) == (422, ["visit.photos"])
    sent = [done(send_photo(client, path, picture(), item="plaza", key="photo")) for _ in range(2)]
    assert sent[0] == sent[1]
    assert done(send(client, "POST", f"{path}/submit", key="in"))["state"] == "submitted"
    assert done(send(client, "POST", f"{path}/submit", key="in"))["state"] == "submitted"
    sheet_id: str = sheet["id"]
    return sheet_id


def test_a_round_from_its_plan_to_the_seal(stage: Stage) -> None:
    round_id = planned(stage)
    for judge in stage.cast.judges[:2]:
        handed_in(judge, round_id, stage.land.village)
    lead = signed_in(stage.lead)
    done(send(lead, "POST", f"/rounds/{round_id}/lock"))
    done(send(signed_in(stage.cast.tally_clerk), "POST", f"/rounds/{round_id}/compute"))
    for role in ("leader", "scrutineer", "tally_clerk"):
        signer = signed_in(getattr(stage.cast, role))
        seen = done(send(signer, "GET", f"/rounds/{round_id}"))
        assert seen["places"] == [stage.land.village.code]
        stale = send(signer, "POST", f"/rounds/{round_id}/sign", {"role": role, "seen_digest": "0" * 64})
        assert codes(stale) == ["round.results_changed"]
        done(send(signer, "POST", f"/rounds/{round_id}/sign", {"role": role, "seen_digest": seen["digest"]}))
    assert [row["role"] for row in done(send(lead, "GET", f"/rounds/{round_id}"))["signatures"]] == [
        "leader",
        "scrutineer",
        "tally_clerk",
    ]
    assert done(send(lead, "POST", f"/rounds/{round_id}/seal"))["state"] == "sealed"
    results = done(send(lead, "GET", f"/rounds/{round_id}/results"))["items"]
    assert [(row["total"], row["rank"]) for row in results] == [(18_000, 1)]
    assert set(Entry.objects.filter(action="media.attach").values_list("channel", flat=True)) == {"api"}


def test_a_sheet_is_taken_back_and_handed_in_again(stage: Stage) -> None:
    sheet_id = handed_in(stage.cast.judges[0], planned(stage), stage.land.village)
    client = signed_in(stage.cast.judges[0])
    assert done(send(client, "POST", f"/sheets/{sheet_id}/take-back"))["state"] == "draft"
    photo = done(send(client, "GET", f"/sheets/{sheet_id}/photos"))["items"][0]
    assert done(send(client, "DELETE", f"/photos/{photo['id']}"))["removed"] == photo["id"]
    assert codes(send(client, "POST", f"/sheets/{sheet_id}/submit")) == ["visit.photos"]
    assert codes(send(signed_in(stage.lead), "POST", f"/sheets/{sheet_id}/take-back")) == ["access.not_found"]


@pytest.fixture
def sheet(stage: Stage) -> Visit:
    """A judge's draft."""
    return stage.sheet(stage.opened(), plaza="no")


def test_what_is_kept_of_a_photo_has_no_metadata_and_a_thumbnail(stage: Stage, sheet: Visit) -> None:
    client = signed_in(stage.cast.judges[0])
    sent = done(send_photo(client, f"/sheets/{sheet.pk}", picture(), item="plaza", caption="西侧"))
    assert (sent["slot"], sent["caption"], sent["width"], sent["height"]) == ("plaza", "西侧", 640, 480)
    full, small = client.get(sent["full"]), client.get(sent["thumbnail"])
    assert (full["Content-Type"], small["Content-Type"]) == ("image/jpeg", "image/webp")
    kept = Image.open(io.BytesIO(b"".join(full.streaming_content)))  # type: ignore[attr-defined]
    assert (kept.size, dict(kept.getexif())) == ((640, 480), {})
    assert Image.open(io.BytesIO(b"".join(small.streaming_content))).width == 480  # type: ignore[attr-defined]


def test_photos_show_to_those_who_see_their_record(stage: Stage, sheet: Visit, client: Client) -> None:
    sent = done(send_photo(signed_in(stage.cast.judges[0]), f"/sheets/{sheet.pk}", picture(), item="plaza"))
    for other in (stage.cast.judges[1], stage.lead, stage.cast.stranger):
        assert codes(signed_in(other).get(sent["full"])) == ["access.not_found"]
        assert codes(send(signed_in(other), "GET", f"/sheets/{sheet.pk}/photos")) == ["access.not_found"]
        assert codes(send(signed_in(other), "DELETE", f"/photos/{sent['id']}")) == ["access.not_found"]
    assert codes(client.get(sent["thumbnail"])) == ["token.invalid"]


@pytest.mark.parametrize(
    ("photo", "name", "item", "status", "code"),
    [
        (TEXT, "a.jpeg", "plaza", 422, "photo.not_an_image"),
        (picture()[:2000], "a.jpg", "plaza", 422, "photo.truncated"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "a.heic", "plaza", 422, "photo.heic"),
        (picture(), "a.jpg", "nothing", 409, "photo.slot_closed"),
    ],
)
def test_what_is_no_photo_is_refused(
    stage: Stage, sheet: Visit, photo: bytes, name: str, item: str, status: int, code: str
) -> None:
    answer = send_photo(signed_in(stage.cast.judges[0]), f"/sheets/{sheet.pk}", photo, name=name, item=item)
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert not Attachment.objects.exists()


def test_too_many_pixels_or_bytes_are_refused(stage: Stage, sheet: Visit, settings: Any) -> None:
    client = signed_in(stage.cast.judges[0])
    stream = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(stream, "PNG")
    answer = send_photo(client, f"/sheets/{sheet.pk}", stream.getvalue(), name="large.png", item="plaza")
    assert (answer.status_code, codes(answer)) == (413, ["photo.too_many_pixels"])
    settings.CONFIG = settings.CONFIG.model_copy(update={"photo_max_mb": 1})
    heavy = send_photo(client, f"/sheets/{sheet.pk}", picture() + bytes(1_000_000), item="plaza")
    assert (heavy.status_code, codes(heavy)) == (413, ["file.too_large"])


def test_who_may_not_send_a_photo_to_a_sheet(stage: Stage, sheet: Visit, client: Client) -> None:
    path = f"/sheets/{sheet.pk}"
    assert codes(send_photo(client, path, picture(), item="plaza")) == ["token.invalid"]
    reader = signed_in(stage.cast.judges[0], may_write=False)
    assert codes(send_photo(reader, path, picture(), item="plaza")) == ["token.scope"]
    for other in (stage.cast.judges[1], stage.lead):
        assert codes(send_photo(signed_in(other), path, picture(), item="plaza")) == ["access.not_found"]
    assert not Attachment.objects.exists()


def test_a_sheet_that_was_handed_in_takes_no_photo_also_after_the_lock(stage: Stage) -> None:
    round = stage.opened(places=[stage.land.village])
    sheet = stage.submitted(round)
    judge = signed_in(stage.cast.judges[0])
    assert codes(send_photo(judge, f"/sheets/{sheet.pk}", picture(), item="plaza")) == ["photo.slot_closed"]
    stage.locked(round)
    assert codes(send_photo(judge, f"/sheets/{sheet.pk}", picture(), item="plaza")) == ["photo.slot_closed"]
    assert codes(send_photo(signed_in(stage.lead), f"/sheets/{sheet.pk}", picture(), item="plaza")) == [
        "access.not_found"
    ]


def test_a_sent_photo_is_answered_alike_even_after_the_sheet_was_handed_in(stage: Stage, sheet: Visit) -> None:
    judge = stage.cast.judges[0]
    client, path = signed_in(judge), f"/sheets/{sheet.pk}"
    first = done(send_photo(client, path, picture(), item="plaza", key="p"))
    actions.submit_visit(by=judge, visit=sheet)
    assert done(send_photo(client, path, picture(), item="plaza", key="p")) == first
    assert codes(send_photo(client, path, picture("red"), item="plaza", key="p")) == ["idempotency.reused"]
    assert Attachment.objects.count() == 1


def opened_matter(cast: SimpleNamespace) -> str:
    body = {"kind": "rectification.item", "place": cast.land.village.code, "title": "广场堆放建筑垃圾"}
    number: str = done(send(signed_in(cast.town_office), "POST", "/matters", body))["number"]
    return number


def step(client: Client, number: str, code: str, **given: Any) -> Any:
    """Take a step as a program does: read the matter, then send the version that was read."""
    seen = done(send(client, "GET", f"/matters/{number}"))["version"]
    return send(client, "POST", f"/matters/{number}/advance", {"transition": code, "seen_version": seen, **given})


def test_a_matter_from_its_opening_to_its_end(cast: SimpleNamespace) -> None:
    number = opened_matter(cast)
    village, checker = signed_in(cast.secretary), signed_in(cast.verifier)
    claim = next(s for s in done(send(village, "GET", f"/matters/{number}"))["steps"] if s["code"] == "claim")
    assert {"measures", "deadline"} <= {field["code"] for field in claim["fields"] if field["required"]}
    values = {"measures": "两天清完", "deadline": "2018-04-10", "responsible_person": cast.secretary.username}
    done(step(village, number, "claim", values=values))
    lacking = step(village, number, "submit", values={"progress": "清完了"})
    assert codes(lacking) == ["matter.evidence_required"]
    submit = next(s for s in done(send(village, "GET", f"/matters/{number}"))["steps"] if s["code"] == "submit")
    assert [(slot["slot"], slot["minimum"], slot["have"]) for slot in submit["evidence"]] == [("after", 1, 0)]
    photo = done(send_photo(village, f"/matters/{number}", picture(), slot="after", caption="清理后"))
    done(step(village, number, "submit", values={"progress": "清完了"}))
    seen = done(send(checker, "GET", f"/matters/{number}/photos"))["items"]
    assert [item["id"] for item in seen] == [photo["id"]]
    assert b"".join(checker.get(photo["full"]).streaming_content)  # type: ignore[attr-defined]
    assert codes(step(checker, number, "return")) == ["matter.note_required"]
    assert done(step(checker, number, "verify"))["phase"] == "closed"
    closed = Matter.objects.get(number=number)
    assert (closed.state, closed.verifier) == ("closed", cast.verifier)
    assert codes(send_photo(village, f"/matters/{number}", picture("red"), slot="after")) == ["photo.slot_closed"]


def test_who_may_not_send_a_photo_to_a_matter(cast: SimpleNamespace, client: Client) -> None:
    path = f"/matters/{opened_matter(cast)}"
    assert codes(send_photo(client, path, picture(), slot="after")) == ["token.invalid"]
    assert codes(send_photo(signed_in(cast.other_secretary), path, picture(), slot="after")) == ["access.not_found"]
    wrong_duty = send_photo(signed_in(cast.verifier), path, picture(), slot="after")
    assert (wrong_duty.status_code, codes(wrong_duty)) == (409, ["photo.slot_closed"])
    assert not Attachment.objects.exists()
