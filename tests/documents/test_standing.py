"""The village profile: how the hub stands, its last review and what was said of it, what is zero in a line."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.documents.language import names_of
from huoshui.documents.preparing import get_kind, prepare
from huoshui.documents.standing import Standing
from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.places import actions as places
from huoshui.places.models import Place
from huoshui.subsidies.actions import apply, approve
from huoshui.subsidies.models import Pot
from huoshui.visits import actions as visits
from tests.documents.conftest import PROFILE, words
from tests.subsidies.conftest import accepted, pot
from tests.visits.conftest import opened_events, stage
from tests.visits.staging import Stage

__all__ = ["opened_events", "pot", "stage"]


@pytest.fixture
def village_hub(cast: SimpleNamespace) -> Place:
    """The hub of the first village, with a clinic and without a reading room."""
    attributes = {"floor_area": "320.5", "clinic": "是", "reading_room": "否", "built_year": "2016"}
    return places.open_place(
        by=system_account(), kind="hub", code="410871203201-zd1", name="寨卜昌村党群服务中心",
        parent=cast.land.village, attributes=attributes,
    )  # fmt: skip


def standing(cast: SimpleNamespace, code: str = "2018") -> Standing:
    return Standing(cast.district_office, cast.land.village, period(code))


def profile(cast: SimpleNamespace, code: str = "2018") -> str:
    return words(prepare(by=cast.district_office, kind=PROFILE, place=cast.land.village, period=code, draft=True).word)


def reviewed(stage: Stage) -> None:
    """A sealed round in which two of three judges say the same, and all fail the floor."""
    round = stage.opened()
    said = ("坐班有记录。台账清楚。", "坐班有记录；", "院子干净")
    for judge, text in enumerate(said, start=1):
        visit = stage.sheet(round, judge, floor="100")
        account = stage.cast.judges[judge - 1]
        visits.save_answers(by=account, visit=visit, strengths=text, shortcomings="学习少。", direction="")
        visits.submit_visit(by=account, visit=visit)
    stage.sealed(round)


def test_a_site_tells_its_measures_and_what_it_has_as_of_the_period(village_hub: Place, cast: SimpleNamespace) -> None:
    (site,) = standing(cast).sites()
    assert (site.kind, site.name) == ("阵地", "寨卜昌村党群服务中心")
    assert [(one.name, one.value) for one in site.facts] == [("村部建筑面积", "320.50 平方米"), ("建成年份", "2016")]
    assert (site.has, site.lacks) == (["卫生室"], ["图书阅览室"])
    told = profile(cast)
    assert "阵地：寨卜昌村党群服务中心" in told
    assert "村部建筑面积 320.50 平方米，建成年份 2016。设有卫生室。还没有图书阅览室。" in told


def test_the_last_sealed_review_is_told_with_what_most_judges_said(stage: Stage, cast: SimpleNamespace) -> None:
    assert standing(cast).reviews() == []
    assert "到2018年12月31日，没有封存的观摩成绩。" in profile(cast)
    reviewed(stage)
    (review,) = standing(cast).reviews()
    assert (review.day, review.judges) == ("2018年4月6日", 3)
    assert [(one.text, one.judges) for one in review.strengths] == [
        ("坐班有记录", 2), ("台账清楚", 1), ("院子干净", 1),
    ]  # fmt: skip
    assert [(one.name, one.failed, one.answered) for one in review.failing] == [("面积", 3, 3)]
    assert review.direction == []
    assert standing(cast, "2017").reviews() == [], "it had not been held then"
    told = profile(cast)
    assert f"总分 {review.total} 分，列第 {review.rank} 名，3 名评委计入。" in told
    assert "不合格的项目：面积（3 名评委中 3 名判不合格）。" in told
    assert "亮点：坐班有记录（2 名评委）；台账清楚（1 名评委）；院子干净（1 名评委）。" in told
    assert "方向：" not in told
    assert all(judge.title not in told for judge in cast.judges)


def test_subsidies_are_told_with_what_became_of_them(pot: Pot, cast: SimpleNamespace) -> None:
    matter = accepted(cast)
    claim = apply(by=cast.secretary, matter=matter)
    here = standing(cast)
    (one,) = here.subsidies()
    assert (one.number, one.year, one.state, one.approved) == (matter.number, "2018", "已申请，待批准", "0.00")
    assert f"（{matter.number}），审定投资 10.00 万元，申请 {one.applied} 万元，已申请，待批准。" in profile(cast)
    approve(by=cast.district_office, claim=claim)
    (one,) = here.subsidies()
    assert (one.state, one.approved) == ("已批准", one.applied)
    assert f"已批准 {one.applied} 万元。" in profile(cast)
    assert standing(cast, "2017").subsidies() == []


def test_what_is_zero_stands_in_a_line_and_opens_all_the_same(cast: SimpleNamespace) -> None:
    made = prepare(by=cast.district_office, kind=PROFILE, place=cast.land.village, period="2018", draft=True)
    told = words(made.word)
    assert "整改销号数为零" not in told
    line = next(line for line in told.splitlines() if line.startswith("为零的有："))
    assert "列入整改台账数、整改销号数" in line
    assert {"rectification.opened", "rectification.closed"} <= {use.code for use in made.uses}


def test_whoever_may_not_see_all_of_it_has_no_profile(stage: Stage, cast: SimpleNamespace) -> None:
    by = duties.open_account(by=system_account(), username="reader", title="统计员", unit=cast.district_office.unit)
    since = dt.date(2016, 1, 1)
    duties.grant_duty(by=system_account(), account=by, role="data_reviewer", place=cast.land.district, since=since)
    for read in (Standing(by, cast.land.village, period("2018")).reviews,):
        with pytest.raises(Refusal) as caught:
            read()
        assert caught.value.code == "access.denied"


def test_templates_may_use_the_same_names(cast: SimpleNamespace) -> None:
    names = names_of(get_kind(PROFILE))
    assert {"facts", "sites", "subsidies", "reviews", "zeros"} <= set(names)
