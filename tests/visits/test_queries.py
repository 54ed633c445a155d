"""Reading rounds and sheets."""

from __future__ import annotations

import datetime as dt

from huoshui.kernel import clock
from huoshui.places.models import Place
from huoshui.visits import actions, queries
from tests.visits.staging import Stage


def test_progress_by_place_judge_and_town(stage: Stage) -> None:
    round, land = stage.opened(), stage.land
    stage.submitted(round, 1, land.village)
    stage.submitted(round, 2, land.village)
    stage.sheet(round, 3, land.village2)
    progress = queries.progress(round, stage.lead)
    assert (progress.sheets.expected, progress.sheets.submitted, progress.sheets.drafts) == (9, 2, 1)
    assert [(row.place.short_name, row.sheets.submitted) for row in progress.places] == [
        ("寨卜昌村", 2),
        ("苏家作村", 0),
        ("阳庙村", 0),
    ]
    assert [(row.town.short_name, row.places, row.sheets.expected) for row in progress.towns if row.town] == [
        ("苏家作乡", 2, 6),
        ("阳庙镇", 1, 3),
    ]
    assert [(row.label, row.title, row.sheets.submitted) for row in progress.judges] == [
        ("评委1", "评委1", 1),
        ("评委2", "评委2", 1),
        ("评委3", "评委3", 0),
    ]


def test_progress_shows_an_assessor_their_town_and_no_names(stage: Stage) -> None:
    progress = queries.progress(stage.opened(), stage.cast.other_assessor)
    assert [row.place.short_name for row in progress.places] == ["阳庙村"]
    assert {row.title for row in progress.judges} == {""}
    assert progress.sheets.expected == 3


def test_ranking_and_result_sheet(stage: Stage) -> None:
    round, land = stage.opened(), stage.land
    for judge in (1, 2, 3):
        stage.submitted(round, judge, land.village2, meetings=judge)
    round = stage.locked(round)
    actions.record_adjustment(
        by=stage.cast.tally_clerk, round=round, place=land.village, code="honour", points="0.25", reason="荣誉"
    )
    actions.compute_round(by=stage.lead, round=round)
    actions.sign_round(by=stage.cast.leader, round=round, role="leader")
    rows = queries.ranking(round, stage.lead)
    assert [(r.rank, r.place.short_name, r.mean_shown, r.adjustments_shown, r.total_shown) for r in rows] == [
        (1, "寨卜昌村", "20.00", "0.25", "20.25"),
        (2, "阳庙村", "20.00", "0.00", "20.00"),
        (3, "苏家作村", "18.00", "0.00", "18.00"),
    ]
    sheet = queries.result_sheet(round, stage.lead)
    assert sheet.judge_labels == ["评委1", "评委2", "评委3"]
    assert [total.total for total in sheet.rows[2].totals] == [19_000, 18_000, 17_000]
    assert [entry.points for entry in sheet.rows[0].adjustments] == [250]
    assert [(signed.role, signed.title) for signed in sheet.signatures] == [("领导", "分管领导")]
    assert sheet.digest == queries.digest_to_sign(round)


def test_heat_map_cells(stage: Stage) -> None:
    round, land = stage.opened(), stage.land
    for judge in (1, 2):
        stage.submitted(round, judge, land.village, meetings=6)
    heat = queries.heat_map(stage.locked(round), stage.lead)
    assert [place.short_name for place in heat.places] == ["寨卜昌村", "苏家作村", "阳庙村"]
    meetings = heat.rows[0]
    assert [(cell.percent, cell.failed, cell.failed_by) for cell in meetings.cells] == [
        (33, True, 2),
        (100, False, 0),
        (100, False, 0),
    ]
    assert (meetings.percent, meetings.failed) == (78, 1)


def test_the_form_shows_what_is_known_answered_and_wanted(stage: Stage, hub: Place) -> None:
    judge = stage.cast.judges[0]
    visit = actions.open_sheet(by=judge, round=stage.opened(), place=stage.land.village)
    actions.save_answers(by=judge, visit=visit, answers={"plaza": "no", "theme": "poor"}, notes={"plaza": "改停车场"})
    form = queries.sheet_form(visit)
    assert (form.asked, form.answered, form.prefilled, form.points, form.editable) == (5, 2, 2, 1500, True)
    items = {item.item.code: item for item in form.items}
    floor, plaza, theme = items["floor"], items["plaza"], items["theme"]
    assert (floor.value, floor.shown, floor.answered) == ("320.5", "320.5 平方米", False)
    assert floor.known is not None
    assert floor.known.place == hub
    assert (plaza.value, plaza.shown, plaza.fails, plaza.photos_missing, plaza.note) == (
        False,
        "否",
        True,
        1,
        "改停车场",
    )
    assert (theme.value, theme.shown, theme.points, str(theme.method)) == ("poor", "差", 1500, "查")
    assert items["meetings"].value is None


def test_the_villages_review(stage: Stage) -> None:
    round, land, cast = stage.opened(), stage.land, stage.cast
    for judge in (1, 2):
        visit = stage.sheet(round, judge, land.village, meetings=6)
        account = cast.judges[judge - 1]
        actions.save_answers(
            by=account,
            visit=visit,
            strengths=f"亮点{judge}",
            shortcomings="台账不全",
            direction="补齐",
            notes={"meetings": "缺记录"},
        )
        actions.submit_visit(by=account, visit=visit)
    round = stage.sealed(round)
    review = queries.village_review(round, land.village, cast.secretary)
    assert [(r.label, r.title, r.strengths) for r in review.remarks] == [
        ("评委1", "", "亮点1"),
        ("评委2", "", "亮点2"),
        ("评委3", "", ""),
    ]
    meetings = review.items[0]
    assert (meetings.mean, meetings.percent, meetings.failed) == (2000, 33, True)
    assert [(a.label, a.answer, a.points, a.note) for a in meetings.answers][:1] == [("评委1", "6 处问题", 0, "缺记录")]
    assert review.result is not None
    assert review.result.rank == 3
    assert queries.village_review(round, land.village, stage.lead).remarks[0].title == "评委1"


def test_what_waits_for_the_judge(stage: Stage) -> None:
    round = stage.opened(judges=2)
    judge = stage.cast.judges[0]
    stage.submitted(round, 1, stage.land.village)
    draft = stage.sheet(round, 1, stage.land.village2)
    waiting = queries.sheets_waiting(judge)
    assert [(row.where.short_name, row.visit, row.due) for row in waiting] == [
        ("苏家作村", draft, dt.date(2018, 4, 6)),
        ("阳庙村", None, dt.date(2018, 4, 6)),
    ]
    assert not any(row.late for row in waiting)
    assert queries.sheets_waiting(stage.cast.judges[2]) == []
    survey = actions.start_visit(by=stage.cast.assessor, place=stage.land.village, checklist="hubs.three_withouts")
    assert [row.visit for row in queries.sheets_waiting(stage.cast.assessor)] == [survey]


def kinds(actor: object) -> list[str]:
    return [row.kind for row in queries.rounds_waiting(actor)]  # type: ignore[arg-type]


def test_the_next_step_waits_for_who_takes_it(stage: Stage) -> None:
    cast, round = stage.cast, stage.planned()
    assert kinds(stage.lead) == ["open_round"]
    assert kinds(cast.leader) == kinds(cast.assessor) == []
    actions.open_round(by=stage.lead, round=round)
    assert kinds(stage.lead) == []
    late = stage.sheet(round, 3)
    stage.all_in(round)
    with clock.set_to(clock.local_moment(dt.date(2018, 4, 7))):
        assert [(row.kind, row.late) for row in queries.rounds_waiting(stage.lead)] == [("lock_round", True)]
    actions.lock_round(by=stage.lead, round=round)
    actions.submit_visit(by=cast.judges[2], visit=late)
    assert kinds(stage.lead) == ["admit_late", "compute_round"]
    assert [visit.pk for visit in queries.late_sheets(round, stage.lead)] == [late.pk]
    assert kinds(cast.tally_clerk) == ["compute_round"]
    actions.compute_round(by=cast.tally_clerk, round=round)
    assert kinds(stage.lead) == []
    for role in ("leader", "scrutineer", "tally_clerk"):
        signer = getattr(cast, role)
        assert [(row.kind, row.role) for row in queries.rounds_waiting(signer)] == [("sign_round", role)]
        actions.sign_round(by=signer, round=round, role=role)
        assert kinds(signer) == []
    assert kinds(stage.lead) == ["seal_round"]
    actions.seal_round(by=stage.lead, round=round)
    assert kinds(stage.lead) == []


def test_visits_and_results_of_a_place(stage: Stage) -> None:
    round = stage.sealed()
    cast, land = stage.cast, stage.land
    assert queries.visits_of_place(cast.secretary, land.village).count() == 3
    assert queries.visits_of_place(cast.secretary, land.village2).count() == 0
    assert queries.visits_of_place(stage.lead, land.town).count() == 6
    assert [result.round for result in queries.results_of_place(cast.secretary, land.village)] == [round]
    assert queries.results_of_place(cast.other_assessor, land.town).count() == 0
