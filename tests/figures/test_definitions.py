"""What a pack may say of an indicator: since when it is told, what it counted before, its months, its breakdown."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from django.test import Client

from huoshui.commands import huoshui
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.figures.cells.keeping import Keeper, rebuild
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.queries import figure, figure_breakdown, get_indicator, get_period, records_behind
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import open_matter
from huoshui.packs.actions import check_pack, load_pack
from huoshui.places.actions import amend_attributes
from huoshui.places.honours import record_honour, withdraw_honour
from huoshui.subsidies.actions import allocate
from huoshui.web.office.figure_records import TOLD
from tests.matters.conftest import Opener, at, close
from tests.packs.helpers import write_pack
from tests.web.api_client import done
from tests.web.api_client import signed_in as api
from tests.web.conftest import signed_in

__all__ = ["signed_in"]

SignIn = Callable[[Account], Client]
REQUIRES = "[core, rectification]"
WORDS = "name: {zh: 试数, en: Tried}\n  definition: {zh: 现在的口径, en: Now}\n  unit: 件"
MATTERS = "from: matters, value: count(*), period: opened_on"
EARLIER = "earlier: [{until: 2018-01-01, definition: {zh: 前, en: B}, numerator: {%s}}]"
CHANGED = f"""\
- code: tried
  {WORDS}
  numerator: {{{MATTERS}}}
  periods: [year, month]
  month_begins: 21
  valid: {{from: 2017-01-01, until: 2019-01-01}}
  by: [severity, kind]
  earlier:
    - until: 2018-01-01
      definition: {{zh: 从前只数观摩立的, en: Once those of rounds alone}}
      numerator: {{from: matters, where: from_round, value: count(*), period: opened_on}}
"""


@pytest.fixture
def tried(cast: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    """The cast, with an indicator whose definition changed in 2018."""
    load_pack(by=system_account(), folder=write_pack(tmp_path / "tiny", requires=REQUIRES, indicators=CHANGED))
    return cast


def problems(tmp_path: Path, indicator: str) -> list[tuple[str, int | None]]:
    """What a check says of one indicator: code and line."""
    folder = write_pack(tmp_path / "tiny", requires=REQUIRES, indicators=indicator)
    return [(found.problem.code, found.line) for found in check_pack(folder).findings]


def test_a_period_is_counted_by_the_definition_of_its_time(
    tried: SimpleNamespace, open_item: Opener, signed_in: SignIn
) -> None:
    with at("2017-11-02"):
        open_item()
    open_item()
    one, district = get_indicator("tiny.tried"), tried.land.district
    for _kept in range(2):
        told = [figure(tried.leader, one, district, get_period(one, year)) for year in ("2017", "2018", "2019")]
        assert [now.value for now in told] == [0, 1, None]
        assert [str(now.indicator.definition) for now in told[:2]] == ["从前只数观摩立的", "现在的口径"]
        assert told[2].why_none == "这个期间没有这个指标"
        Keeper().keep_up()
    sheet = signed_in(tried.leader).get("/figures/tiny.tried/?place=410871&period=2018").content.decode()
    assert re.search(r"2018-01-01\s*以前", sheet)
    assert sheet.count("口径改变，前后不能直接比") == 1
    before = signed_in(tried.leader).get("/figures/tiny.tried/?place=410871&period=2017").content.decode()
    assert "<dd>从前只数观摩立的</dd>" in before
    assert re.search(r"2018-01-01 起</dt><dd>现在的口径", before)


def test_reporting_months_begin_on_their_own_day(tried: SimpleNamespace, open_item: Opener) -> None:
    for day in ("2018-02-20", "2018-02-21", "2018-03-20", "2018-03-21"):
        with at(day):
            open_item()
    one = get_indicator("tiny.tried")
    march = get_period(one, "2018-03")
    assert (march.first, march.last) == (dt.date(2018, 2, 21), dt.date(2018, 3, 20))
    for _kept in range(2):
        assert figure(tried.leader, one, tried.land.district, march).value == 2
        Keeper().keep_up()
    # The same measure by the calendar's months has cells of its own.
    opened = get_indicator("rectification.opened")
    assert figure(tried.leader, opened, tried.land.district, get_period(opened, "2018-03")).value == 2
    assert figure(tried.leader, opened, tried.land.district, get_period(opened, "2018-02")).value == 2
    assert rebuild().differing == []


def test_the_breakdown_adds_up_and_is_told_in_words(
    tried: SimpleNamespace, open_item: Opener, signed_in: SignIn
) -> None:
    for severity in ("ordinary", "ordinary", "grave"):
        item = open_item()
        type(item).objects.filter(pk=item.pk).update(severity=severity)
    open_matter(by=tried.town_office, kind="hubs.construction", place=tried.land.village, title="新建阵地")
    one, district = get_indicator("tiny.tried"), tried.land.district
    year = get_period(one, "2018")
    whole, shares = figure(tried.leader, one, district, year), figure_breakdown(tried.leader, one, district, year)
    assert whole.value == 4
    assert sum(share.figure.value or 0 for share in shares) == whole.value
    assert {share.values: share.figure.value for share in shares}["ordinary", "rectification.item"] == 2
    with pytest.raises(Refusal, match=r"access\.denied"):
        figure_breakdown(tried.stranger, one, district, year)
    sheet = signed_in(tried.leader).get("/figures/rectification.opened/?place=410871&period=2018").content.decode()
    assert "分项" in sheet
    assert "严重程度" in sheet
    found = done(api(tried.leader).get("/api/v1/figures/tiny.tried?place=410871&period=2018"))
    assert sum(int(share["value"]) for share in found["breakdown"]) == 4
    assert "整改" in "".join(share["names"]["kind"] for share in found["breakdown"])
    said = ["figures", "show", "tiny.tried", "--place", "410871", "--period", "2018", "--breakdown", "--json"]
    rows = json.loads(CliRunner().invoke(huoshui, said).output)
    assert [rows[0]["value"], sum(int(row["value"]) for row in rows[1:])] == ["4", 4]
    known = {one["code"]: one for one in done(api(tried.leader).get("/api/v1/figures"))["items"]}["tiny.tried"]
    assert (known["by"], known["month_begins"], known["valid_until"]) == (["severity", "kind"], 21, "2019-01-01")
    assert known["earlier"] == [{"until": "2018-01-01", "definition": "从前只数观摩立的"}]


def test_the_records_of_the_denominator_open_too(cast: SimpleNamespace, open_item: Opener, signed_in: SignIn) -> None:
    resolved, other = close(open_item(), cast.secretary, cast.verifier), open_item()
    type(other).objects.filter(pk=other.pk).update(
        phase="closed", close_reason="not_ours", closed_on=dt.date(2018, 4, 2), due_on=None
    )
    share = get_indicator("rectification.resolved_share")
    year, district = get_period(share, "2018"), cast.land.district
    tops, _hidden = records_behind(cast.leader, share, district, year)
    bottoms, _hidden = records_behind(cast.leader, share, district, year, side="denominator")
    assert ([row.pk for row in tops], {row.pk for row in bottoms}) == ([resolved.pk], {resolved.pk, other.pk})
    sheet = signed_in(cast.leader).get("/figures/rectification.resolved_share/?place=410871&period=2018")
    assert other.number in sheet.content.decode()
    query = "?place=410871&period=2018&side=denominator"
    found = done(api(cast.leader).get(f"/api/v1/figures/rectification.resolved_share/records{query}"))
    assert len(found["items"]) == 2


@pytest.mark.parametrize(
    ("keys", "code", "line"),
    [
        ("by: [opened_on]", "indicator.no_breakdown", 5),
        ("by: [nothing]", "indicator.no_breakdown", 5),
        ("by: [kind, kind]", "pack.code_twice", 5),
        ("month_begins: 29", "pack.value", 5),
        ("valid: {}", "pack.value", 5),
        ("valid: {from: 2018-01-01, until: 2017-01-01}", "pack.value", 5),
        ("valid: {from: soon}", "pack.value", 5),
        (EARLIER % MATTERS.replace("matters", "nothing"), "indicator.view_unknown", 5),
        (EARLIER % f"{MATTERS}}}, denominator: {{{MATTERS}", "pack.value", 1),
    ],
)
def test_what_a_check_refuses(keys: str, code: str, line: int, packs: None, tmp_path: Path) -> None:
    indicator = f"- code: tried\n  {WORDS}\n  {keys}\n  numerator: {{{MATTERS}}}\n"
    found = problems(tmp_path, indicator)
    assert found[0] == (code, line)


def test_a_breakdown_that_would_not_add_up(packs: None, tmp_path: Path) -> None:
    counted = MATTERS.replace("count(*)", "count(distinct place)")
    assert problems(tmp_path, f"- code: tried\n  {WORDS}\n  by: [kind]\n  numerator: {{{counted}}}\n") == [
        ("indicator.breakdown_adds", 5)
    ]


# --- the views --------------------------------------------------------------------


def test_honours_and_funds_are_figures_that_open(cast: SimpleNamespace, signed_in: SignIn) -> None:
    land, by, leader = cast.land, cast.district_office, cast.leader
    given = [
        record_honour(by=by, place=place, name="文明村镇", level="municipal", year=2016 + n)
        for n, place in enumerate((land.village, land.other_village))
    ]
    withdraw_honour(by=by, honour=given[0], reason="复查不合格", withdrawn_on=dt.date(2017, 6, 1))
    told = get_indicator("core.civilised_municipal")
    values = {
        year: figure(leader, told, land.district, get_period(told, year)).value for year in ("2016", "2017", "2018")
    }
    assert values == {"2016": 1, "2017": 1, "2018": 1}
    rows, _hidden = records_behind(leader, told, land.district, get_period(told, "2017"))
    assert rows == [given[1]]
    allocate(
        by=cast.finance, scheme="hubs.hub_award", place=land.district, year=2018, amount="500万",
        day=dt.date(2018, 3, 1), document="示范预字〔2018〕1号", note="",
    )  # fmt: skip
    fund = get_indicator("hubs.award_fund")
    assert figure(leader, fund, land.district, get_period(fund, "2018")).shown == "500"
    page = signed_in(leader).get("/figures/hubs.award_fund/?place=410871&period=2018").content.decode()
    assert "示范预字〔2018〕1号" in page
    assert re.search(r'href="/money/funds/[^"]+/"', page)
    honours = signed_in(leader).get("/figures/core.civilised_municipal/?place=410871&period=2017").content.decode()
    assert "阳庙村 2017 市级文明村镇" in honours
    assert 'href="/places/410871100201/"' in honours


def test_attributes_count_while_they_hold_and_the_place_is_there(cast: SimpleNamespace, tmp_path: Path) -> None:
    indicator = f"""\
- code: households
  {WORDS}
  numerator: {{from: place_attributes, where: attribute = 'households', value: sum(number), since: since, until: until}}
  periods: [month]
"""
    load_pack(by=system_account(), folder=write_pack(tmp_path / "tiny", requires=REQUIRES, indicators=indicator))
    village, by = cast.land.village3, cast.district_office
    with at("2018-01-10"):
        amend_attributes(by=by, place=village, attributes={"households": 100}, since=dt.date(2018, 1, 10))
    amend_attributes(by=by, place=village, attributes={"households": 120}, since=dt.date(2018, 3, 10))
    one = get_indicator("tiny.households")

    def told() -> list[int | None]:
        periods = [get_period(one, f"2018-0{month}") for month in (1, 2, 3, 4, 5)]
        return [figure(cast.leader, one, cast.land.town, period).numerator for period in periods]

    Keeper().keep_up()
    with at("2018-05-31"):
        assert told() == [100, 100, 120, 120, 120]
        # The action refuses while duties rest on the village.
        type(village).objects.filter(pk=village.pk).update(closed_on=dt.date(2018, 5, 1))
        assert told() == [100, 100, 120, 120, None]


def test_every_record_of_a_view_has_a_page() -> None:
    assert {view.model for view in FACT_VIEWS.values()} <= set(TOLD)
