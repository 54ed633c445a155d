"""``huoshui places rename|move|merge|split|undo|history``"""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from huoshui.places.models import Place, PlaceChange
from tests.commands.test_listing import call, read
from tests.places.changing import NEW, OTHER_NEW

pytestmark = pytest.mark.django_db
SINCE = ("--since", "2018-03-01")


def test_a_merge_tried_made_and_undone(cast: SimpleNamespace) -> None:
    village, into = cast.land.village.code, cast.land.village2.code
    tried = call("places", "merge", village, "--into", into, *SINCE, "--dry-run")
    assert tried.exit_code == 0
    assert "寨卜昌村支书" in tried.output
    assert PlaceChange.objects.count() == 0
    assert call("places", "merge", village, "--into", into, *SINCE, "--basis", "区政〔2018〕5号").exit_code == 0
    (row,) = read("places", "history", village)
    assert (row["sources"], row["results"], row["undone"]) == ("寨卜昌村", "苏家作村", False)
    assert call("places", "undo", row["id"], "--reason", "文件撤销").exit_code == 0
    assert Place.objects.get(code=village).closed_on is None


def test_the_other_three(cast: SimpleNamespace) -> None:
    land = cast.land
    assert call("places", "rename", land.village.code, "卜昌新村村民委员会", *SINCE).exit_code == 0
    assert call("places", "move", land.village2.code, land.other_town.code, *SINCE).exit_code == 0
    new = [f"{place.code}={place.name}" for place in (NEW, OTHER_NEW)]
    told = call("places", "split", land.village3.code, "--new", new[0], "--new", new[1],
                "--choice", f"*={NEW.code}", *SINCE, "--json")  # fmt: skip
    assert {item["to"] for item in json.loads(told.stdout)[0]["items"]} == {"和新村"}
    assert Place.objects.get(code=OTHER_NEW.code).opened_on is not None


def test_refusals(cast: SimpleNamespace) -> None:
    village = cast.land.village.code
    assert call("places", "split", village, "--new", "没有等号").exit_code == 2
    assert "access.not_found" in call("places", "move", village, "nowhere").output
    assert "ops.unknown" in call("places", "history", "nowhere").output
    assert call("places", "undo", "01a2179c-724d-733e-8761-14d0e6f139e8", "--reason", "试").exit_code == 1
