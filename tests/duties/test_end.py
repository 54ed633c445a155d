"""duties.end"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.duties.actions import end_duty, grant_duty
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from tests.places.helpers import last_entry, refused


def holds(account: Account, day: dt.date) -> bool:
    """Whether the account may view places on a day."""
    with clock.set_to(clock.local_moment(day)):
        return allows(Account.objects.get(pk=account.pk), "place.view")


def test_today_still_counts(cast: SimpleNamespace) -> None:
    duty = end_duty(by=cast.administrator, duty=cast.secretary.duties.get())
    assert duty.until == dt.date(2018, 4, 3)
    assert holds(cast.secretary, dt.date(2018, 4, 2))
    assert not holds(cast.secretary, dt.date(2018, 4, 3))
    assert last_entry() == ("duties.end", {"before": {"until": None}, "after": {"until": "2018-04-03"}})


def test_ending_today_takes_effect_at_once(cast: SimpleNamespace) -> None:
    end_duty(by=cast.administrator, duty=cast.secretary.duties.get(), until=clock.today())
    assert not holds(cast.secretary, clock.today())


def test_a_duty_that_has_not_begun_is_withdrawn(cast: SimpleNamespace) -> None:
    begins = dt.date(2018, 5, 1)
    duty = grant_duty(
        by=cast.administrator, account=cast.stranger, role="town_office", place=cast.land.town, since=begins
    )
    assert end_duty(by=cast.administrator, duty=duty).until == begins
    assert not holds(cast.stranger, begins)


def test_refusals(cast: SimpleNamespace) -> None:
    duty = cast.secretary.duties.get()
    with refused("access.denied"):
        end_duty(by=cast.town_office, duty=duty)
    with refused("record.stale"):
        end_duty(by=cast.administrator, duty=duty, seen_version=4)
    with refused("duty.dates"):
        end_duty(by=cast.administrator, duty=duty, until=dt.date(2015, 1, 1))
    end_duty(by=cast.administrator, duty=duty, until=dt.date(2018, 4, 10))
    with refused("duty.ended"):
        end_duty(by=cast.administrator, duty=duty, until=dt.date(2018, 4, 11))
    assert end_duty(by=cast.administrator, duty=duty).until == dt.date(2018, 4, 3)
