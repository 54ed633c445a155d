"""duties.lock_account: what the journal says of an account that was locked out, at /accounts/login/."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from django.test import Client

from huoshui.duties.actions import unlock_account
from huoshui.kernel import clock
from huoshui.kernel.models import Entry
from tests.conftest import NOON


def fail(username: str, times: int) -> list[int]:
    client = Client()
    given = [{"login": username, "password": f"wrong{n}"} for n in range(times)]
    return [client.post("/accounts/login/", one).status_code for one in given]


def locks() -> list[Entry]:
    return list(Entry.objects.filter(action="duties.lock_account").order_by("seq"))


def test_the_lock_is_one_entry_however_often_it_is_tried_again(cast: SimpleNamespace) -> None:
    fail("secretary", 4)
    assert locks() == []
    assert fail("secretary", 4) == [429] * 4
    (entry,) = locks()
    assert entry.actor_label == "系统（system）"
    assert (entry.subject_id, entry.place_id) == (cast.secretary.pk, cast.land.village.pk)
    assert (entry.channel, entry.restricted) == ("web", False)
    assert entry.data == '{"after":{"attempts":5,"minutes":30}}'
    with clock.set_to(NOON + dt.timedelta(minutes=31)):
        fail("secretary", 1)  # the attempts before have prolonged the lock: it holds still
    assert len(locks()) == 2


def test_locked_again_after_it_was_unlocked(cast: SimpleNamespace) -> None:
    for _time in range(2):
        fail("secretary", 5)
        unlock_account(by=cast.administrator, account=cast.secretary)
    about = Entry.objects.filter(subject_id=cast.secretary.pk).order_by("seq").values_list("action", flat=True)
    assert list(about)[-4:] == ["duties.lock_account", "duties.unlock_account"] * 2


def test_another_spelling_of_the_name_has_no_attempts_of_its_own(cast: SimpleNamespace) -> None:
    assert fail("secretary", 2) + fail("Secretary", 2) + fail("SECRETARY", 1) == [200] * 4 + [429]
    assert len(locks()) == 1


def test_a_name_that_is_nobodys_leaves_no_entry(cast: SimpleNamespace) -> None:
    before = Entry.objects.count()
    assert fail("nobody-of-that-name", 5)[-1] == 429
    assert Entry.objects.count() == before
