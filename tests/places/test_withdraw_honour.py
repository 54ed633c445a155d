"""places.withdraw_honour"""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.places.honours import record_honour, withdraw_honour
from tests.places.helpers import last_entry, refused


def test_withdraws_once_with_a_reason(cast: SimpleNamespace) -> None:
    by = cast.district_office
    honour = record_honour(by=by, place=cast.land.village, name="美好乡村", level="district", year=2016)
    with refused("value.required"):
        withdraw_honour(by=by, honour=honour, reason=" ")
    with refused("access.denied"):
        withdraw_honour(by=cast.village_lead, honour=honour, reason="复查未通过")
    with refused("record.stale"):
        withdraw_honour(by=by, honour=honour, reason="复查未通过", seen_version=5)
    withdraw_honour(by=by, honour=honour, reason="复查未通过")
    action, data = last_entry()
    assert action == "places.withdraw_honour"
    assert data == {"after": {"withdrawn_on": "2018-04-02"}, "note": "复查未通过"}
    with refused("honour.withdrawn"):
        withdraw_honour(by=by, honour=honour, reason="复查未通过")
