"""Sent twice counts once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from huoshui.kernel import clock, idempotency
from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.kernel.models import IdempotencyKey

pytestmark = pytest.mark.django_db
ACTOR = new_id()


class Writer:
    """Counts how often it wrote."""

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.times, self.answer = 0, answer

    def __call__(self) -> dict[str, Any]:
        self.times += 1
        return {"number": self.times} if self.answer is None else self.answer


def once(write: Any, key: str = "k1", actor: Any = ACTOR, **request: Any) -> dict[str, Any]:
    return idempotency.once(actor_id=actor, key=key, request=request, write=write)


def test_the_first_answer_is_given_again() -> None:
    write = Writer()
    assert once(write, text="一") == once(write, text="一") == {"number": 1}
    assert write.times == 1


def test_an_empty_answer_is_an_answer() -> None:
    write = Writer({})
    assert once(write) == once(write) == {}
    assert write.times == 1


def test_without_a_key_each_counts() -> None:
    write = Writer()
    once(write, key="")
    assert once(write, key="") == {"number": 2}


def test_keys_are_those_of_one_actor() -> None:
    write = Writer()
    once(write)
    assert once(write, actor=new_id()) == {"number": 2}


def test_a_key_reused_for_something_else_is_refused() -> None:
    write = Writer()
    once(write, text="一")
    with pytest.raises(Refusal, match=r"idempotency\.reused"):
        once(write, text="二")
    assert write.times == 1


def test_a_refused_write_may_be_sent_again() -> None:
    def refuse() -> dict[str, Any]:
        raise Refusal("access.not_found")

    with pytest.raises(Refusal):
        once(refuse)
    assert once(Writer()) == {"number": 1}


def test_of_two_at_once_the_later_gets_the_answer_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other commits between this one's look and its write, as on PostgreSQL."""
    known = idempotency._kept_answer
    looks: list[int] = []

    def too_early(*args: Any) -> dict[str, Any] | None:
        looks.append(1)
        return None if len(looks) == 2 else known(*args)

    monkeypatch.setattr(idempotency, "_kept_answer", too_early)
    write = Writer()
    once(write)
    assert once(write) == {"number": 1}
    assert IdempotencyKey.objects.count() == 1


def test_keys_are_forgotten_after_more_than_a_year() -> None:
    once(Writer())
    assert idempotency.forget_old() == 0
    with clock.set_to(clock.now() + dt.timedelta(days=401)):
        assert idempotency.forget_old() == 1
