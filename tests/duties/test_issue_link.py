"""duties.issue_link, duties.withdraw_links and duties.use_link: a first password that nobody else knows."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.duties.actions import deactivate_account, reactivate_account, set_password
from huoshui.duties.first_links import issue_link, link_behind, use_link, withdraw_links
from huoshui.duties.models import Account, SignInLink
from huoshui.kernel import clock
from huoshui.kernel.models import Entry
from tests.places.helpers import last_entry, refused

PASSWORD = "quiet river of words"


def test_used_once_and_the_code_is_kept_nowhere(cast: SimpleNamespace) -> None:
    row, code = issue_link(by=cast.administrator, account=cast.stranger)
    assert (row.expires_at - clock.now()).days == 7
    assert code not in row.digest
    use_link(code=code.lower().replace("-", " "), password=PASSWORD)
    account = Account.objects.get(pk=cast.stranger.pk)
    assert account.check_password(PASSWORD)
    assert not account.must_change_password
    with refused("link.used"):
        use_link(code=code, password=PASSWORD)
    entry = Entry.objects.latest("seq")
    assert (entry.action, entry.actor_id) == ("duties.use_link", account.pk)
    assert not any(code in text or row.digest in text for text in Entry.objects.values_list("data", flat=True))


def test_letters_that_are_misread_are_read_rightly(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huoshui.duties.first_links.new_code", lambda: "01230-12301-23012-30123")
    row, _code = issue_link(by=cast.administrator, account=cast.stranger)
    assert link_behind("o123oi23o-l23ol23o123") == row


def test_a_weak_password_leaves_the_code_as_it_is(cast: SimpleNamespace) -> None:
    _row, code = issue_link(by=cast.administrator, account=cast.stranger)
    with refused("password.too_short"):
        use_link(code=code, password="short")
    assert use_link(code=code, password=PASSWORD) == cast.stranger


def test_expired_withdrawn_replaced_and_unknown(cast: SimpleNamespace) -> None:
    by = cast.administrator
    _row, first = issue_link(by=by, account=cast.stranger, days=1)
    _row, second = issue_link(by=by, account=cast.stranger)
    with refused("link.withdrawn"):
        link_behind(first)
    with clock.set_to(clock.now() + dt.timedelta(days=7)), refused("link.expired"):
        use_link(code=second, password=PASSWORD)
    assert withdraw_links(by=by, account=cast.stranger) == 1
    assert withdraw_links(by=by, account=cast.stranger) == 0
    with refused("link.withdrawn"):
        use_link(code=second, password=PASSWORD)
    with refused("link.unknown"):
        use_link(code="00000-00000-00000-00000", password=PASSWORD)


def test_refusals(cast: SimpleNamespace) -> None:
    by = cast.administrator
    for code, how in (
        ("access.denied", {"by": cast.town_office, "account": cast.secretary}),
        ("link.own", {"by": by, "account": by}),
        ("link.days", {"by": by, "account": cast.stranger, "days": 61}),
    ):
        with refused(code):
            issue_link(**how)
    _row, code = issue_link(by=by, account=cast.stranger)
    deactivate_account(by=by, account=cast.stranger)
    with refused("account.closed"):
        use_link(code=code, password=PASSWORD)
    with refused("account.closed"):
        issue_link(by=by, account=cast.stranger)
    assert SignInLink.objects.count() == 1


def test_a_link_does_not_outlive_the_password_that_is_set(cast: SimpleNamespace) -> None:
    by = cast.administrator
    _row, code = issue_link(by=by, account=cast.stranger)
    set_password(by=by, account=cast.stranger, password=PASSWORD)
    assert last_entry() == ("duties.set_password", {"after": {"must_change_password": True, "withdrawn": 1}})
    with refused("link.withdrawn"):
        use_link(code=code, password=PASSWORD + "s")


def test_nor_the_account_that_is_closed(cast: SimpleNamespace) -> None:
    by = cast.administrator
    _row, code = issue_link(by=by, account=cast.stranger)
    closed = deactivate_account(by=by, account=cast.stranger)
    assert last_entry()[1]["after"] == {"is_active": False, "withdrawn": 1}
    reactivate_account(by=by, account=closed)
    with refused("link.withdrawn"):
        use_link(code=code, password=PASSWORD)


def test_what_is_withdrawn_between_reading_and_locking_is_not_used(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another's transaction is played by what is done after the first look at the link."""
    row, code = issue_link(by=cast.administrator, account=cast.stranger)
    found = link_behind(code)
    monkeypatch.setattr("huoshui.duties.first_links.link_behind", lambda _code: found)
    SignInLink.objects.filter(pk=row.pk).update(withdrawn_at=clock.now())
    with refused("link.withdrawn"):
        use_link(code=code, password=PASSWORD)
    SignInLink.objects.filter(pk=row.pk).update(withdrawn_at=None)
    Account.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    with refused("account.closed"):
        use_link(code=code, password=PASSWORD)
