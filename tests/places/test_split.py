"""places.split"""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.duties.models import Duty
from huoshui.places.actions import open_site
from huoshui.places.changes.planning import plan_change
from huoshui.places.models import Place
from huoshui.places.queries import place_on
from tests.places.changing import DAY, NEW, OTHER_NEW, divided, dividing, matter_at
from tests.places.helpers import refused


def test_each_item_goes_where_it_was_chosen(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    hub = open_site(by=by, kind="hub", name="寨卜昌村党群服务中心", parent=land.village)
    matter = matter_at(cast, land.village)
    duty = Duty.objects.get(account=cast.secretary)
    choices = {f"duty:{duty.pk}": OTHER_NEW.code, f"matter:{matter.pk}": OTHER_NEW.code, "everything": NEW.code}
    change = divided(by, land.village, NEW, OTHER_NEW, **choices)
    first, second = (Place.objects.get(code=new.code) for new in (NEW, OTHER_NEW))
    hub.refresh_from_db()
    matter.refresh_from_db()
    assert (hub.parent, matter.place) == (first, second)
    assert Duty.objects.get(account=cast.secretary, until__isnull=True).place == second
    assert {part.place for part in change.parts.filter(role="result")} == {first, second}
    assert not place_on(Place.objects.get(pk=land.village.pk), DAY).there


def test_what_goes_on_keeps_what_nobody_chose(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    matter = matter_at(cast, land.village)
    divided(by, land.village, land.village, NEW)
    land.village.refresh_from_db()
    matter.refresh_from_db()
    assert (land.village.closed_on, matter.place) == (None, land.village)
    assert Duty.objects.filter(place=land.village, until__isnull=True).count() == 2


def test_refusals(cast: SimpleNamespace) -> None:
    land, by = cast.land, cast.district_office
    matter = matter_at(cast, land.village)
    with refused("place.change_split_shape"):
        divided(by, land.village, NEW)
    with refused("place.code_taken"):
        divided(by, land.village, NEW, NEW, everything=NEW.code)
    undecided = plan_change(by, dividing(land.village, NEW, OTHER_NEW))
    assert {problem.code for problem in undecided.problems} == {"place.change_choice"}
    assert f"choice-matter:{matter.pk}" in {problem.field for problem in undecided.problems}
    with refused("place.change_successor"):
        divided(by, land.village, NEW, OTHER_NEW, everything=land.village3.code)
    # The secretary answers for the matter: where the matter goes alone, nobody could work on it.
    with refused("place.change_owner"):
        divided(by, land.village, NEW, OTHER_NEW, everything=NEW.code, matter=OTHER_NEW.code)
