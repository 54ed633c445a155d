"""What else is done to a round over the API: its plan, judges, late sheets, adjustments, withdrawal, corrections."""

from __future__ import annotations

from typing import Any

import pytest

from huoshui.kernel.ids import new_id
from huoshui.kernel.models import Entry
from huoshui.visits import actions
from huoshui.visits.models import Adjustment, Correction, Result, Round, Visit
from tests.visits.staging import Stage
from tests.web.api_client import codes, done, picture, send, send_photo, signed_in

WHY = {"reason": "登记有误"}


def seen(stage: Stage, round: Round, account: Any = None) -> Any:
    """The round as a program reads it."""
    return done(send(signed_in(account or stage.lead), "GET", f"/rounds/{round.pk}"))


def test_a_plan_is_amended_and_sent_twice_changes_once(stage: Stage) -> None:
    round = stage.planned()
    land, lead, path = stage.land, signed_in(stage.lead), f"/rounds/{round.pk}"
    before = seen(stage, round)
    assert (before["rules"]["minimum_judges"], before["visit_on"], before["most_points"]) == (2, {}, 22_000)
    assert before["adjustments"][0] == {"code": "honour", "name": "荣誉", "kind": "bonus", "most_points": 2000}
    body = {
        "name": "第二季度观摩（改期）",
        "closes_on": "2018-04-09",
        "rules": {"minimum_judges": 3, "missing": "zero"},
        "places": [land.village2.code, land.village.code],
        "visit_on": {land.village.code: "2018-04-04"},
        "seen_version": before["version"],
    }
    first = done(send(lead, "PATCH", path, body, "plan"))
    assert done(send(lead, "PATCH", path, body, "plan")) == first
    after = seen(stage, round)
    assert (after["name"], after["opens_on"], after["closes_on"]) == (body["name"], "2018-04-02", "2018-04-09")
    assert (after["rules"]["minimum_judges"], after["rules"]["missing"]) == (3, "zero")
    assert (after["places"], after["visit_on"]) == (body["places"], body["visit_on"])
    days = {"visit_on": {land.village.code: None, land.village2.code: "2018-04-05"}, "seen_version": after["version"]}
    done(send(lead, "PATCH", path, days))
    assert seen(stage, round)["visit_on"] == {land.village2.code: "2018-04-05"}
    assert Entry.objects.filter(action="visits.amend_round").count() == 1


def test_a_planned_round_is_withdrawn_once_and_no_other(stage: Stage) -> None:
    round, lead = stage.planned(), signed_in(stage.lead)
    path = f"/rounds/{round.pk}"
    assert codes(send(signed_in(stage.cast.leader), "DELETE", path, WHY)) == ["access.denied"]
    assert codes(send(lead, "DELETE", path, {"reason": ""})) == ["value.required"]
    first = done(send(lead, "DELETE", path, WHY, "gone"))
    assert first == {"withdrawn": str(round.pk)}
    assert done(send(lead, "DELETE", path, WHY, "gone")) == first
    assert codes(send(lead, "DELETE", path, WHY)) == ["access.not_found"]
    assert done(send(lead, "GET", "/rounds"))["items"] == []
    assert codes(send(lead, "DELETE", f"/rounds/{stage.opened().pk}", WHY)) == ["round.state"]


def test_a_plan_that_does_not_fit_changes_nothing(stage: Stage) -> None:
    round = stage.planned()
    land, lead, path = stage.land, signed_in(stage.lead), f"/rounds/{round.pk}"
    before = seen(stage, round)
    for change, status, code in [
        ({"closes_on": "2018-04-01"}, 422, "round.dates"),
        ({"rules": {"minimum_judges": 0}}, 422, "value.range"),
        ({"rules": {"luck": 1}}, 422, "value.unknown"),
        ({"name": "改名", "places": [land.town.code]}, 422, "round.place_kind"),
        ({"name": "改名", "visit_on": {land.village3.code: "2018-04-04"}}, 422, "round.place_outside"),
        ({"name": "改名", "places": ["1"]}, 404, "access.not_found"),
        ({"name": "改名", "seen_version": 99}, 409, "record.stale"),
    ]:
        answer = send(lead, "PATCH", path, {"seen_version": before["version"], **change})
        assert (answer.status_code, codes(answer)) == (status, [code]), change
    assert seen(stage, round) == before
    amended = {"name": "改名", "seen_version": before["version"]}
    assert codes(send(signed_in(stage.cast.leader), "PATCH", path, amended)) == ["access.denied"]
    stage.locked(actions.open_round(by=stage.lead, round=round))
    assert codes(send(lead, "PATCH", path, amended)) == ["round.state"]


def test_judges_are_appointed_and_dismissed(stage: Stage) -> None:
    round = stage.planned(judges=1)
    lead, path = signed_in(stage.lead), f"/rounds/{round.pk}/judges"
    body = {"accounts": ["judge2"], "place": stage.land.town.code}
    appointed = done(send(lead, "POST", path, body, "two"))["judges"]
    assert appointed == [{"number": 2, "account": "judge2", "title": "评委2", "place": stage.land.town.code}]
    assert done(send(lead, "POST", path, body, "two"))["judges"] == appointed
    assert codes(send(lead, "POST", path, {"accounts": ["judge2", "judge3"]})) == ["judge.twice"]
    assert codes(send(lead, "POST", path, {"accounts": ["tally_clerk"]})) == ["judge.no_duty"]
    mine = done(send(signed_in(stage.cast.judges[1]), "GET", path))["items"]
    assert [row["account"] for row in mine] == ["judge2"]
    out = f"{path}/judge2/dismiss"
    assert codes(send(signed_in(stage.cast.judges[1]), "POST", out, WHY)) == ["access.denied"]
    assert codes(send(lead, "POST", out, {"reason": " "})) == ["value.required"]
    assert done(send(lead, "POST", out, WHY, "out")) == {"dismissed": "judge2"}
    assert done(send(lead, "POST", out, WHY, "out")) == {"dismissed": "judge2"}
    assert codes(send(lead, "POST", out, WHY)) == ["access.not_found"]
    assert [row["number"] for row in done(send(lead, "GET", path))["items"]] == [1]


def test_a_judge_with_sheets_stays_and_after_the_lock_all_do(stage: Stage) -> None:
    round = stage.opened()
    lead, path = signed_in(stage.lead), f"/rounds/{round.pk}/judges"
    stage.submitted(round)
    assert codes(send(lead, "POST", f"{path}/judge1/dismiss", WHY)) == ["judge.has_sheets"]
    stage.locked(round)
    assert codes(send(lead, "POST", f"{path}/judge1/dismiss", WHY)) == ["round.state"]
    assert codes(send(lead, "POST", path, {"accounts": ["judge4"]})) == ["round.state"]
    assert codes(send(signed_in(stage.cast.stranger), "POST", path, {"accounts": ["judge4"]})) == ["access.not_found"]


@pytest.fixture
def late(stage: Stage) -> Visit:
    """A judge's sheet that came after the lock."""
    round = stage.opened()
    draft = stage.sheet(round, 3)
    for entry in round.places.select_related("place"):
        for judge in (1, 2):
            stage.submitted(round, judge, entry.place)
    actions.lock_round(by=stage.lead, round=round)
    return actions.submit_visit(by=stage.cast.judges[2], visit=draft)


def test_a_late_sheet_is_found_and_admitted(stage: Stage, late: Visit) -> None:
    lead, path = signed_in(stage.lead), f"/sheets/{late.pk}/admit"
    listed = done(send(lead, "GET", f"/sheets?round={late.round_id}&state=late"))["items"]
    assert [(row["id"], row["admitted"]) for row in listed] == [(str(late.pk), False)]
    assert codes(send(lead, "GET", "/sheets?state=tardy")) == ["value.choice"]
    assert codes(send(lead, "POST", path, {"reason": ""})) == ["value.required"]
    assert codes(send(signed_in(stage.cast.tally_clerk), "POST", path, WHY)) == ["access.denied"]
    assert codes(send(signed_in(stage.cast.judges[2]), "POST", path, WHY)) == ["access.denied"]
    assert codes(send(signed_in(stage.lead, may_write=False), "POST", path, WHY)) == ["token.scope"]
    admitted = done(send(lead, "POST", path, WHY, "late"))
    assert (admitted["state"], admitted["admitted"]) == ("submitted", True)
    assert done(send(lead, "POST", path, WHY, "late")) == admitted
    assert codes(send(lead, "POST", path, WHY)) == ["visit.not_late"]
    assert Entry.objects.get(action="visits.admit_late_visit").channel == "api"


def test_after_computing_no_late_sheet_is_admitted(stage: Stage, late: Visit) -> None:
    actions.compute_round(by=stage.lead, round=late.round)
    answer = send(signed_in(stage.lead), "POST", f"/sheets/{late.pk}/admit", WHY)
    assert (answer.status_code, codes(answer)) == (409, ["round.state"])


def bonus(stage: Stage, **other: Any) -> dict[str, Any]:
    """A bonus to record."""
    return {"place": stage.land.village.code, "code": "honour", "points": "1.5", "reason": "市级文明村", **other}


def test_adjustments_are_recorded_listed_and_withdrawn(stage: Stage) -> None:
    round = stage.locked()
    clerk, path = signed_in(stage.cast.tally_clerk), f"/rounds/{round.pk}/adjustments"
    first = done(send(clerk, "POST", path, bonus(stage), "honour"))
    assert (first["points"], first["by"], first["reason"]) == (1500, "计分员", "市级文明村")
    assert done(send(clerk, "POST", path, bonus(stage), "honour")) == first
    second = done(send(clerk, "POST", path, bonus(stage, code="falsified", points=0.5)))
    assert second["points"] == -500
    assert [row["code"] for row in done(send(clerk, "GET", path))["items"]] == ["falsified", "honour"]
    assert done(send(signed_in(stage.cast.secretary), "GET", path))["items"] == []
    gone = f"{path}/{second['id']}/withdraw"
    assert codes(send(clerk, "POST", gone, {"reason": ""})) == ["value.required"]
    assert codes(send(signed_in(stage.lead), "POST", gone, WHY)) == ["access.denied"]
    assert done(send(clerk, "POST", gone, WHY, "gone")) == {"withdrawn": second["id"]}
    assert done(send(clerk, "POST", gone, WHY, "gone")) == {"withdrawn": second["id"]}
    assert codes(send(clerk, "POST", gone, WHY)) == ["access.not_found"]
    assert [row.code for row in Adjustment.objects.all()] == ["honour"]
    done(send(clerk, "POST", f"/rounds/{round.pk}/compute"))
    assert codes(send(clerk, "POST", f"{path}/{first['id']}/withdraw", WHY)) == ["round.state"]


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"points": "2.5"}, 422, "value.range"),
        ({"points": -1}, 422, "value.range"),
        ({"points": "1e999"}, 422, "value.type"),
        ({"points": True}, 422, "request.invalid"),
        ({"code": "luck"}, 422, "adjustment.unknown"),
        ({"reason": " "}, 422, "value.required"),
        ({"place": "410871203203"}, 422, "round.place_outside"),
        ({"place": "1"}, 404, "access.not_found"),
    ],
)
def test_an_adjustment_that_does_not_fit_is_refused(
    stage: Stage, other: dict[str, Any], status: int, code: str
) -> None:
    path = f"/rounds/{stage.locked().pk}/adjustments"
    answer = send(signed_in(stage.cast.tally_clerk), "POST", path, bonus(stage, **other))
    assert (answer.status_code, set(codes(answer))) == (status, {code})
    assert not Adjustment.objects.exists()


def test_an_adjustment_has_its_time_and_its_duty(stage: Stage) -> None:
    round = stage.opened()
    path = f"/rounds/{round.pk}/adjustments"
    early = send(signed_in(stage.cast.tally_clerk), "POST", path, bonus(stage))
    assert (early.status_code, codes(early)) == (409, ["round.state"])
    stage.locked(round)
    wrong = send(signed_in(stage.lead), "POST", path, bonus(stage))
    assert (wrong.status_code, codes(wrong)) == (403, ["access.denied"])
    assert codes(send(signed_in(stage.cast.stranger), "POST", path, bonus(stage))) == ["access.not_found"]


def test_results_are_withdrawn_and_the_signatures_with_them(stage: Stage) -> None:
    round = stage.signed()
    lead, path = signed_in(stage.lead), f"/rounds/{round.pk}/withdraw"
    assert codes(send(lead, "POST", path, {"reason": ""})) == ["value.required"]
    assert codes(send(signed_in(stage.cast.tally_clerk), "POST", path, WHY)) == ["access.denied"]
    assert done(send(lead, "POST", path, WHY, "back"))["state"] == "locked"
    assert done(send(lead, "POST", path, WHY, "back"))["state"] == "locked"
    assert codes(send(lead, "POST", path, WHY)) == ["round.state"]
    assert (seen(stage, round)["signatures"], Result.objects.count()) == ([], 0)


def test_a_sealed_result_is_corrected_and_both_values_stay(stage: Stage) -> None:
    round, village = stage.sealed(), stage.land.village
    lead, path = signed_in(stage.lead), f"/rounds/{round.pk}/results/{village.code}/correct"
    row = done(send(lead, "GET", f"/rounds/{round.pk}/results"))["items"][0]
    body = {"total": 18.5, "reason": "登分有误", "seen_version": row["version"]}
    first = done(send(lead, "POST", path, body, "total"))
    assert (first["before"], first["after"], first["rank"]) == (20_000, 18_500, 3)
    assert done(send(lead, "POST", path, body, "total")) == first
    assert done(send(lead, "GET", f"/rounds/{round.pk}/corrections"))["items"] == [first]
    listed = done(send(lead, "GET", f"/rounds/{round.pk}/results"))["items"]
    assert {row["place"]: row["corrected_from"] for row in listed if row["corrected_from"]} == {village.code: 20_000}
    assert done(send(signed_in(stage.cast.secretary2), "GET", f"/rounds/{round.pk}/corrections"))["items"] == []
    for change, status, code in [
        ({"total": "22.5"}, 422, "value.range"),
        ({"total": -1}, 422, "value.range"),
        ({"total": "many"}, 422, "value.type"),
        ({"total": "18.50"}, 422, "result.same"),
        ({"total": 19, "reason": ""}, 422, "value.required"),
        ({"total": 19, "seen_version": row["version"]}, 409, "record.stale"),
    ]:
        answer = send(lead, "POST", path, {**body, "seen_version": first["version"], **change})
        assert (answer.status_code, codes(answer)) == (status, [code]), change
    assert Correction.objects.count() == 1
    assert codes(send(signed_in(stage.cast.leader), "POST", path, {**body, "total": 19})) == ["access.denied"]
    other = f"/rounds/{round.pk}/results/{stage.land.village3.code}/correct"
    assert codes(send(lead, "POST", other, body)) == ["access.not_found"]


def test_before_the_seal_nothing_is_corrected(stage: Stage) -> None:
    path = f"/rounds/{stage.computed().pk}/results/{stage.land.village.code}/correct"
    body = {"total": 18, "reason": "登分有误", "seen_version": 1}
    answer = send(signed_in(stage.lead), "POST", path, body)
    assert (answer.status_code, codes(answer)) == (409, ["round.state"])
    assert codes(send(signed_in(stage.cast.secretary), "POST", path, body)) == ["access.not_found"]


def survey(stage: Stage, **other: Any) -> dict[str, Any]:
    """A survey to begin."""
    return {"place": stage.land.village.code, "checklist": "hubs.three_withouts", "visited_on": "2018-03-30", **other}


def test_a_visit_by_itself_from_its_beginning_to_handing_in(stage: Stage, files: None) -> None:
    client = signed_in(stage.cast.assessor)
    sheet = done(send(client, "POST", "/sheets", survey(stage), "survey"))
    assert (sheet["round"], sheet["pack"], sheet["checklist"]) == (None, "hubs", "three_withouts")
    assert (sheet["state"], sheet["visited_on"]) == ("draft", "2018-03-30")
    assert done(send(client, "POST", "/sheets", survey(stage), "survey")) == sheet
    path = f"/sheets/{sheet['id']}"
    answers = {"site": "yes", "service_room": "no", "recreation_facility": "yes"}
    done(send(client, "PATCH", path, {"answers": answers, "seen_version": sheet["version"]}))
    done(send_photo(client, path, picture(), item="site"))
    assert done(send(client, "POST", f"{path}/submit"))["state"] == "submitted"
    assert [row["id"] for row in done(send(client, "GET", "/sheets"))["items"]] == [sheet["id"]]
    assert codes(send(signed_in(stage.lead), "POST", f"{path}/admit", WHY)) == ["visit.not_late"]


@pytest.mark.parametrize(
    ("who", "other", "status", "code"),
    [
        ("assessor", {"checklist": "hubs.nothing"}, 422, "checklist.unknown"),
        ("assessor", {"place": "410871203"}, 422, "round.place_kind"),
        ("assessor", {"place": "1"}, 404, "access.not_found"),
        ("other_assessor", {}, 404, "access.not_found"),
        ("secretary", {}, 403, "access.denied"),
    ],
)
def test_a_visit_that_does_not_fit_is_not_begun(
    stage: Stage, who: str, other: dict[str, Any], status: int, code: str
) -> None:
    answer = send(signed_in(getattr(stage.cast, who)), "POST", "/sheets", survey(stage, **other))
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert not Visit.objects.exists()


@pytest.mark.parametrize("step", ["withdraw", "adjustments", "judges", "judges/judge1/dismiss", "results/1/correct"])
def test_a_round_that_is_not_there_takes_no_step(stage: Stage, step: str) -> None:
    body = {**bonus(stage), "accounts": [], "total": 1, "seen_version": 1}
    assert codes(send(signed_in(stage.lead), "POST", f"/rounds/{new_id()}/{step}", body)) == ["access.not_found"]
