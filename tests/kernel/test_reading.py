"""What a request reads once, and that nothing remembered outlives a write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from huoshui.kernel.actions import ACTIONS, action, running_action
from huoshui.kernel.reading import read_once, reading

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
