"""What every action has: one transaction, and an entry or a loud failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from huoshui.kernel.actions import ACTIONS, action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry, IdempotencyKey
from tests.kernel.writing import SOMEBODY, note

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_registry() -> Iterator[None]:
    before = dict(ACTIONS)
    yield
    ACTIONS.clear()
    ACTIONS.update(before)


def keep_something() -> None:
    IdempotencyKey.objects.create(actor_id=SOMEBODY.pk, key="k", digest="", answer={})


def test_without_an_entry_it_fails_and_nothing_stays() -> None:
    @action("tests.silent")
    def silent() -> None:
        keep_something()

    with pytest.raises(RuntimeError, match=r"tests\.silent wrote no journal entry"):
        silent()
    assert not IdempotencyKey.objects.exists()


def test_changing_nothing_must_be_declared() -> None:
    @action("tests.idle")
    def idle() -> str:
        running_action().changed_nothing()
        return "as it was"

    assert idle() == "as it was"
    assert not Entry.objects.exists()


def test_a_refusal_writes_nothing() -> None:
    @action("tests.refusing")
    def refusing() -> None:
        note()
        keep_something()
        raise Refusal("access.not_found")

    with pytest.raises(Refusal):
        refusing()
    assert not Entry.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_an_inner_action_writes_under_its_own_name_and_shares_the_fate_of_the_outer() -> None:
    @action("tests.outer")
    def outer(*, fail: bool) -> None:
        note()
        assert running_action().name == "tests.outer"
        if fail:
            raise Refusal("access.not_found")
        running_action().changed_nothing()

    with pytest.raises(Refusal):
        outer(fail=True)
    assert not Entry.objects.exists()
    outer(fail=False)
    assert list(Entry.objects.values_list("action", flat=True)) == ["tests.note"]


def test_the_entry_of_an_inner_action_is_not_that_of_the_outer() -> None:
    @action("tests.leaning")
    def leaning() -> None:
        note()

    with pytest.raises(RuntimeError, match="wrote no journal entry"):
        leaning()


def test_arguments_are_named() -> None:
    @action("tests.named")
    def named(*, value: Any) -> None:
        running_action().changed_nothing()

    with pytest.raises(TypeError):
        named(1)


def test_a_name_is_declared_once() -> None:
    action("tests.once")(lambda: None)
    with pytest.raises(RuntimeError, match="declared twice"):
        action("tests.once")(lambda: None)


def test_outside_none_is_running() -> None:
    with pytest.raises(RuntimeError):
        running_action()
