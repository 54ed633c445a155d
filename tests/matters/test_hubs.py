"""Building a hub as a matter: from plan to acceptance by another unit."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.money.actions import order_payment, reverse_line, write_line
from huoshui.matters.queries import LedgerFilter, ledger, ledger_rows
from huoshui.media.actions import attach_file
from tests.matters.conftest import at, photo


@pytest.mark.parametrize("kind", ["hubs.construction", "hubs.upgrade"])
def test_from_plan_to_acceptance(cast: SimpleNamespace, kind: str) -> None:
    with at("2017-03-01"):
        matter = open_matter(
            by=cast.town_office, kind=kind, place=cast.land.village, title="寨卜昌村党群服务中心",
            values={"budget": "120000"},
        )  # fmt: skip
        matter = advance(by=cast.district_office, matter=matter, transition="approve")
        matter = advance(by=cast.secretary, matter=matter, transition="start", values={"planned_end": "2017-08-01"})
    assert str(matter.due_on) == "2017-08-01"
    with at("2017-07-20"):
        after = {"subject": matter, "place": matter.place, "slot": "after", "name": "a.jpg", "caption": ""}
        attach_file(by=cast.secretary, data=photo(), **after)
        values = {"floor_area": "320.5", "cost": "118000.50", "completed_on": "2017-07-18"}
        matter = advance(by=cast.secretary, matter=matter, transition="submit", values=values)
        with pytest.raises(Refusal):
            advance(by=cast.secretary, matter=matter, transition="accept")
        matter = advance(by=cast.verifier, matter=matter, transition="accept")
    assert (matter.state, matter.light()) == ("accepted", "green")
    (row,) = ledger_rows(ledger(cast.leader, LedgerFilter(kind=kind)))
    assert (row.cell("floor_area"), row.cell("cost"), row.cell("evidence")) == ("320.50", "118000.50", 1)
    stored = {value.code: value.number for value in matter.values.filter(number__isnull=False)}
    assert stored == {"budget": 12_000_000, "cost": 11_800_050, "floor_area": 32_050}


def test_a_site_entered_twice_is_one_project(cast: SimpleNamespace) -> None:
    """Never with money on the double: its sums would stand in two places."""
    opening = {"by": cast.town_office, "kind": "hubs.construction", "place": cast.land.village, "title": "新建阵地"}
    kept, double = open_matter(**opening), open_matter(**opening)
    line = write_line(by=cast.town_office, matter=double, type="budget", amount="1万元", day="2018-04-02")
    joining = {"by": cast.district_office, "transition": "mark_duplicate", "values": {"duplicate_of": kept.number}}
    with pytest.raises(Refusal) as refused:
        advance(matter=double, **joining)
    assert refused.value.code == "matter.merge_money"
    reverse_line(by=cast.town_office, line=line, reason="记在另一件")
    double = advance(matter=double, **joining)
    assert (double.state, double.duplicate_of) == ("duplicate", kept)
    with pytest.raises(Refusal, match=r"money\.elsewhere"):
        write_line(by=cast.town_office, matter=double, type="budget", amount="1万元", day="2018-04-02")
    with pytest.raises(Refusal, match=r"money\.elsewhere"):
        order_payment(by=cast.town_office, matter=double, type="paid", amount="1")
    double = advance(by=cast.verifier, matter=double, transition="reopen", note="是两处")
    assert (double.state, double.duplicate_of) == ("building", None)
