"""Issuing API tokens."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.duties.models import ApiToken
from huoshui.duties.tokens import issue_token, token_in_force
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry


def test_own_token_acts_as_the_account_and_is_kept_as_a_digest_only(cast: SimpleNamespace) -> None:
    row, token = issue_token(by=cast.secretary, account=cast.secretary, name="台账同步", days=30)
    assert token_in_force(token) == row
    assert token not in str(ApiToken.objects.values_list())
    assert not Entry.objects.filter(data__contains=token).exists()


def test_for_another_only_who_manages_accounts(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        issue_token(by=cast.secretary, account=cast.leader, name="x", days=30)
    assert refused.value.code == "access.denied"
    issue_token(by=cast.administrator, account=cast.leader, name="领导驾驶舱", days=30)


@pytest.mark.parametrize("days", [0, 367])
def test_days_out_of_range(cast: SimpleNamespace, days: int) -> None:
    with pytest.raises(Refusal) as refused:
        issue_token(by=cast.secretary, account=cast.secretary, name="x", days=days)
    assert refused.value.code == "token.days"


def test_expires(cast: SimpleNamespace) -> None:
    _, token = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=2)
    with clock.set_to(clock.local_moment(clock.today() + dt.timedelta(days=1))):
        assert token_in_force(token)
    with clock.set_to(clock.local_moment(clock.today() + dt.timedelta(days=2))):
        assert token_in_force(token) is None


def test_of_a_deactivated_account_is_worth_nothing(cast: SimpleNamespace) -> None:
    _, token = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=2)
    cast.secretary.is_active = False
    cast.secretary.save()
    assert token_in_force(token) is None
