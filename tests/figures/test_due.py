"""A share by deadlines says nothing while none has passed: what is promised for the autumn is not unkept in spring."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.figures.cells.keeping import Keeper
from huoshui.figures.queries import Figure, figure, figure_parts, get_indicator
from huoshui.kernel.periods import period
from huoshui.matters import actions as matters
from huoshui.matters.models import Matter
from huoshui.media.actions import attach_file
from tests.matters.conftest import at
from tests.matters.conftest import photo as picture
from tests.services.conftest import hired

ASKED = "livelihood.promises_on_time"


@pytest.fixture
def bureaus(cast: SimpleNamespace) -> SimpleNamespace:
    district = cast.land.district
    cast.livelihood = hired("livelihood", "livelihood_office", district, "民生办", "民生办主任")
    cast.bureau = hired("bureau", "livelihood_bureau", district, "人社局", "承办人")
    return cast


def promised(cast: SimpleNamespace, until: str, title: str = "建幸福院") -> Matter:
    values = {"promise_kind": "yearly", "target": 3, "target_unit": "所", "planned_end": until}
    return matters.open_matter(
        by=cast.livelihood, kind="livelihood.promise", place=cast.land.district, title=title,
        values=values | {"responsible_person": cast.bureau},
    )  # fmt: skip


def kept(cast: SimpleNamespace, matter: Matter) -> None:
    """The whole way, to the result that is told to the public."""

    def go(by: Any, step: str, **values: Any) -> None:
        matters.advance(by=by, matter=Matter.objects.get(pk=matter.pk), transition=step, values=values)

    go(cast.leader, "approve")
    go(cast.bureau, "start", measures="按月推进")
    matter.refresh_from_db()
    attach_file(
        by=cast.bureau, subject=matter, place=matter.place, slot="after", data=picture(), name="a.jpg", caption=""
    )
    go(cast.bureau, "submit", actual=3, beneficiaries=60, beneficiary_villages="寨卜昌村")
    go(cast.verifier, "verify")
    go(cast.livelihood, "publish", public_result="已建成")


def told(cast: SimpleNamespace, year: str = "2018") -> Figure:
    return figure(cast.leader, get_indicator(ASKED), cast.land.district, period(year))


def test_nothing_is_told_before_the_first_deadline_has_passed(bureaus: SimpleNamespace) -> None:
    promised(bureaus, "2018-06-30")
    promised(bureaus, "2018-12-20", "建文化中心")
    for _kept in range(2):
        one = told(bureaus)
        assert (one.value, one.why_none) == (None, "都还没有到期")
        (own, *_below) = figure_parts(bureaus.leader, get_indicator(ASKED), bureaus.land.district, period("2018"))
        assert own.figure.why_none == "都还没有到期"
        Keeper().keep_up()
    with at("2018-06-30"):
        assert told(bureaus).value is None  # its own day is still its own
    with at("2018-07-01"):
        assert (told(bureaus).value, told(bureaus).fraction) == (0, "0 / 2")
    with at("2019-01-05"):
        assert told(bureaus).value == 0


def test_what_is_kept_before_its_time_is_told(bureaus: SimpleNamespace, photo: bytes) -> None:
    kept(bureaus, promised(bureaus, "2018-06-30"))
    assert (told(bureaus).shown, told(bureaus).fraction) == ("100.0", "1 / 1")
    assert told(bureaus, "2017").why_none == "没有数据"
