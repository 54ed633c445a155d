"""Revoking API tokens."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.duties.scopes import everything
from huoshui.duties.tokens import issue_token, revoke_token, token_in_force
from huoshui.kernel.errors import Refusal


def test_revoked_at_once_and_again_without_harm(cast: SimpleNamespace) -> None:
    row, token = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=30, scopes=everything())
    at = revoke_token(by=cast.secretary, token=row).revoked_at
    with pytest.raises(Refusal) as refused:
        token_in_force(token)
    assert refused.value.code == "token.invalid"
    assert at is not None
    assert revoke_token(by=cast.secretary, token=row).revoked_at == at


def test_not_by_another(cast: SimpleNamespace) -> None:
    row, token = issue_token(by=cast.secretary, account=cast.secretary, name="x", days=30, scopes=everything())
    with pytest.raises(Refusal) as refused:
        revoke_token(by=cast.other_secretary, token=row)
    assert refused.value.code == "access.denied"
    assert token_in_force(token) == row
