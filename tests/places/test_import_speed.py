"""How long an import takes: 10,000 rows in under 20 seconds of processor time, whatever else the machine does."""

from __future__ import annotations

import time

from huoshui.duties.queries import system_account
from huoshui.places.imports import import_places
from huoshui.places.models import Place


def ten_thousand() -> bytes:
    """One district, 40 towns of 249 villages each, children before their parents."""
    rows = ["41,,河南省,province", "4108,41,焦作市,city", "410871,4108,示范区,district"]
    for town in range(410871100, 410871140):
        rows.append(f"{town},410871,第{town}镇,town")
        rows += [f"{town}{n:03d},{town},第{n}村村民委员会,village,35.2,113.{n},2001-01-01,{n}" for n in range(249)]
    return "\n".join(["code,parent,name,kind,latitude,longitude,opened_on,households", *rows[::-1]]).encode()


def test_ten_thousand_rows(packs: None) -> None:
    data, begun = ten_thousand(), time.process_time()
    report = import_places(by=system_account(), data=data, name="places.csv")
    took = time.process_time() - begun
    assert (report.ok, report.created) == (True, 10_003)
    assert Place.objects.count() == 10_003
    assert took < 20
    assert import_places(by=system_account(), data=data, name="places.csv").unchanged == 10_003
