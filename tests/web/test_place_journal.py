"""The journal on a village's page and on a round's: what happened in its rounds, to those who may see each thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel import reading
from huoshui.matters.actions import open_matter
from huoshui.places.honours import record_honour
from huoshui.visits import actions
from huoshui.visits.models import Round
from tests.visits.staging import Stage

SignIn = Callable[[Account], Client]
HANDED_IN = "提交评分表 · 寨卜昌村 · 评委"


def told(client: Client, address: str) -> str:
    """The journal tab in plain words."""
    answer = client.get(address, {"tab": "journal"})
    assert answer.status_code == 200
    page = answer.content.decode()
    begin = page.find('<ol class="timeline')
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page[begin:]))) if begin >= 0 else ""


@pytest.fixture
def village(stage: Stage, signed_in: SignIn) -> Callable[[Account], str]:
    """What the village's journal tells an account."""
    address = reverse("place", args=[stage.land.village.code])
    return lambda account: told(signed_in(account), address)


def in_work(stage: Stage) -> Round:
    """An open round whose first two judges have handed in their sheet of the village."""
    round = stage.opened()
    for judge in (1, 2):
        stage.submitted(round, judge, meetings=6)
    return round


def test_a_sealed_round_in_the_villages_own_journal(stage: Stage, village: Callable[[Account], str]) -> None:
    round = stage.sealed(in_work(stage))
    actions.correct_result(by=stage.lead, result=round.results.get(place=stage.land.village), total="13", reason="错加")
    page = village(stage.cast.secretary)
    for line in ("开始考核", "锁定", "封存", "更正成绩"):
        assert f"{line} · 第二季度观摩" in page
    assert page.count(HANDED_IN) == 3
    assert "由考核问题立项" in page
    assert "错加" in page
    assert "保存打分" not in page
    assert "计算成绩" not in page, "what was computed, withdrawn and signed is for those who run and sign"


def test_before_the_seal_the_village_reads_nothing_of_its_sheets(
    stage: Stage, village: Callable[[Account], str]
) -> None:
    round = in_work(stage)
    assert HANDED_IN not in village(stage.cast.secretary)
    round = stage.locked(round)
    actions.record_adjustment(
        by=stage.cast.tally_clerk, round=round, place=stage.land.village, code="honour", points="1.5", reason="表彰"
    )
    actions.compute_round(by=stage.cast.tally_clerk, round=round)
    page = village(stage.cast.secretary)
    assert "锁定 · 第二季度观摩" in page
    assert not any(word in page for word in ("评委", "表彰", "登记加减分", "计算成绩"))


def test_a_judge_reads_of_their_own_sheet_alone_until_the_lock(stage: Stage, village: Callable[[Account], str]) -> None:
    round = in_work(stage)
    page = village(stage.cast.judges[0])
    assert HANDED_IN + "1" in page
    assert HANDED_IN + "2" not in page
    assert HANDED_IN not in village(stage.cast.judges[2])
    stage.locked(round)
    assert HANDED_IN + "2" not in village(stage.cast.judges[0])


def test_an_assessor_of_the_town_from_the_lock_on_and_one_of_another_never(
    stage: Stage, village: Callable[[Account], str], signed_in: SignIn
) -> None:
    round = in_work(stage)
    assert HANDED_IN not in village(stage.cast.assessor)
    stage.locked(round)
    page = village(stage.cast.assessor)
    assert page.count(HANDED_IN) == 3
    other = signed_in(stage.cast.other_assessor)
    assert other.get(reverse("place", args=[stage.land.village.code])).status_code == 404
    assert "寨卜昌村" not in told(other, reverse("place", args=[stage.land.other_village.code]))


def test_who_judged_shows_to_those_who_run_the_round(stage: Stage, village: Callable[[Account], str]) -> None:
    stage.cast.judges[1].title = "王法官"
    round = in_work(stage)
    late = stage.sheet(round, 3)
    round = actions.lock_round(by=stage.lead, round=round)
    late = actions.submit_visit(by=stage.cast.judges[2], visit=late)
    actions.admit_late_visit(by=stage.lead, visit=late, reason="山里没有信号")
    own, other = village(stage.lead), village(stage.cast.assessor)
    for page in (own, other):
        assert page.count(HANDED_IN) == 3
        assert "草稿 → 迟交" in page
        assert "山里没有信号" in page
    assert "王法官" in own
    assert "王法官" not in other
    assert "评委2 2018-04-02" in other


def test_what_a_reader_may_not_see_is_not_told_as_a_line_either(
    stage: Stage, village: Callable[[Account], str]
) -> None:
    cast, here = stage.cast, stage.land.village
    open_matter(by=cast.town_office, kind="rectification.item", place=here, title="栏杆松动", severity="ordinary")
    grant_duty(by=system_account(), account=cast.stranger, role="grid_worker", place=here)
    assert "栏杆松动" in village(cast.secretary)
    assert "分派职责" in village(cast.secretary)
    page = village(cast.judges[0])
    assert "登记地点" in page, "a judge may see the place"
    assert "栏杆松动" not in page, "and has no duty for matters"
    assert "分派职责" not in page


def test_a_rounds_own_page_names_the_judges_to_those_who_run_it(stage: Stage, signed_in: SignIn) -> None:
    round = stage.planned()
    actions.dismiss_judge(by=stage.lead, judge=round.judges.get(number=3), reason="出差")
    address = reverse("round", args=[round.pk])
    own = told(signed_in(stage.lead), address)
    assert "指定评委" in own
    assert "评委1 评委1、评委2 评委2" in own
    assert "出差" in own
    other = told(signed_in(stage.cast.auditor), address)
    assert "指定评委" in other
    assert "评委1" not in other
    assert "出差" not in other
    assert signed_in(stage.cast.secretary).get(address, {"tab": "journal"}).context["tab"] == "progress"


def test_a_rounds_own_page_tells_its_signatures_and_adjustments(stage: Stage, signed_in: SignIn) -> None:
    round = stage.locked(in_work(stage))
    actions.record_adjustment(
        by=stage.cast.tally_clerk, round=round, place=stage.land.village, code="honour", points="1.5", reason="表彰"
    )
    actions.compute_round(by=stage.cast.tally_clerk, round=round)
    actions.sign_round(by=stage.cast.leader, round=round, role="leader")
    page = told(signed_in(stage.lead), reverse("round", args=[round.pk]))
    assert "签字 · 第二季度观摩 · 领导" in page
    assert "登记加减分 · 寨卜昌村 · 荣誉" in page
    assert "1.5 分" in page


def test_what_a_village_keeps_of_itself_is_told_anew_at_once(
    stage: Stage, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its standing, its honours and its journal, as if each thing were committed when it is done."""
    monkeypatch.setattr(reading, "_uncommitted", lambda: False)
    village, reader = stage.land.village, signed_in(stage.cast.secretary)
    address = reverse("place", args=[village.code])

    def overview() -> str:
        return unescape(reader.get(address).content.decode())

    round = stage.signed(in_work(stage))
    assert f'<span class="sums__name">{round.name}' not in overview()
    actions.seal_round(by=stage.lead, round=round)
    before = overview()
    assert f'<span class="sums__name">{round.name}' in before
    assert "更正，原" not in before
    result = round.results.get(place=village)
    actions.correct_result(by=stage.lead, result=result, total="13", reason="错加")
    assert "更正，原" in overview()
    assert "错加" in told(reader, address)
    record_honour(by=stage.cast.district_office, place=village, name="文明村镇", level="municipal", year=2017)
    assert "文明村镇" in overview()
    open_matter(
        by=stage.cast.town_office, kind="rectification.item", place=village, title="漏雨的活动室", severity="ordinary"
    )
    assert "漏雨的活动室" in overview()
