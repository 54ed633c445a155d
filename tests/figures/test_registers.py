"""Figures counted from the registers of the livelihood pack, beside what was reported of the same."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.queries import system_account
from huoshui.figures.boards.queries import dashboard
from huoshui.figures.cells.keeping import Keeper
from huoshui.figures.queries import Figure, figure, figure_parts, get_indicator, records_behind
from huoshui.figures.reporting.conflicts import open_conflicts
from huoshui.figures.succession import counted_instead
from huoshui.kernel import clock
from huoshui.kernel.periods import period
from huoshui.places.actions import amend_attributes, close_place, open_place, open_site
from huoshui.places.models import Place
from huoshui.publications.checks import check_publication
from tests.figures.conftest import offices
from tests.figures.test_doubts import bring, found

__all__ = ["offices"]

OLD, NOW = dt.date(2012, 9, 1), dt.date(2018, 3, 1)
HEAD = "指标,地点,期间,值\n"


def garden(village: Place, ownership: str, **values: Any) -> Place:
    given = {"ownership": ownership, "licensed": True, **values}
    return open_site(
        by=system_account(), kind="kindergarten", name=f"{village.short_name}幼儿园", parent=village, opened_on=OLD,
        attributes=given,
    )  # fmt: skip


def told(offices: SimpleNamespace, code: str, when: str = "2018", place: Place | None = None) -> Figure:
    asked = get_indicator(f"livelihood.{code}")
    return figure(offices.leader, asked, place or offices.land.district, period(when))


@pytest.fixture
def gardens(offices: SimpleNamespace) -> list[Place]:
    land = offices.land
    return [
        garden(land.village, "public", staff=8, inclusive=True),
        garden(land.village2, "public", staff=7, inclusive=True, demonstration_level="municipal"),
        garden(land.village3, "private", staff=5, inclusive=False),
        garden(land.village3, "private", staff=9, inclusive=False),
    ]


def test_without_a_register_nothing_is_known_and_that_is_no_zero(offices: SimpleNamespace) -> None:
    for code in ("kindergartens", "public_kindergartens", "unlicensed_kindergartens", "activity_centres"):
        assert told(offices, code).value is None


def test_two_conditions_hold_of_one_place_at_once(offices: SimpleNamespace, gardens: list[Place]) -> None:
    for _kept in range(2):
        assert told(offices, "kindergartens").value == 4
        assert told(offices, "public_kindergartens").value == 2
        assert told(offices, "public_kindergarten_staff").value == 15  # not the 29 of all four
        assert told(offices, "model_kindergartens").value == 1
        assert told(offices, "unlicensed_kindergartens").value == 0
        assert told(offices, "covered_kindergartens_share").value == 50
        Keeper().keep_up()
    rows, hidden = records_behind(
        offices.leader, get_indicator("livelihood.public_kindergarten_staff"), offices.land.district, period("2018")
    )
    assert ([row.pk for row in rows], hidden) == (sorted([gardens[0].pk, gardens[1].pk]), 0)


def test_what_became_inclusive_is_a_flow_and_what_is_stays_a_stock(
    offices: SimpleNamespace, gardens: list[Place]
) -> None:
    Keeper().keep_up()
    amend_attributes(by=system_account(), place=gardens[2], attributes={"inclusive": True}, since=dt.date(2017, 9, 1))
    amend_attributes(by=system_account(), place=gardens[3], attributes={"inclusive": True}, since=NOW)
    assert [told(offices, "inclusive_created", year).value for year in ("2016", "2017", "2018")] == [None, 1, 1]
    assert [told(offices, "inclusive_kindergartens", year).value for year in ("2016", "2017", "2018")] == [None, 1, 2]
    assert told(offices, "covered_kindergartens_share", "2017").value == 75


def test_a_change_of_ownership_ends_the_pair_and_so_does_closing(
    offices: SimpleNamespace, gardens: list[Place]
) -> None:
    Keeper().keep_up()
    by = system_account()
    amend_attributes(by=by, place=gardens[0], attributes={"ownership": "private"}, since=dt.date(2018, 1, 15))
    assert [told(offices, "public_kindergarten_staff", year).value for year in ("2017", "2018")] == [15, 7]
    assert told(offices, "inclusive_kindergartens").value == 1  # a private one that was inclusive already
    close_place(by=by, place=gardens[1], closed_on=dt.date(2018, 4, 1))
    assert told(offices, "public_kindergarten_staff").value is None
    assert told(offices, "kindergartens").value == 3


def test_a_share_of_villages_counts_each_village_once_whatever_lies_in_communities(offices: SimpleNamespace) -> None:
    land, by = offices.land, system_account()
    for village in (land.village, land.village, land.village2):
        open_site(by=by, kind="culture_contact_point", name="联络点", parent=village, opened_on=OLD)
    one = told(offices, "contact_point_share")
    assert (one.numerator, one.denominator) == (2, told(offices, "contact_point_share").denominator)
    assert one.value == Fraction(200, one.denominator or 1)
    parts = figure_parts(offices.leader, get_indicator("livelihood.contact_point_share"), land.district, period("2018"))
    assert {part.place: part.figure.numerator for part in parts}[land.town] == 2


def test_what_was_built_in_the_year_is_told_by_its_day_of_opening(offices: SimpleNamespace) -> None:
    land, by = offices.land, system_account()
    for village, kind, day in (
        (land.village, "village_home", dt.date(2017, 10, 1)),
        (land.village2, "village_home", OLD),
        (land.village3, "town_home", dt.date(2017, 11, 1)),
    ):
        attributes = {"home_kind": kind}
        open_site(by=by, kind="elderly_home", name="养老院", parent=village, opened_on=day, attributes=attributes)
    assert [told(offices, code, "2017").value for code in ("village_homes", "town_homes")] == [1, 1]
    assert [told(offices, code, "2018").value for code in ("village_homes", "town_homes")] == [0, 0]
    assert told(offices, "elderly_beds", "2018").value is None  # nobody wrote down how many
    assert told(offices, "startup_parks", "2018").value is None  # nobody keeps that register


def test_a_register_that_the_district_keeps_is_kept_for_all_its_villages(offices: SimpleNamespace) -> None:
    land, by = offices.land, system_account()
    attributes = {"home_kind": "village_home"}
    open_site(by=by, kind="elderly_home", name="幸福院", parent=land.village, opened_on=OLD, attributes=attributes)
    for _kept in range(2):
        asked = [
            told(offices, "village_homes", "2018", place).value for place in (land.district, land.town, land.village)
        ]
        assert asked == [0, 0, 0]
        assert told(offices, "village_homes", "2018", land.other_village).value == 0
        assert told(offices, "elderly_beds", "2018", land.other_village).value is None  # an empty cell is no zero
        assert told(offices, "town_homes", "2018").value == 0
        Keeper().keep_up()
    assert told(offices, "village_homes", "2011").value is None  # there was no register then
    asked_for = get_indicator("livelihood.village_homes")
    parts = {
        part.place: part.figure.value for part in figure_parts(offices.leader, asked_for, land.district, period("2018"))
    }
    assert (parts[land.town], parts[land.other_town]) == (0, 0)


def test_a_register_that_another_county_keeps_says_nothing_of_this_one(offices: SimpleNamespace) -> None:
    land, by = offices.land, system_account()
    county = open_place(by=by, kind="district", name="解放区", code="410802", parent=land.city)
    town = open_place(by=by, kind="town", name="示范镇", code="410802100", parent=county)
    garden(land.village, "public")
    for _kept in range(2):
        assert told(offices, "kindergartens", "2018", land.village3).value == 0
        for code, place in (("kindergartens", town), ("public_kindergartens", county)):
            assert figure(by, get_indicator(f"livelihood.{code}"), place, period("2018")).value is None
        Keeper().keep_up()


def test_a_share_is_zero_where_the_register_is_kept(offices: SimpleNamespace) -> None:
    land, by = offices.land, system_account()
    assert told(offices, "contact_point_share", "2018", land.village2).value is None
    open_site(by=by, kind="culture_contact_point", name="联络点", parent=land.village, opened_on=OLD)
    assert told(offices, "contact_point_share", "2018", land.village2).value == 0


def test_reported_indicators_of_the_same_name_are_told_as_the_counted_ones(offices: SimpleNamespace) -> None:
    instead = counted_instead()
    assert instead["education.public_kindergartens"] == "livelihood.public_kindergartens"
    assert "education.inclusive_share" not in instead
    assert all(get_indicator(old).is_reported and not get_indicator(new).is_reported for old, new in instead.items())


def test_a_report_that_differs_from_the_register_is_a_question_between_sources(
    offices: SimpleNamespace, gardens: list[Place]
) -> None:
    bring(offices, HEAD + "education.public_kindergartens,410871,2018,2\n", "甲")
    assert not found(offices)
    bring(offices, HEAD + "education.public_kindergarten_staff,410871,2018,29\n", "乙")
    (row,) = found(offices).values()
    assert row.rule == "sources"
    said = {one["indicator"]: one["value"] for one in row.members}
    assert said == {"education.public_kindergarten_staff": "29", "livelihood.public_kindergarten_staff": "15"}
    assert open_conflicts(offices.leader, offices.land.district).count() == 1


def test_a_name_in_a_file_means_the_counted_indicator(offices: SimpleNamespace) -> None:
    filing = bring(offices, HEAD + "公办幼儿园数,410871,2018,2\n", "甲")
    assert filing.observations.get().indicator == "livelihood.public_kindergartens"


def test_a_publication_is_held_against_the_count_and_else_against_what_was_reported(
    offices: SimpleNamespace, gardens: list[Place]
) -> None:
    table = "fact,indicator_zh,period,value,unit\nA,公办幼儿园在园教职工,2018,15,人\nB,新建农村幸福院数,2017,3,个\n"
    bring(offices, HEAD + "security.village_homes,410871,2017,3\n", "甲")
    bring(offices, HEAD + "education.public_kindergarten_staff,410871,2018,29\n", "乙")
    outcome = check_publication(
        by=offices.leader, data=table.encode(), name="f.csv", place=offices.land.district, day=clock.today()
    )
    assert [(one.status, one.term) for one in outcome.findings] == [
        ("match", "livelihood.public_kindergarten_staff"),
        ("match", "security.village_homes"),
    ]


def test_a_dashboard_leaves_out_what_is_asked_no_more_until_it_was_reported(offices: SimpleNamespace) -> None:
    def codes() -> set[str]:
        boards = dashboard(offices.leader, offices.land.district, period("2018")).boards
        return {tile.indicator.qualified for board in boards for tile in board.tiles}

    assert "education.model_kindergartens" not in codes()
    assert "livelihood.model_kindergartens" in codes()
    bring(offices, HEAD + "education.model_kindergartens,410871,2017,2\n", "甲")
    assert "education.model_kindergartens" in codes()
