"""Result pages of rounds: the ranking, adjustments, late sheets, corrections, the village's review."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.matters.models import Matter
from huoshui.visits import actions
from huoshui.visits.models import Adjustment, Result, Round, Visit
from tests.conftest import NOON
from tests.visits.staging import Stage

SignIn = Callable[[Account], Client]


def ranking_page(client: Client, round: Round) -> str:
    return client.get(reverse("round", args=[round.pk]), {"tab": "ranking"}).content.decode()


def test_dropped_totals_are_struck_and_ranks_shared(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened(drop_highest=1, drop_lowest=1, minimum_judges=3)
    stage.submitted(round, 1, theme="poor")
    page = ranking_page(signed_in(stage.lead), stage.computed(round))
    assert "17.50</s>" in page
    assert page.count('ranking__rank">1<') == 3


def test_a_sealed_round_says_what_it_opened_and_leads_to_it(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    for judge in (1, 2, 3):
        stage.submitted(round, judge, floor="100")
    lead, secretary = signed_in(stage.lead), signed_in(stage.cast.secretary)
    assert "转出整改事项" not in lead.get(reverse("round", args=[round.pk])).content.decode()
    round = stage.sealed(round)
    page = lead.get(reverse("round", args=[round.pk])).content.decode()
    assert "转出整改事项 1 件" in page
    assert "其中已办结 0 件" in page
    address = f"{reverse('ledger')}?source={round.pk}"
    assert address in page
    assert "1 件" in lead.get(address).content.decode()
    village = reverse("round_place", args=[round.pk, stage.land.village.code])
    assert f"{address}&amp;place={stage.land.village.code}" in secretary.get(village).content.decode()
    tally = signed_in(stage.cast.tally_clerk)  # sees no matters
    assert "转出整改事项" not in tally.get(reverse("round", args=[round.pk])).content.decode()


def test_a_matter_leads_back_to_its_item_those_who_may_read_the_review(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    for judge in (1, 2, 3):
        stage.submitted(round, judge, floor="100")
    round, matter = stage.sealed(round), Matter.objects.get()
    village = reverse("round_place", args=[round.pk, stage.land.village.code])
    secretary = signed_in(stage.cast.secretary)
    page = secretary.get(reverse("matter", args=[matter.number])).content.decode()
    assert f'href="{village}#item-floor">{round.name}</a>' in page
    assert "不达标的实测值：100 平方米（3 名评委）" in page
    assert 'id="item-floor"' in secretary.get(village).content.decode()
    grid = grant_duty(
        by=system_account(),
        account=stage.cast.stranger,
        role="grid_worker",
        place=stage.land.village,
        since=NOON.date(),
    ).account
    page = signed_in(grid).get(reverse("matter", args=[matter.number])).content.decode()
    assert round.name in page
    assert village not in page
    assert signed_in(grid).get(village).status_code == 404


def test_adjustments_are_recorded_and_withdrawn(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.locked(), signed_in(stage.cast.tally_clerk)
    given = {"place": stage.land.village.code, "code": "honour", "points": "1.5", "reason": "市级现场会"}
    assert client.post(reverse("round_adjust", args=[round.pk]), given).status_code == 302
    entry = Adjustment.objects.get()
    assert entry.points == 1500
    address = reverse("round_adjustment_withdraw", args=[round.pk, entry.pk])
    assert client.post(address, {"reason": "登记错村"}).status_code == 302
    assert not Adjustment.objects.exists()


def test_more_points_than_allowed_are_refused_beside_the_field(stage: Stage, signed_in: SignIn) -> None:
    given = {"place": stage.land.village.code, "code": "honour", "points": "9", "reason": "市级现场会"}
    answer = signed_in(stage.cast.tally_clerk).post(reverse("round_adjust", args=[stage.locked().pk]), given)
    assert answer.status_code == 422
    assert "f-points-error" in answer.content.decode()


def test_a_late_sheet_counts_once_admitted(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    draft = stage.sheet(round, 3)
    actions.submit_visit(by=stage.cast.judges[1], visit=stage.sheet(round, 2))
    actions.lock_round(by=stage.lead, round=round)
    late = actions.submit_visit(by=stage.cast.judges[2], visit=draft)
    client = signed_in(stage.lead)
    assert "迟交的评分表" in client.get(reverse("round", args=[round.pk])).content.decode()
    assert client.post(reverse("round_admit", args=[round.pk, late.pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("round_admit", args=[round.pk, late.pk]), {"reason": "当天断网"}).status_code == 302
    assert Visit.objects.get(pk=late.pk).admitted


def test_a_correction_shows_both_values_and_the_reason(stage: Stage, signed_in: SignIn) -> None:
    round, client = stage.sealed(), signed_in(stage.lead)
    result = Result.objects.get(round=round, place=stage.land.village)
    address = reverse("round_correct", args=[round.pk, stage.land.village.code])
    given = {"total": "18.5", "reason": "计分表抄错", "version": str(result.version)}
    assert client.get(address).status_code == 200
    assert client.post(address, {**given, "version": "9"}).status_code == 409
    assert client.post(address, given).status_code == 302
    page = ranking_page(client, round)
    for words in ("<s>20.00</s>", "18.50", "计分表抄错"):
        assert words in page


def test_only_who_may_corrects(stage: Stage, signed_in: SignIn) -> None:
    address = reverse("round_correct", args=[stage.sealed().pk, stage.land.village.code])
    assert signed_in(stage.cast.leader).get(address).status_code == 403


def test_withdrawing_results_voids_the_signatures(stage: Stage, signed_in: SignIn) -> None:
    round = stage.signed()
    given = {"step": "withdraw", "reason": "漏登加分"}
    assert signed_in(stage.lead).post(reverse("round_step", args=[round.pk]), given).status_code == 302
    assert not round.signatures.filter(voided_at__isnull=True).exists()


def test_the_review_names_judges_by_number(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    visit = stage.sheet(round, 2)
    actions.save_answers(by=stage.cast.judges[1], visit=visit, shortcomings="记录缺两次")
    actions.submit_visit(by=stage.cast.judges[1], visit=visit)
    round = stage.sealed(round)
    page = signed_in(stage.cast.secretary).get(reverse("round_place", args=[round.pk, stage.land.village.code]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "记录缺两次" in text
    assert "评委2" in text


def test_another_villages_review_is_not_there(stage: Stage, signed_in: SignIn) -> None:
    address = reverse("round_place", args=[stage.sealed().pk, stage.land.other_village.code])
    assert signed_in(stage.cast.secretary).get(address).status_code == 404


def test_the_cell_opens_as_a_drawer_and_as_a_page(stage: Stage, signed_in: SignIn) -> None:
    address = reverse("round_cell", args=[stage.locked().pk, stage.land.village.code, "meetings"])
    client = signed_in(stage.lead)
    assert "drawer__head" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in client.get(address).content.decode()
    missing = reverse("round_cell", args=[Round.objects.get().pk, stage.land.village.code, "nothing"])
    assert client.get(missing).status_code == 404


def test_the_place_page_lists_results_and_visits(stage: Stage, signed_in: SignIn) -> None:
    round = stage.sealed()
    address = reverse("place", args=[stage.land.village.code])
    page = signed_in(stage.cast.secretary).get(address, {"tab": "visits"}).content.decode()
    assert reverse("round_place", args=[round.pk, stage.land.village.code]) in page
    assert "20.00" in page
    assert "更正" not in page


def test_the_place_page_says_that_a_result_was_corrected(stage: Stage, signed_in: SignIn) -> None:
    round = stage.sealed()
    result = Result.objects.get(round=round, place=stage.land.village)
    for total in ("19", "18.5"):
        actions.correct_result(by=stage.lead, result=result, total=total, reason="计分表抄错")
    client, address = signed_in(stage.cast.secretary), reverse("place", args=[stage.land.village.code])
    for tab in ("overview", "visits"):
        page = client.get(address, {"tab": tab}).content.decode()
        assert "18.50" in page, tab
        assert "更正，原 <s" in page, tab
        assert "20.00</s>" in page, tab
    town = signed_in(stage.lead).get(reverse("place", args=[stage.land.town.code])).content.decode()
    assert "19.25" in town
    assert "20.00</s>" in town


def test_the_place_page_dates_a_result_by_the_visits(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    for judge, day in ((1, dt.date(2018, 4, 3)), (2, dt.date(2018, 4, 4))):
        visit = stage.sheet(round, judge)
        Visit.objects.filter(pk=visit.pk).update(visited_on=day)
        actions.submit_visit(by=stage.cast.judges[judge - 1], visit=visit)
    late = stage.sheet(round, 3)
    Visit.objects.filter(pk=late.pk).update(visited_on=dt.date(2018, 4, 9))  # a draft: it does not count
    stage.all_in(round)
    actions.lock_round(by=stage.lead, round=round)
    actions.compute_round(by=stage.lead, round=round)
    address = reverse("place", args=[stage.land.village.code])
    page = signed_in(stage.lead).get(address, {"tab": "visits"}).content.decode()
    head = page[page.index("历次考核成绩") : page.index("</table>")]
    assert "观摩日期" in head
    assert re.findall(r'datetime="([^"]+)"', head) == ["2018-04-03", "2018-04-04"]


def test_the_place_page_leads_only_to_what_opens(stage: Stage, signed_in: SignIn) -> None:
    round, village, judge = stage.sealed(), stage.land.village, signed_in(stage.cast.judges[0])
    review = reverse("round_place", args=[round.pk, village.code])
    page = judge.get(reverse("place", args=[village.code]), {"tab": "visits"}).content.decode()
    assert judge.get(review).status_code == 404
    assert review not in page
    assert reverse("round", args=[round.pk]) in page
    assert judge.get(reverse("round", args=[round.pk])).status_code == 200


def test_a_matter_leads_to_its_review_only_where_that_opens(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    for judge in (1, 2, 3):
        stage.submitted(round, judge, floor="100")
    round = stage.sealed(round)
    number = Matter.objects.get().number
    review = reverse("round_place", args=[round.pk, stage.land.village.code])
    secretary = signed_in(stage.cast.secretary).get(reverse("matter", args=[number])).content.decode()
    assert f'href="{review}#item-floor"' in secretary
    auditor = signed_in(stage.cast.auditor)  # reads rounds and matters, and no sheets
    page = auditor.get(reverse("matter", args=[number])).content.decode()
    assert auditor.get(review).status_code == 404
    assert review not in page
    assert f'href="{reverse("round", args=[round.pk])}"' in page


def test_what_the_journal_tells_leads_nowhere_the_reader_may_not_go(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    for judge in (1, 2, 3):
        stage.submitted(round, judge, floor="100")
    stage.sealed(round)
    matter = Matter.objects.get()
    address, place = reverse("matter", args=[matter.number]), reverse("place", args=[stage.land.district.code])
    administrator = signed_in(stage.cast.administrator)  # reads the journal, and no matters
    assert administrator.get(address).status_code == 404
    for tab in ("overview", "journal"):
        page = administrator.get(place, {"tab": tab}).content.decode()
        assert matter.number in page, tab
        assert "/matters/ZG" not in page, tab
        assert address in signed_in(stage.lead).get(place, {"tab": tab}).content.decode(), tab
