"""What an inspection opens, and an older ledger that is taken over, for the journal's scenario."""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.matters.old_ledger import import_old_ledger
from tests.matters.safety_site import inspect, safe_site

OLDER = "原编号,地点,事项,登记日期,办结日期,台账类别\nY-1,qy-1,通道堆货,2017-03-01,2017-03-10,现场类\n"


def play_safety(cast: SimpleNamespace) -> None:
    """A hazard is found on a visit; another one was put right the year before."""
    people = safe_site(cast)
    inspect(people.safety, people.factory, "enterprise_check", "exits")
    report = import_old_ledger(by=people.safety, kind="safety.hazard", data=OLDER.encode(), name="2017年隐患台账.csv")
    assert report.written
