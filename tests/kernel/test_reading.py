"""What a request reads once, and that nothing remembered outlives a write."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction

from huoshui.duties.actions import deactivate_account, grant_duty, set_password
from huoshui.duties.first_links import issue_link
from huoshui.duties.sign_in import sign_in
from huoshui.kernel import reading as kernel_reading
from huoshui.kernel.actions import ACTIONS, action, running_action
from huoshui.kernel.reading import KeptForGood, read_once, read_until_changed, reading
from huoshui.matters.actions import open_matter
from huoshui.places.changes.actions import rename_place
from huoshui.places.queries import ancestors, names_apart

asked: list[str] = []


@read_once
def told(name: str) -> str:
    asked.append(name)
    return f"{name} {len(asked)}"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    asked.clear()
    before = dict(ACTIONS)
    yield
    ACTIONS.clear()
    ACTIONS.update(before)


def test_within_a_reading_each_question_is_asked_once() -> None:
    with reading():
        assert (told("a"), told("b"), told("a")) == ("a 1", "b 2", "a 1")
    with reading():
        assert told("a") == "a 3"


def test_outside_it_everything_is_asked_again() -> None:
    assert (told("a"), told("a")) == ("a 1", "a 2")


@pytest.mark.django_db
def test_an_action_reads_afresh_and_what_stood_before_it_is_forgotten() -> None:
    @action("tests.write")
    def write() -> str:
        running_action().changed_nothing()
        return told("a") + told("a")

    with reading():
        assert told("a") == "a 1"
        assert write() == "a 2a 3"
        assert told("a") == "a 4"
        assert told("a") == "a 4"


@read_until_changed
def kept(name: str) -> str:
    asked.append(name)
    return f"{name} {len(asked)}"


@pytest.fixture
def _committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if what a test writes were committed: each runs within one transaction."""
    monkeypatch.setattr(kernel_reading, "_uncommitted", lambda: False)


@pytest.mark.usefixtures("_committed")
def test_reference_data_stays_read_from_request_to_request_until_an_action_changes_some(cast: SimpleNamespace) -> None:
    def asked_in_a_request() -> str:
        with reading():
            return kept("a")

    assert [asked_in_a_request(), asked_in_a_request()] == ["a 1", "a 1"]
    open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="漏雨")
    assert asked_in_a_request() == "a 1"
    grant_duty(by=cast.administrator, account=cast.secretary, role="grid_worker", place=cast.land.village)
    assert [asked_in_a_request(), asked_in_a_request()] == ["a 2", "a 2"]
    assert kept("a") == "a 3"  # outside of a request it is asked as ever


def test_within_a_transaction_nothing_is_kept(cast: SimpleNamespace) -> None:
    for number in (1, 2):
        with reading():
            assert kept("a") == f"a {number}"


def test_what_was_read_in_a_transaction_that_is_rolled_back_is_not_kept(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays in the memory of the request alone, where it was read."""
    with reading():
        with transaction.atomic():
            assert kept("a") == "a 1"
            transaction.set_rollback(True)
        monkeypatch.setattr(kernel_reading, "_uncommitted", lambda: False)
        assert kept("a") == "a 2"
    with reading():
        assert kept("a") == "a 2"


@pytest.mark.usefixtures("_committed")
def test_signing_in_and_the_like_leave_what_is_kept_as_it_is(cast: SimpleNamespace) -> None:
    with reading():
        assert kept("a") == "a 1"
    sign_in(by=cast.secretary, account=cast.secretary, shown=["password"])
    set_password(by=cast.administrator, account=cast.secretary, password="quiet river of words")
    issue_link(by=cast.administrator, account=cast.stranger)
    with reading():
        assert kept("a") == "a 1"
    deactivate_account(by=cast.administrator, account=cast.secretary)
    with reading():
        assert kept("a") == "a 2"


@pytest.mark.usefixtures("_committed")
def test_pages_tell_a_place_by_its_new_name_at_once(cast: SimpleNamespace) -> None:
    village, town = cast.land.village, cast.land.village.parent
    with reading():
        assert names_apart([village]) == {village.pk: village.short_name}
    rename_place(by=cast.district_office, place=town, name="新桥镇")
    with reading():
        assert [place.short_name for place in ancestors(village)][-1] == "新桥镇"


def _lengths(read: list[str], keys: list[str]) -> dict[str, int]:
    read += keys
    return {key: len(key) for key in keys}


@pytest.mark.usefixtures("_committed")
def test_what_never_changes_is_read_once_and_what_was_not_asked_for_longest_goes() -> None:
    lengths, read = KeptForGood[str, int](2), list[str]()
    assert lengths.of(["a", "bb"], lambda keys: _lengths(read, keys)) == {"a": 1, "bb": 2}
    assert lengths.of(["a", "ccc"], lambda keys: _lengths(read, keys)) == {"a": 1, "ccc": 3}
    assert read == ["a", "bb", "ccc"]
    assert lengths.of(["a", "ccc"], lambda keys: _lengths(read, keys)) == {"a": 1, "ccc": 3}
    assert lengths.of(["bb"], lambda keys: _lengths(read, keys)) == {"bb": 2}
    assert read == ["a", "bb", "ccc", "bb"]


@pytest.mark.django_db
def test_nor_does_a_transaction_leave_anything_of_it() -> None:
    lengths, read = KeptForGood[str, int](2), list[str]()
    for _ in range(2):
        with transaction.atomic():
            assert lengths.of(["a"], lambda keys: _lengths(read, keys)) == {"a": 1}
    assert read == ["a", "a"]
