"""Reminders and supervision, each exactly once."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, climb_ladder, run_ladder, tick, timer
from huoshui.matters.models import LadderMark, Matter
from huoshui.notices.models import Notice
from huoshui.notices.queries import unread_for
from huoshui.web.entries import moments
from tests.matters.conftest import Opener, at, claim, close, submit


def rungs_fired() -> list[int]:
    return sorted(LadderMark.objects.values_list("rung", flat=True))


def test_each_rung_fires_once_however_often_the_timer_runs(item: Matter, cast: SimpleNamespace) -> None:
    for day, fired in (("2018-04-20", []), ("2018-04-21", [0]), ("2018-04-24", [0]), ("2018-04-25", [0, 1])):
        with at(day):
            tick()
            tick()
        assert rungs_fired() == fired
    overdue = [notice for notice in unread_for(cast.secretary) if notice.code == "matter.overdue"]
    assert "已逾期 1 天" in overdue[0].text
    assert len(overdue) == 1
    assert unread_for(cast.town_office).count() == 1
    assert unread_for(cast.other_town_office).count() == 0
    assert Entry.objects.filter(action="matters.climb_ladder").count() == 2


def test_supervision_after_five_working_days(item: Matter, cast: SimpleNamespace) -> None:
    with at("2018-05-02"):  # after 24 April: 25, 26, 27, 28 April (worked for Labour Day), 2 May
        assert run_ladder() == 1
        item.refresh_from_db()
        assert item.supervised_on == clock.today()
        assert any("督办" in notice.text for notice in unread_for(cast.district_office))
    with at("2018-06-02"):
        assert run_ladder() == 0


def test_after_a_standstill_old_reminders_are_left_out(item: Matter) -> None:
    with at("2018-05-20"):
        assert run_ladder() == 1
    assert rungs_fired() == [1, 2]
    item.refresh_from_db()
    assert item.next_rung_on is None


def test_a_new_deadline_climbs_anew(item: Matter, cast: SimpleNamespace) -> None:
    with at("2018-04-21"):
        run_ladder()
        claim(item, cast.secretary, deadline="2018-04-23")
        run_ladder()
    assert rungs_fired() == [0, 0]


def test_a_submission_left_lying_reminds_the_verifier_alone(item: Matter, cast: SimpleNamespace) -> None:
    submit(item, cast.secretary)
    with at("2018-04-30"):
        assert run_ladder() == 1
    assert Notice.objects.filter(code="matter.overdue").values_list("account__username", flat=True).count() == 2
    assert {notice.account for notice in Notice.objects.filter(code="matter.overdue")} == {cast.verifier, cast.both}


def test_closed_matters_rest(open_item: Opener, cast: SimpleNamespace) -> None:
    close(open_item(), cast.secretary, cast.verifier)
    done = open_item(cast.land.village2)
    advance(by=cast.town_office, matter=done, transition="decline", values={"where_else": "住建"}, note="转")
    with at("2019-01-02"):
        assert tick() == {"recomputed": 0, "climbed": 0, "reminded": 0}


def test_only_the_timer_climbs(item: Matter, cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        climb_ladder(by=cast.district_office, matter=item, today=clock.today())
    assert refused.value.code == "access.denied"


def test_an_exception_before_the_commit_undoes_the_rung_and_its_notices(
    item: Matter, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(**_given: object) -> None:
        raise OSError("power cut")

    with at("2018-04-25"):
        monkeypatch.setattr(timer.journal, "record", failing)
        with pytest.raises(OSError, match="power cut"):
            run_ladder()
        monkeypatch.undo()
        assert rungs_fired() == []
        assert not Notice.objects.filter(code="matter.overdue").exists()
        assert run_ladder() == 1
        assert run_ladder() == 0
    assert Notice.objects.filter(code="matter.overdue", account=cast.secretary).count() == 1


def test_the_entry_says_who_was_told(item: Matter, cast: SimpleNamespace) -> None:
    with at("2018-04-25"):
        run_ladder()
    entry = Entry.objects.get(action="matters.climb_ladder")
    told = json.loads(entry.data)["after"]["told"]
    assert sorted(told) == sorted(
        Notice.objects.filter(code="matter.overdue").values_list("account__username", flat=True)
    )
    (moment,) = moments([entry], beside=item.pk, reader=cast.leader)
    (change,) = [change for change in moment["changes"] if change["name"] == "told"]
    assert (change["label"], cast.secretary.title in change["after"]) == ("已提醒", True)
