"""Figures: counted from what was done, at every level, in the period it was done in; opened down to the records."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoshui.figures.queries import (
    Figure,
    figure,
    figure_parts,
    get_indicator,
    get_period,
    records_behind,
)
from huoshui.figures.schema import Indicator
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period, period
from huoshui.matters.actions import open_matter
from huoshui.matters.models import Matter
from huoshui.matters.money.actions import reverse_line, write_line
from huoshui.media.actions import attach_file
from huoshui.places.models import Place
from huoshui.visits.actions import save_answers, start_visit, submit_visit
from tests.matters.conftest import Opener, at, claim, close

YEAR = period("2018")


def told(cast: SimpleNamespace, code: str, place: Place | None = None, of: Period = YEAR) -> Figure:
    return figure(cast.leader, get_indicator(code), place or cast.land.district, of)


def test_a_flow_counts_in_the_period_it_happened_in(open_item: Opener, cast: SimpleNamespace) -> None:
    with at("2018-03-30"):
        first = claim(open_item(), cast.secretary, deadline="2018-04-10")
    with at("2018-04-10"):
        close(first, cast.secretary, cast.verifier)
        open_item(cast.land.other_village)
    assert told(cast, "rectification.opened").value == 2
    assert told(cast, "rectification.closed").value == 1
    assert told(cast, "rectification.closed", of=period("2018-03")).value == 0
    assert told(cast, "rectification.closed", of=period("2018-04")).value == 1
    assert told(cast, "rectification.opened", cast.land.town).value == 1
    before = told(cast, "rectification.opened", of=period("2017"))
    assert (before.value, before.why_none) == (None, "没有数据")  # the register began in 2018


def test_a_stock_tells_what_was_there_on_the_last_day(open_item: Opener, cast: SimpleNamespace) -> None:
    with at("2018-03-30"):
        first = claim(open_item(), cast.secretary, deadline="2018-04-10")
    with at("2018-04-10"):
        close(first, cast.secretary, cast.verifier)
    with at("2018-04-30"):
        codes = ("2017", "2018-03", "2018-04", "2018-04-09")
        going = {code: told(cast, "rectification.going", of=period(code)).value for code in codes}
    assert going == {"2017": None, "2018-03": 1, "2018-04": 0, "2018-04-09": 1}


def test_a_period_that_has_not_begun_is_told_as_such(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item()
    for code in ("rectification.opened", "rectification.going", "core.villages"):
        ahead = told(cast, code, of=period("2019"))
        assert (ahead.value, ahead.why_none) == (None, "这个期间还没有开始")
        assert figure_parts(cast.leader, get_indicator(code), cast.land.district, period("2019")) == []
    assert told(cast, "rectification.opened", of=period("2018")).value == 1


def test_places_are_counted_as_they_stood(cast: SimpleNamespace) -> None:
    assert told(cast, "core.villages").value == 5
    assert told(cast, "core.villages", cast.land.town).value == 3
    parts = figure_parts(cast.leader, get_indicator("core.villages"), cast.land.district, YEAR)
    assert [(part.place.short_name, part.figure.value) for part in parts if part.place] == [
        ("阳庙镇", 2), ("苏家作乡", 3),
    ]  # fmt: skip


def test_money_is_a_sum_of_lines_less_what_was_reversed(cast: SimpleNamespace) -> None:
    work = open_matter(by=cast.town_office, kind="hubs.construction", place=cast.land.village, title="新建阵地")
    assert told(cast, "hubs.built_cost").shown == ""
    assert told(cast, "hubs.built_cost").why_none == "没有数据"
    write_line(by=cast.district_office, matter=work, type="accepted", amount="60000", day=dt.date(2018, 4, 1))
    line = write_line(by=cast.district_office, matter=work, type="accepted", amount="40000", day=dt.date(2018, 4, 1))
    assert told(cast, "hubs.built_cost").shown == "10.00"
    reverse_line(by=cast.district_office, line=line, reason="记错")
    assert told(cast, "hubs.built_cost").shown == "6.00"


def test_a_share_keeps_its_fraction_at_every_level(open_item: Opener, cast: SimpleNamespace) -> None:
    share = get_indicator("rectification.resolved_share")
    assert told(cast, "rectification.resolved_share").why_none == "分母为零，没有值"
    close(open_item(), cast.secretary, cast.verifier)
    found = told(cast, "rectification.resolved_share")
    assert (found.numerator, found.denominator, found.shown) == (1, 1, "100.0")
    parts = figure_parts(cast.leader, share, cast.land.district, YEAR)
    assert sum(part.figure.numerator or 0 for part in parts) == found.numerator
    assert sum(part.figure.denominator or 0 for part in parts) == found.denominator


@given(made=st.lists(st.sampled_from(["village", "village2", "other_village", "town"]), max_size=5))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_parts_add_up_to_the_whole(open_item: Opener, cast: SimpleNamespace, made: list[str]) -> None:
    before = told(cast, "rectification.opened").value or Fraction(0)
    for name in made:
        open_item(getattr(cast.land, name))
    for place in (cast.land.district, cast.land.town):
        whole = told(cast, "rectification.opened", place)
        parts = figure_parts(cast.leader, get_indicator("rectification.opened"), place, YEAR)
        assert sum(part.figure.value or 0 for part in parts) == whole.value
    assert told(cast, "rectification.opened").value == before + len(made)


def test_records_open_as_far_as_the_reader_sees(open_item: Opener, cast: SimpleNamespace) -> None:
    item = open_item()
    opened = get_indicator("rectification.opened")
    rows, hidden = records_behind(cast.leader, opened, cast.land.district, YEAR)
    assert ([row.pk for row in rows], hidden) == ([item.pk], 0)
    rows, hidden = records_behind(cast.finance, get_indicator("review.reviewed"), cast.land.district, YEAR)
    assert (rows, hidden) == ([], 0)


def test_needs_the_permission_at_the_place(cast: SimpleNamespace) -> None:
    one = get_indicator("core.villages")
    assert figure(cast.secretary, one, cast.land.village, YEAR).value == 1
    for reader, place in ((cast.secretary, cast.land.district), (cast.stranger, cast.land.village)):
        for asked in (figure, figure_parts, records_behind):
            with pytest.raises(Refusal) as refused:
                asked(reader, one, place, YEAR)
            assert refused.value.code == "access.denied"


@pytest.mark.parametrize("code", ["2018W13", "2018-02-30", "二零一八", ""])
def test_a_period_that_is_none_of_the_indicators(code: str, cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        get_period(get_indicator("hubs.built"), code)
    assert refused.value.code == "figure.period"


def test_an_unknown_indicator(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        get_indicator("hubs.nothing")
    assert refused.value.code == "figure.unknown"


def test_halves_go_away_from_zero(cast: SimpleNamespace) -> None:
    one = Indicator.model_validate(
        {
            "code": "x", "name": {"zh": "x", "en": "x"}, "definition": {"zh": "x", "en": "x"},
            "unit": "%", "decimals": 1,
            "numerator": {"from": "matters", "value": "count(*)", "period": "opened_on"},
            "denominator": {"from": "matters", "value": "count(*)", "period": "opened_on"},
        }
    )  # fmt: skip
    assert Figure(one, cast.land.district, YEAR, 1, 2000, 1).shown == "0.1"
    assert Figure(one, cast.land.district, YEAR, 0, 5, 0).shown == "0.0"
    assert Figure(one, cast.land.district, YEAR, 5, 0, 5).shown == ""


def test_a_matter_merged_into_another_counts_once(open_item: Opener, cast: SimpleNamespace) -> None:
    one, other = open_item(), open_item()
    Matter.objects.filter(pk=other.pk).update(duplicate_of=one)
    assert told(cast, "rectification.opened").value == 1


def survey(cast: SimpleNamespace, photo: bytes, place: Place, **answers: bool) -> None:
    """The survey of the three withouts at a village, handed in."""
    sheet = start_visit(by=cast.assessor, place=place, checklist="hubs.three_withouts")
    given = {"site": True, "service_room": True, "recreation_facility": True} | answers
    save_answers(by=cast.assessor, visit=sheet, answers=given)
    attach_file(by=cast.assessor, subject=sheet, place=place, slot="site", data=photo, name="a.jpg")
    submit_visit(by=cast.assessor, visit=sheet)


def test_where_nobody_looked_there_is_no_value_and_no_zero(cast: SimpleNamespace, photo: bytes) -> None:
    first, second = (
        cast.land.village,
        Place.objects.exclude(pk=cast.land.village.pk).filter(kind="village", path__startswith=cast.land.town.path)[0],
    )
    assert told(cast, "hubs.three_withouts").why_none == "没有数据"
    survey(cast, photo, first)
    assert told(cast, "hubs.three_withouts").value == 0
    survey(cast, photo, second, site=False, service_room=False)
    assert told(cast, "hubs.three_withouts").value == 1  # a village, however much it is without
    parts = figure_parts(cast.leader, get_indicator("hubs.three_withouts"), cast.land.town, YEAR)
    assert {part.place: part.figure.value for part in parts if part.figure.value is not None} == {first: 0, second: 1}
    assert told(cast, "hubs.three_withouts", of=period("2018H1")).value == 1
    assert told(cast, "hubs.three_withouts", of=period("2018Q1")).why_none == "没有数据"
