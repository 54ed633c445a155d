"""How a bulletin of our own making is understood: it was written before it was first tried, in other words than the
names of the indicators. What is sure must be right; most of it must be sure."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from types import SimpleNamespace

from huoshui.places.models import Place
from huoshui.publications.attribution import Attributed, Told, attribute
from huoshui.publications.blocks import paragraphs
from huoshui.publications.matching import SURE, Matcher
from huoshui.publications.terms import TermKind, register_terms
from huoshui.publications.wheres import Gazetteer

HERE = Path(__file__).parent
LEAST_RIGHT = 34


def understood(text: str, district: Place) -> list[tuple[str, Attributed]]:
    told = Told(paragraphs(text), Gazetteer(district, Place.objects.all()), dt.date(2018, 4, 2))
    return [(told.blocks[one.block].text, one) for one in attribute(told, Matcher(register_terms()))]


def test_what_is_sure_is_right(cast: SimpleNamespace) -> None:
    found = understood((HERE / "own_bulletin.txt").read_text(encoding="utf-8"), cast.land.district)
    with (HERE / "own_bulletin_numbers.csv").open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    right, wrong = 0, []
    for label in labels:
        (one,) = [
            one
            for text, one in found
            if one.mention.text == label["printed"] and text[: one.mention.start].endswith(label["before"])
        ]
        best = one.matches[0] if one.matches else None
        if best and best.score >= SURE:
            right += best.term.code == label["term"]
            if best.term.code != label["term"]:
                wrong.append((label["printed"], best.term.code))
    assert wrong == []
    assert right >= LEAST_RIGHT
    assert len(found) == len(labels)


def test_place_and_period_of_each_number(cast: SimpleNamespace) -> None:
    text = """\
本报讯 去年，苏家作乡新修道路12条，其中寨卜昌村3条；阳庙镇新修8条。全区上半年共培训40人。
截至目前，该区有合作社60家。

本报讯 阳庙镇今年计划栽树500棵。该镇3月栽了200棵。从2015年的30棵增长到2017年的90棵。
"""
    said = [
        (one.mention.text, one.place.short_name if one.place else "", one.when.code, one.planned)
        for _text, one in understood(text, cast.land.district)
    ]
    district = cast.land.district.short_name
    assert said == [
        ("12条", "苏家作乡", "2017", False),
        ("3条", "寨卜昌村", "2017", False),
        ("8条", "阳庙镇", "2017", False),
        ("40人", district, "2018H1", False),
        ("60家", district, "2018-04-02", False),
        ("500棵", "阳庙镇", "2018", True),
        ("200棵", "阳庙镇", "2018-03", False),
        ("30棵", "阳庙镇", "2015", False),
        ("90棵", "阳庙镇", "2017", False),
    ]


def test_numbers_that_are_numbered(cast: SimpleNamespace) -> None:
    text = "去年，城市低保、农村低保人均月补差分别在250元、142元以上。"
    terms = [
        (one.mention.text, one.mention.bound, one.matches[0].term.code)
        for _text, one in understood(text, cast.land.district)
    ]
    assert [(text, bound) for text, bound, _term in terms] == [("250元", ">="), ("142元以上", ">=")]
    assert [term for _text, _bound, term in terms] == ["security.urban_allowance", "security.rural_allowance"]


def test_a_standard_that_two_checklists_ask_alike_is_one(cast: SimpleNamespace) -> None:
    standards = [term.name for term in register_terms() if term.kind == TermKind.STANDARD]
    assert [standards.count(name) for name in ("文化广场面积", "村部建筑面积", "阵地功能室种类")] == [1, 1, 1]
    (_text, one) = understood("宁安镇各村阵地功能室种类不少于6种，文化广场面积1500平方米以上。", cast.land.district)[0]
    assert (one.matches[0].term.code, one.matches[0].term.least) == ("hubs.acceptance/function_room_kinds", 6)
