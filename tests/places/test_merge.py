"""places.merge"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Duty
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.models import Matter
from huoshui.packs.actions import load_pack
from huoshui.places.actions import close_place, open_place, open_site
from huoshui.places.changes.actions import perform
from huoshui.places.changes.operations import MERGE, NewPlace, Operation
from huoshui.places.changes.planning import plan_change
from huoshui.places.models import Place, PlaceChange
from huoshui.places.queries import line_on, place_on
from tests.matters.conftest import close
from tests.places.changing import DAY, NEW, matter_at, merged, merging
from tests.places.helpers import refused
from tests.visits.staging import Stage, write_pack

BEFORE = DAY - dt.timedelta(days=1)


def refusals(by: object, operation: Operation) -> set[str]:
    return {problem.code for problem in plan_change(by, operation).problems}  # type: ignore[arg-type]


def test_into_a_place_that_is_there(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    hub = open_site(by=by, kind="hub", name="寨卜昌村党群服务中心", parent=land.village)
    running, ended = matter_at(cast, land.village), close(matter_at(cast, land.village), cast.secretary, cast.verifier)
    change = merged(by, [land.village], land.village2, basis="区政〔2018〕5号")
    hub.refresh_from_db()
    land.village.refresh_from_db()
    assert (hub.parent, hub.path) == (land.village2, f"{land.village2.path}{hub.code}/")
    assert land.village.closed_on == DAY
    running.refresh_from_db()
    ended.refresh_from_db()
    assert (running.place, ended.place) == (land.village2, land.village)
    # The secretary's unit had a namesake at the successor, and went into it.
    assert running.unit is not None
    assert (running.unit.place, running.owner) == (land.village2, cast.secretary)
    old, new = Duty.objects.filter(account=cast.secretary).order_by("since")
    assert (old.place, old.until, new.place, new.since, new.until) == (land.village, DAY, land.village2, DAY, None)
    assert place_on(hub, BEFORE).parent == land.village
    assert place_on(land.village, BEFORE).there
    assert not place_on(land.village, DAY).there
    assert [part.name for part in change.parts.filter(role="result")] == ["苏家作村"]


def test_into_a_new_place(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    merged(by, [land.village, land.village2], NEW)
    new = Place.objects.get(code=NEW.code)
    assert (new.short_name, new.kind, new.parent, new.opened_on) == ("和新村", "village", land.town, DAY)
    assert {duty.account for duty in Duty.objects.filter(place=new)} == {
        cast.secretary, cast.secretary2, cast.village_lead,
    }  # fmt: skip
    assert [then.short_name for then in line_on(new, DAY)][-2:] == ["苏家作乡", "和新村"]
    assert not place_on(new, BEFORE).there


def test_towns_with_all_their_villages(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    matter = matter_at(cast, land.other_village)
    merged(by, [land.other_town], land.town)
    land.other_village.refresh_from_db()
    assert land.other_village.path.startswith(land.town.path)
    matter.refresh_from_db()
    assert matter.place == land.other_village
    assert Matter.objects.visible_to(cast.town_office).filter(pk=matter.pk).exists()


def test_a_duty_held_at_both_is_one(cast: SimpleNamespace) -> None:
    land = cast.land
    grant_duty(by=system_account(), account=cast.secretary, role="village_secretary", place=land.village2)
    merged(cast.district_office, [land.village], land.village2)
    held = Duty.objects.filter(account=cast.secretary, place=land.village2).order_by("since")
    # From the day of the merge until the duty begins that was there already: none twice, no day without.
    today = dt.date(2018, 4, 2)
    assert {(duty.since, duty.until) for duty in held} == {(DAY, today), (today, None)}


def test_what_stands_against_it(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    into = land.village2
    assert refusals(cast.town_office, merging([land.village], into)) == {"access.denied"}
    assert refusals(by, merging([land.village], into, dt.date(2018, 4, 3))) == {"place.change_future"}
    assert refusals(by, merging([land.village], into, basis="文" * 201)) == {"value.too_long"}
    assert refusals(by, merging([], into)) == {"place.change_sources"}
    assert refusals(by, merging([land.village, land.village], into)) == {"place.change_sources"}
    assert refusals(by, merging([into], into)) == {"place.change_merge_shape"}
    assert refusals(by, merging([land.village], NEW)) == {"place.change_merge_shape"}
    assert "place.change_descendant" in refusals(by, merging([land.town], land.village))
    assert "place.change_descendant" in refusals(by, merging([land.town, land.village], land.other_town))
    assert refusals(by, merging([land.village, into], NewPlace("12", "和新村"))) == {"place.code"}
    assert refusals(by, merging([land.village, into], NewPlace(into.code, "和新村"))) == {"place.code_taken"}
    assert refusals(by, merging([land.village, into], NewPlace(NEW.code, " "))) == {"value.required"}
    young = open_place(
        by=by, kind="village", code="410871203209", name="新村", parent=land.town, opened_on=dt.date(2018, 3, 20)
    )
    assert refusals(by, merging([land.village], young)) == {"place.change_before_opening"}
    assert "place.change_before_opening" in refusals(by, merging([young], into))
    young = close_place(by=by, place=young)
    assert "place.closed" in refusals(by, merging([land.village], young, dt.date(2018, 4, 1)))


def test_a_village_is_no_town(cast: SimpleNamespace) -> None:
    found = refusals(cast.district_office, merging([cast.land.town], cast.land.other_village))
    assert {"place.parent", "duty.place_kind"} <= found


def test_while_a_round_runs(cast: SimpleNamespace, tmp_path: Path) -> None:
    load_pack(by=system_account(), folder=write_pack(tmp_path))
    Stage(cast).planned()
    land, by = cast.land, cast.district_office
    assert refusals(by, merging([land.village], land.village2)) == {"place.change_round"}
    assert "place.change_round" in refusals(by, merging([land.town], land.other_town))


def test_the_preview_is_what_is_done(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    operation = merging([land.village], land.village2)
    plan = plan_change(by, operation)
    assert {(row.label, row.count) for row in plan.counts} == {("单位", 2), ("职责", 2)}
    matter_at(cast, land.village)
    with refused("place.change_moved"):
        perform(by=by, operation=operation, agreed=plan.digest)
    assert perform(by=by, operation=operation, agreed=plan_change(by, operation).digest).kind == MERGE


def test_two_on_one_day(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    merged(by, [land.village], land.village2)
    # Another one into the same village on that day contradicts nothing; the village's own end on that day would.
    merged(by, [land.village3], land.village2)
    assert refusals(by, merging([land.village2], land.other_village)) == {"place.change_conflict"}
    assert PlaceChange.objects.count() == 2
    with pytest.raises(Refusal):
        merged(by, [land.village], land.village3)
