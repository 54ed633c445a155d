"""Asking for more time, before the deadline."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, ask_extension, decide_extension
from huoshui.matters.models import Extension, Matter
from huoshui.matters.queries import waiting_for
from huoshui.notices.queries import unread_for
from tests.matters.conftest import Opener, at, claim, submit

UNTIL = dt.date(2018, 5, 4)
REASON = "雨天多，材料晚到"


def code_of(**options: Any) -> str:
    with pytest.raises(Refusal) as refused:
        ask_extension(**({"until": UNTIL, "reason": REASON} | options))
    return refused.value.problems[0].code


def waiting(actor: Any) -> dict[str, int]:
    return {group.code: group.count for group in waiting_for(actor)}


def test_the_clock_runs_on_while_it_waits(item: Matter, cast: SimpleNamespace) -> None:
    matter = claim(item, cast.secretary)
    ask_extension(by=cast.secretary, matter=matter, until=UNTIL, reason=REASON)
    matter.refresh_from_db()
    assert (matter.due_on, matter.extension_until) == (dt.date(2018, 4, 20), UNTIL)
    with at("2018-04-21"):
        assert matter.light() == "red"
    assert REASON in unread_for(cast.town_office).get(code="matter.extension_asked").text
    assert waiting(cast.town_office)["extend"] == waiting(cast.district_office)["extend"] == 1
    assert "extend" not in waiting(cast.secretary) | waiting(cast.verifier)


def test_after_expiry_it_is_refused(item: Matter, cast: SimpleNamespace) -> None:
    matter = claim(item, cast.secretary)  # its own deadline is 20 April, the limit 24 April
    with at("2018-04-21"):
        assert code_of(by=cast.secretary, matter=matter) == "matter.extension_expired"
    with at("2018-04-20"):
        assert ask_extension(by=cast.secretary, matter=matter, until=UNTIL, reason=REASON).due_on == matter.due_on


def test_who_may_ask_and_what_for(item: Matter, open_item: Opener, cast: SimpleNamespace) -> None:
    assert code_of(by=cast.town_office, matter=item) == "matter.extension_asker"
    assert code_of(by=cast.secretary, matter=item, reason=" ") == "value.required"
    assert code_of(by=cast.secretary, matter=item, until=None) == "value.required"
    for day in (item.limit_on, dt.date(2018, 5, 12)):  # no later; further than ten working days
        assert code_of(by=cast.secretary, matter=item, until=day) == "matter.extension_day"
    assert code_of(by=cast.secretary, matter=item, seen_version=9) == "record.stale"
    ask_extension(by=cast.secretary, matter=item, until=UNTIL, reason=REASON)
    assert code_of(by=cast.secretary, matter=item) == "matter.extension_pending"
    assert code_of(by=cast.secretary, matter=submit(open_item(), cast.secretary)) == "matter.extension_none"


def test_a_run_is_extended_as_often_as_the_pack_allows(item: Matter, cast: SimpleNamespace) -> None:
    ask_extension(by=cast.secretary, matter=item, until=UNTIL, reason=REASON)
    matter = decide_extension(by=cast.town_office, matter=item, granted=True)
    assert code_of(by=cast.secretary, matter=matter, until=dt.date(2018, 5, 10)) == "matter.extension_times"


def test_it_lapses_when_the_clock_stops(item: Matter, cast: SimpleNamespace) -> None:
    matter = claim(item, cast.secretary)
    ask_extension(by=cast.secretary, matter=matter, until=UNTIL, reason=REASON)
    matter = submit(matter, cast.secretary)
    assert (matter.extension_until, matter.extensions.get().outcome) == (None, Extension.Outcome.LAPSED)
    assert "extend" not in waiting(cast.town_office)
    matter = advance(by=cast.verifier, matter=matter, transition="return", note="不够")
    assert ask_extension(by=cast.secretary, matter=matter, until=UNTIL, reason=REASON).outcome == ""
