"""duties.open_account"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.duties.actions import open_account
from huoshui.duties.models import Account
from tests.places.helpers import last_entry, refused

PASSWORD = "清风明月-739215"


def test_opens_an_account_that_has_to_change_its_password(cast: SimpleNamespace) -> None:
    unit = cast.town_office.unit
    account = open_account(by=cast.administrator, username=" clerk ", title="乡录入员", unit=unit, password=PASSWORD)
    assert (account.username, account.label, account.is_active) == ("clerk", "乡录入员（clerk）", True)
    assert account.check_password(PASSWORD)
    assert account.must_change_password
    action, data = last_entry()
    assert action == "duties.open_account"
    assert data == {"after": {"title": "乡录入员", "username": "clerk"}}


def test_without_a_password_nobody_signs_in(cast: SimpleNamespace) -> None:
    account = open_account(by=cast.administrator, username="clerk", title="乡录入员", unit=cast.town_office.unit)
    assert not account.has_usable_password()
    assert not account.must_change_password


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"username": ""}, "account.username"),
        ({"username": "two words"}, "account.username"),
        ({"username": "x" * 61}, "account.username"),
        ({"username": "Secretary"}, "account.taken"),
        ({"title": " "}, "value.required"),
        ({"password": "short"}, "password.too_short"),
        ({"password": "8301749265538"}, "password.only_digits"),
        ({"password": "1234567890"}, "password.too_common"),
        ({"password": "clerkclerk1"}, "password.like_account"),
    ],
)
def test_refusals(cast: SimpleNamespace, changes: dict[str, str], code: str) -> None:
    given = {"username": "clerkclerk", "title": "乡录入员", "unit": cast.town_office.unit} | changes
    with refused(code):
        open_account(by=cast.administrator, **given)
    assert not Account.objects.filter(title="乡录入员").exists()


def test_needs_the_permission_over_the_unit(cast: SimpleNamespace) -> None:
    with refused("access.denied"):
        open_account(by=cast.town_office, username="clerk", title="乡录入员", unit=cast.town_office.unit)
