"""places.move"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.duties.models import Duty
from huoshui.places.actions import open_site
from huoshui.places.changes.operations import MOVE, Operation
from huoshui.places.changes.planning import plan_change
from huoshui.places.queries import line_on
from tests.places.changing import DAY, matter_at, moved
from tests.places.helpers import last_entry, refused


def test_everything_below_goes_along(cast: SimpleNamespace) -> None:
    land = cast.land
    hub = open_site(by=cast.district_office, kind="hub", name="寨卜昌村党群服务中心", parent=land.village)
    matter = matter_at(cast, land.village)
    moved(cast.district_office, land.village, land.other_town)
    hub.refresh_from_db()
    assert hub.path == f"{land.other_town.path}{land.village.code}/{hub.code}/"
    assert type(matter).objects.visible_to(cast.other_town_office).filter(pk=matter.pk).exists()
    assert not type(matter).objects.visible_to(cast.town_office).filter(pk=matter.pk).exists()
    before = [then.short_name for then in line_on(hub, DAY - dt.timedelta(days=1))]
    assert before[-3:] == ["苏家作乡", "寨卜昌村", "寨卜昌村党群服务中心"]
    assert [then.short_name for then in line_on(hub, DAY)][-3] == "阳庙镇"
    action, data = last_entry()
    assert (action, data["after"]) == ("places.move", {"parent": land.other_town.code})


def test_refusals(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office

    def codes(place: object, parent: object) -> set[str]:
        operation = Operation(MOVE, DAY, [place], parent=parent)  # type: ignore[list-item,arg-type]
        return {problem.code for problem in plan_change(by, operation).problems}

    assert codes(land.village, None) == {"value.required"}
    assert codes(land.village, land.town) == {"place.change_same_parent"}
    assert codes(land.village, land.village2) == {"place.parent"}
    assert codes(land.town, land.village) == {"place.change_descendant"}
    moved(by, land.village, land.other_town)
    land.village.refresh_from_db()
    with refused("place.change_conflict"):
        moved(by, land.village, land.town)
    with refused("access.denied"):
        moved(cast.other_town_office, land.village, land.town, dt.date(2018, 3, 2))


def test_the_preview_counts_what_goes_along(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    open_site(by=by, kind="hub", name="寨卜昌村党群服务中心", parent=land.village)
    matter_at(cast, land.village)
    operation = Operation(MOVE, DAY, [land.village], parent=land.other_town)
    along = {row.label: row.count for row in plan_change(by, operation).along}
    held = Duty.objects.filter(place=land.village).count()
    assert along == {
        "下级地点": 0, "阵地与场所": 1, "单位": 2, "在任的职责": held, "未销号事项": 1, "考核过的轮次": 0,
        "计划的活动": 0, "服务事项办理点": 0,
    }  # fmt: skip
    assert plan_change(cast.other_town_office, operation).along == []
