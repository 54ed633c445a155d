"""Domain events: reactions run in the transaction of who raised them."""

from __future__ import annotations

from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import Event, MatterMoved, RoundSealed, publish
from huoshui.kernel.ids import new_id
from huoshui.reactions import REACTIONS

HEARD: list[Event] = []


def hear(event: Event) -> None:
    """A reaction."""
    HEARD.append(event)


def refuse(event: Event) -> None:
    """A reaction that fails."""
    raise Refusal("access.not_found")


@pytest.fixture(autouse=True)
def _silence() -> None:
    HEARD.clear()


EVENT = MatterMoved(by=None, matter_id=new_id(), transition="submit")


def test_only_those_who_asked_hear_it(settings: Any) -> None:
    settings.DOMAIN_REACTIONS = "tests.kernel.test_events.LISTENERS"
    publish(EVENT)
    assert HEARD == [EVENT]


def test_a_failing_reaction_is_not_swallowed(settings: Any) -> None:
    settings.DOMAIN_REACTIONS = "tests.kernel.test_events.FAILING"
    with pytest.raises(Refusal):
        publish(EVENT)


def test_every_reaction_named_is_there() -> None:
    from django.utils.module_loading import import_string

    assert all(issubclass(kind, Event) and callable(import_string(dotted)) for kind, dotted in REACTIONS)


LISTENERS = [(MatterMoved, "tests.kernel.test_events.hear"), (RoundSealed, "tests.kernel.test_events.refuse")]
FAILING = [(MatterMoved, "tests.kernel.test_events.hear"), (MatterMoved, "tests.kernel.test_events.refuse")]
