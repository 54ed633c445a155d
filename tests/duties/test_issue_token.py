"""Issuing API tokens."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.models import ApiToken
from huoshui.duties.scopes import covers, everything
from huoshui.duties.tokens import issue_token, token_in_force
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry


def test_own_token_acts_as_the_account_and_is_kept_as_a_digest_only(cast: SimpleNamespace) -> None:
    row, token = issue_token(by=cast.secretary, account=cast.secretary, name="台账同步", days=30, scopes=everything())
    assert token_in_force(token) == row
    assert token not in str(ApiToken.objects.values_list())
    assert not Entry.objects.filter(data__contains=token).exists()


def test_for_another_only_who_manages_accounts(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        issue_token(by=cast.secretary, account=cast.leader, name="x", days=30, scopes=everything())
    assert refused.value.code == "access.denied"
    issue_token(by=cast.administrator, account=cast.leader, name="领导驾驶舱", days=30, scopes=everything())


@pytest.mark.parametrize("days", [0, 367])
def test_days_out_of_range(cast: SimpleNamespace, days: int) -> None:
    with pytest.raises(Refusal) as refused:
        issue_token(by=cast.secretary, account=cast.secretary, name="x", days=days, scopes=everything())
    assert refused.value.code == "token.days"


def refusal_of(token: str) -> str:
    with pytest.raises(Refusal) as refused:
        token_in_force(token)
    return refused.value.code


def test_expires(cast: SimpleNamespace) -> None:
    _, token = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=2, scopes=everything())
    with clock.set_to(clock.local_moment(clock.today() + dt.timedelta(days=1))):
        assert token_in_force(token)
    with clock.set_to(clock.local_moment(clock.today() + dt.timedelta(days=2))):
        assert refusal_of(token) == "token.expired"


def test_of_a_deactivated_account_is_worth_nothing(cast: SimpleNamespace) -> None:
    _, token = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=2, scopes=everything())
    cast.secretary.is_active = False
    cast.secretary.save()
    assert refusal_of(token) == "token.invalid"


@pytest.mark.parametrize(
    ("scopes", "code"),
    [([], "token.no_scope"), (["all"], "token.unknown_scope"), (["journal:write"], "token.unknown_scope")],
)
def test_scopes_are_named_and_known(cast: SimpleNamespace, scopes: list[str], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        issue_token(by=cast.secretary, account=cast.secretary, name="x", days=2, scopes=scopes)
    assert refused.value.code == code


def test_writing_includes_reading_and_what_is_apart_is_in_no_shorthand(cast: SimpleNamespace) -> None:
    asked = ["matters:read", "matters:write", "places:read"]
    row, _ = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=2, scopes=asked)
    assert row.scopes == ["places:read", "matters:write"]
    assert covers(row.scopes, "matters:read")
    assert not covers(row.scopes, "places:write")
    assert not covers(everything(write=True), "personal:read")


def test_the_operator_shortens_how_long_a_token_lives(cast: SimpleNamespace, settings: Any) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"token_days": 30})
    with pytest.raises(Refusal) as refused:
        issue_token(by=cast.secretary, account=cast.secretary, name="x", days=31, scopes=everything())
    assert refused.value.code == "token.days"
