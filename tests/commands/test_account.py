"""``huoshui account``."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from axes.models import AccessAttempt
from click.testing import CliRunner, Result

from huoshui.commands import huoshui
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.models import Entry

PASSWORD = "泉水 clear-spring 27"


def call(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(huoshui, ["account", *arguments], input=given)


def test_a_password_is_asked_for_twice_and_set(cast: SimpleNamespace) -> None:
    result = call("password", "leader", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    account = Account.objects.get(username="leader")
    assert account.check_password(PASSWORD)
    assert account.must_change_password
    entry = Entry.objects.latest("seq")
    assert (entry.action, entry.channel) == ("duties.set_password", "cli")
    assert PASSWORD not in entry.data


def test_a_weak_password_is_refused(cast: SimpleNamespace) -> None:
    result = call("password", "leader", given="12345\n12345\n")
    assert result.exit_code == 1
    assert "password.too_short" in result.stderr


def test_an_unknown_account_is_refused(cast: SimpleNamespace) -> None:
    result = call("password", "nobody", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 1
    assert "ops.unknown" in result.stderr


def test_a_locked_account_is_unlocked(cast: SimpleNamespace) -> None:
    AccessAttempt.objects.create(
        username="leader", ip_address="127.0.0.1", failures_since_start=5, attempt_time=clock.now()
    )
    assert "1 次失败登录" in call("unlock", "leader").output
    assert not AccessAttempt.objects.exists()


def test_the_first_administrator(land: SimpleNamespace) -> None:
    result = call("administrator", "admin1", "--place", "410871", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    account = Account.objects.get(username="admin1")
    assert "administrator" in account.roles_over(land.village.path, "")
    assert account.unit is not None
    assert account.unit.name == "信息办"
    result = call("administrator", "admin1", "--place", "410871", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert "account.taken" in result.stderr


@pytest.mark.django_db
def test_an_administrator_needs_a_place() -> None:
    assert "ops.unknown" in call("administrator", "admin1", "--place", "410871").stderr
    assert call("administrator", "admin1").exit_code == 2
