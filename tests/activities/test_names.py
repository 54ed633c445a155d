"""Names, where a kind says why: kept by the vault, masked, journalled as digests, and deleted on schedule."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.activities import actions
from huoshui.activities.models import ActivityValue
from huoshui.activities.values import read, shown
from huoshui.duties.queries import system_account
from huoshui.vault.actions import erase_due
from huoshui.vault.models import RecordKey
from tests.activities.staging import TODAY, entry, refusal

NAMES = "张三丰因病请假、李四光外出务工"


def test_names_are_kept_masked_and_go_in_time(cast: SimpleNamespace) -> None:
    held = actions.record_at_once(
        by=cast.secretary, kind="activities.general_meeting", place=cast.land.village, title="支部党员大会",
        held_on=TODAY, headcount=28, outcome="通过年度计划", values={"topic": "年度计划", "due": 30, "absent": NAMES},
    )  # fmt: skip
    kept = read(held)["absent"]
    assert NAMES not in shown(held.definition, "absent", kept)
    assert not ActivityValue.objects.filter(code="absent").exists()
    assert "张三丰" not in entry(held).data
    assert RecordKey.objects.get().delete_on == TODAY + dt.timedelta(days=1095)
    masked = {"absent": kept.masked}
    same = {"by": cast.secretary, "activity": held, "held_on": TODAY, "headcount": 28, "outcome": "通过年度计划"}
    actions.correct(**same, values=masked)  # the mask leaves it
    assert read(held)["absent"] == kept
    assert refusal(actions.correct, **same, values={"absent": "李*****"}) == [("activity.personal_masked", "absent")]
    assert erase_due(by=system_account(), today=TODAY + dt.timedelta(days=1095)) == 1
    assert "absent" not in read(held)


def test_a_plan_keeps_them_until_it_is_over(cast: SimpleNamespace) -> None:
    from tests.activities.staging import theme_day

    planned = theme_day(cast, kind="activities.general_meeting", values={"topic": "x", "absent": NAMES})
    assert RecordKey.objects.get().delete_on is None
    actions.cancel(by=cast.secretary, activity=planned, reason="改期")
    assert RecordKey.objects.get().delete_on == planned.last_day + dt.timedelta(days=1095)
