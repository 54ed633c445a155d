"""A new secret for a token."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.duties.scopes import everything
from huoshui.duties.tokens import issue_token, revoke_token, rotate_token, token_in_force
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal


def test_the_old_secret_ends_and_nothing_else_changes(cast: SimpleNamespace) -> None:
    row, old = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=30, scopes=everything())
    rotated, new = rotate_token(by=cast.secretary, token=row)
    assert (rotated.pk, rotated.scopes, rotated.expires_on) == (row.pk, row.scopes, row.expires_on)
    assert token_in_force(new) == row
    with pytest.raises(Refusal) as refused:
        token_in_force(old)
    assert refused.value.code == "token.invalid"


def test_whoever_manages_accounts_learns_no_secret_of_another(cast: SimpleNamespace) -> None:
    row, _ = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=30, scopes=everything())
    with pytest.raises(Refusal) as refused:
        rotate_token(by=cast.administrator, token=row)
    assert refused.value.code == "token.not_own"


def test_what_is_over_stays_over(cast: SimpleNamespace) -> None:
    row, _ = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=30, scopes=everything())
    with (
        clock.set_to(clock.local_moment(clock.today() + dt.timedelta(days=30))),
        pytest.raises(Refusal) as refused,
    ):
        rotate_token(by=cast.secretary, token=row)
    assert refused.value.code == "token.over"
    revoke_token(by=cast.secretary, token=row)
    with pytest.raises(Refusal) as again:
        rotate_token(by=cast.secretary, token=row)
    assert again.value.code == "token.over"
