"""The judge's sheets: mine alone, saved as they are filled in, never counted twice, never overwritten silently."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.media.models import Attachment
from huoshui.packs.actions import load_pack
from huoshui.places import actions as places
from huoshui.visits import actions
from huoshui.visits.models import Answer, Round, Visit
from tests.visits.staging import Stage, write_pack

SignIn = Callable[[Account], Client]


@pytest.fixture
def stage(cast: SimpleNamespace, tmp_path: Path) -> Stage:
    load_pack(by=system_account(), folder=write_pack(tmp_path / "trial"))
    places.open_place(
        by=system_account(),
        kind="hub",
        code="410871203201-hub",
        name="寨卜昌村党群服务中心",
        parent=cast.land.village,
        attributes={"floor_area": "320.5"},
    )
    return Stage(cast)


@pytest.fixture
def judge(stage: Stage, signed_in: SignIn) -> Client:
    return signed_in(stage.cast.judges[0])


def draft(stage: Stage) -> Visit:
    return actions.open_sheet(by=stage.cast.judges[0], round=stage.opened(), place=stage.land.village)


def save(client: Client, visit: Visit, field: str, value: str, *, version: int = 1, key: str = "") -> HttpResponse:
    headers = {"Idempotency-Key": key} if key else {}
    given = {"field": field, "value": value, "version": version}
    answer: HttpResponse = client.post(reverse("sheet_save", args=[visit.pk]), given, headers=headers)
    return answer


def body(answer: Any) -> Any:
    return answer.json()


def test_my_villages_are_listed_and_a_sheet_begins(stage: Stage, judge: Client) -> None:
    round = stage.opened()
    assert "寨卜昌村" in judge.get(reverse("sheets")).content.decode()
    given = {"round": str(round.pk), "place": stage.land.village.code}
    answer = judge.post(reverse("sheet_open"), given)
    assert answer.status_code == 302
    assert judge.post(reverse("sheet_open"), given)["Location"] == answer["Location"]


def test_who_is_no_judge_gets_no_sheet(stage: Stage, signed_in: SignIn) -> None:
    given = {"round": str(stage.opened().pk), "place": stage.land.village.code}
    assert signed_in(stage.cast.leader).post(reverse("sheet_open"), given).status_code == 403


def test_the_register_is_filled_in_and_marked(stage: Stage, judge: Client) -> None:
    page = judge.get(reverse("sheet", args=[draft(stage).pk])).content.decode()
    assert "登记值" in page
    assert 'value="320.5"' in page


def test_anothers_sheet_is_not_there_before_the_lock(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    visit = stage.submitted(round, 1)
    for account in (stage.cast.judges[1], stage.lead, stage.cast.scrutineer):
        assert signed_in(account).get(reverse("sheet", args=[visit.pk])).status_code == 404
        assert save(signed_in(account), visit, "item-meetings", "1").status_code == 404
    stage.locked(round)
    page = signed_in(stage.cast.scrutineer).get(reverse("sheet", args=[visit.pk]))
    assert page.status_code == 200
    assert "<form" not in page.content.decode()


def test_an_answer_is_saved_with_its_version(stage: Stage, judge: Client) -> None:
    visit = draft(stage)
    answer = save(judge, visit, "item-meetings", "2")
    assert body(answer) == {"version": 2, "needs": 0}
    assert Answer.objects.get(visit=visit, item="meetings").points == 4000
    assert body(save(judge, visit, "note-meetings", "缺两次", version=2)) == {"version": 3}
    assert body(save(judge, visit, "strengths", "广场干净", version=3)) == {"version": 4}


def test_a_save_says_how_many_photos_the_answer_needs(stage: Stage, judge: Client) -> None:
    visit = draft(stage)
    assert body(save(judge, visit, "item-plaza", "no")) == {"version": 2, "needs": 1}
    assert body(save(judge, visit, "item-plaza", "yes", version=2)) == {"version": 3, "needs": 0}
    assert body(save(judge, visit, "item-plaza", "", version=3)) == {"version": 4, "needs": 0}


def test_what_is_missing_is_listed_before_handing_in(stage: Stage, judge: Client) -> None:
    visit = stage.sheet(stage.opened(), plaza="no")
    page = judge.get(reverse("sheet", args=[visit.pk])).content.decode()
    assert 'data-lacks="plaza"><a href="#i-plaza"' in page
    assert "data-missing-none hidden" in page


def test_the_same_save_sent_twice_counts_once(stage: Stage, judge: Client) -> None:
    visit = draft(stage)
    first = save(judge, visit, "item-meetings", "2", key="k1")
    again = save(judge, visit, "item-meetings", "2", key="k1")
    assert body(first) == body(again) == {"version": 2, "needs": 0}
    assert Visit.objects.get(pk=visit.pk).version == 2


def test_one_key_for_two_answers_is_refused(stage: Stage, judge: Client) -> None:
    visit = draft(stage)
    save(judge, visit, "item-meetings", "2", key="k1")
    assert save(judge, visit, "item-meetings", "3", key="k1").status_code in (409, 422)


@pytest.mark.parametrize(
    ("field", "value"), [("item-overall", "3.5"), ("item-meetings", "-1"), ("item-theme", "best"), ("item-x", "1")]
)
def test_what_is_out_of_range_is_refused_with_words(stage: Stage, judge: Client, field: str, value: str) -> None:
    answer = save(judge, draft(stage), field, value)
    assert answer.status_code == 422
    assert body(answer)["problems"][0]["message"]


def test_stale_shows_both_versions_and_overwrites_nothing(stage: Stage, judge: Client) -> None:
    visit = draft(stage)
    save(judge, visit, "item-meetings", "2")
    answer = save(judge, visit, "item-meetings", "5", version=1)
    assert answer.status_code == 409
    theirs = body(answer)["theirs"]
    assert (theirs["value"], theirs["version"]) == ("2", "2")
    assert Answer.objects.get(visit=visit, item="meetings").findings == 2


def form(visit: Visit, **given: str) -> dict[str, str]:
    """The whole form as a browser without script sends it."""
    stored = {"item-floor": "320.5", "version": str(visit.version)}
    return {**stored, **{name.replace("__", "-"): value for name, value in given.items()}}


def test_without_script_the_form_saves_and_leaves_the_register_unconfirmed(stage: Stage, judge: Client) -> None:
    visit = draft(stage)
    answer = judge.post(reverse("sheet", args=[visit.pk]), form(visit, item__meetings="1", note__meetings="缺一次"))
    assert answer.status_code == 302
    assert Answer.objects.get(visit=visit, item="meetings").note == "缺一次"
    assert Answer.objects.get(visit=visit, item="floor").points is None
    visit.refresh_from_db()
    judge.post(reverse("sheet", args=[visit.pk]), form(visit, item__meetings="1", confirm="floor"))
    assert Answer.objects.get(visit=visit, item="floor").points == 5000


def test_without_script_out_of_range_is_said_beside_the_item(stage: Stage, judge: Client) -> None:
    visit = draft(stage)
    answer = judge.post(reverse("sheet", args=[visit.pk]), form(visit, item__overall="9"))
    assert answer.status_code == 422
    assert 'id="e-overall"' in answer.content.decode()


def test_without_script_stale_shows_both_versions(stage: Stage, judge: Client) -> None:
    visit = draft(stage)
    save(judge, visit, "item-meetings", "2")
    answer = judge.post(reverse("sheet", args=[visit.pk]), form(visit, item__meetings="5"))
    assert answer.status_code == 409
    row = answer.context["versions"][0]
    assert (row["theirs"], row["mine"]) == ("2", "5")


def test_handing_in_names_what_is_missing(stage: Stage, judge: Client) -> None:
    visit = draft(stage)
    answer = judge.post(reverse("sheet", args=[visit.pk]), form(visit, item__meetings="1", submit="1"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已保存，还不能提交" in page
    assert 'href="#i-theme"' in page


def test_a_whole_sheet_is_handed_in_and_taken_back(stage: Stage, judge: Client) -> None:
    visit = stage.sheet(stage.opened())
    answers = {"item__meetings": "0", "item__theme": "good", "item__plaza": "yes", "item__overall": "3"}
    answer = judge.post(reverse("sheet", args=[visit.pk]), form(visit, **answers, submit="1"))
    assert answer["Location"] == reverse("sheets")
    assert Visit.objects.get(pk=visit.pk).state == Visit.State.SUBMITTED
    judge.post(reverse("sheet_back", args=[visit.pk]))
    assert Visit.objects.get(pk=visit.pk).state == Visit.State.DRAFT


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "#3a7").save(file, "JPEG")
    return SimpleUploadedFile("a.jpg", file.getvalue(), "image/jpeg")


def test_a_photo_is_attached_to_its_item_once(stage: Stage, judge: Client, settings: Any, tmp_path: Path) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    visit = draft(stage)
    address = reverse("sheet_photos", args=[visit.pk])
    for _ in range(2):
        assert judge.post(address, {"field": "plaza", "photo": picture()}).status_code == 200
    photo = Attachment.objects.get(subject_id=visit.pk)
    assert photo.slot == "plaza"
    assert judge.post(address, {"field": "nothing", "photo": picture()}).status_code in (403, 409, 422)
    assert judge.post(address, {"field": "plaza"}).status_code == 422
    judge.post(reverse("sheet_photo_remove", args=[visit.pk, photo.pk]))
    assert not Attachment.objects.filter(subject_id=visit.pk).exists()


def test_a_visit_that_stands_by_itself(stage: Stage, signed_in: SignIn) -> None:
    client = signed_in(stage.cast.assessor)
    assert client.get(reverse("sheet_start")).status_code == 200
    assert client.post(reverse("sheet_start"), {"checklist": "trial.trial"}).status_code == 422
    given = {"checklist": "trial.trial", "place": stage.land.village.code}
    assert client.post(reverse("sheet_start"), given).status_code == 302
    assert "试评细则" in client.get(reverse("sheets")).content.decode()
    assert signed_in(stage.cast.secretary).get(reverse("sheet_start")).status_code == 404


def test_a_sheet_takes_photos_alone_and_its_judge_stays_a_number(
    stage: Stage, judge: Client, signed_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    visit = draft(stage)
    address = reverse("sheet_photos", args=[visit.pk])
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.7", "application/pdf")
    assert judge.post(address, {"field": "plaza", "photo": paper}).status_code == 422
    assert judge.post(address, {"field": "plaza", "photo": picture()}).status_code == 200
    page = reverse("attachment", args=[Attachment.objects.get(subject_id=visit.pk).pk])
    mine = stage.cast.judges[0].title
    assert mine in judge.get(page).content.decode()
    assert signed_in(stage.cast.judges[1]).get(page).status_code == 404
    Visit.objects.filter(pk=visit.pk).update(state="submitted")
    Round.objects.filter(pk=visit.round_id).update(state="sealed")
    seen = signed_in(stage.cast.secretary).get(page)
    assert (seen.status_code, mine in seen.content.decode()) == (200, False)
