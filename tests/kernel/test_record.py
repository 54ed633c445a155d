"""Writing an entry: what it holds."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from huoshui.kernel import clock
from huoshui.kernel.context import channel
from huoshui.kernel.ids import new_id
from huoshui.kernel.journal import history_of, record, snapshot
from huoshui.kernel.models import Entry
from tests.conftest import NOON
from tests.kernel.writing import PLACE, SOMEBODY, Somebody, note

pytestmark = pytest.mark.django_db


def test_it_says_who_what_where_when_and_by_which_channel() -> None:
    with channel("field"):
        seq = note(after={"kind": "village"}, note="现场").seq
    entry = Entry.objects.get(seq=seq)
    assert (entry.at, entry.actor_id, entry.actor_label) == (NOON, SOMEBODY.pk, SOMEBODY.label)
    assert (entry.action, entry.channel, entry.restricted) == ("tests.note", "field", False)
    assert (entry.subject_kind, entry.subject_id, entry.subject_label) == ("places.place", PLACE.pk, "寨卜昌村")
    assert (entry.place_id, entry.place_path) == (PLACE.pk, PLACE.path)
    assert json.loads(entry.data) == {"after": {"kind": "village"}, "note": "现场"}


def test_only_what_differs_is_kept() -> None:
    entry = note(before={"a": 1, "b": 2, "gone": 3}, after={"a": 1, "b": 5, "new": 4})
    assert json.loads(entry.data) == {"before": {"b": 2, "gone": 3}, "after": {"b": 5, "new": 4}}


def test_dates_ids_and_decimals_have_one_text() -> None:
    key = new_id()
    values = {"day": dt.date(2018, 4, 2), "at": clock.now(), "id": key, "sum": Decimal("1.50"), "set": {"b", "a"}}
    assert json.loads(note(after=values).data)["after"] == {
        "day": "2018-04-02",
        "at": "2018-04-02T04:00:00.000000+00:00",
        "id": str(key),
        "sum": "1.50",
        "set": ["a", "b"],
    }


def test_a_float_is_refused_wherever_it_hides() -> None:
    for value in ({"score": 9.5}, {"list": [1, {"deep": 0.1}]}):
        with pytest.raises(TypeError, match="float"):
            note(after=value)
    assert not Entry.objects.exists()


def test_long_labels_are_cut_to_their_column() -> None:
    entry = note(by=Somebody("长" * 500))
    assert entry.actor_label == "长" * 120


def test_outside_an_action_nothing_is_written() -> None:
    with pytest.raises(RuntimeError, match="no action is running"):
        record(by=SOMEBODY, subject=PLACE)
    assert not Entry.objects.exists()


def test_snapshot_and_history() -> None:
    assert snapshot(PLACE, "code", "short_name") == {"code": "410871203201", "short_name": "寨卜昌村"}
    first, second = note(), note()
    assert list(history_of([("places.place", PLACE.pk)])) == [second, first]
    assert not history_of([]).exists()
