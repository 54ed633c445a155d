"""The base of every record: ids in order, versions against stale edits, prefixes by byte."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.places.models import Place


def test_ids_sort_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(2000)]
    assert made == sorted(made)
    assert {key.version for key in made} == {7}


def test_a_stale_edit_is_refused_with_both_versions(land: SimpleNamespace) -> None:
    place = land.village
    place.require_version(None)
    place.require_version(place.version)
    with pytest.raises(Refusal) as refused:
        place.require_version(place.version + 1)
    assert refused.value.code == "record.stale"
    assert refused.value.as_dict()["seen_version"] == place.version + 1


def test_each_save_counts_up_and_writes_only_what_is_named(land: SimpleNamespace) -> None:
    place = land.village
    place.short_name, place.name = "新名", "不写"
    place.save_next_version("short_name")
    fresh = Place.objects.get(pk=place.pk)
    assert (fresh.version, fresh.short_name, fresh.name) == (2, "新名", "寨卜昌村村民委员会")


def test_codes_sort_by_byte_on_every_engine(land: SimpleNamespace) -> None:
    paths = list(Place.objects.order_by("path").values_list("path", flat=True))
    assert paths == sorted(paths)
