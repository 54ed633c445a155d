"""duties.link_identity and unlink_identity: one identity an account, one account an identity; who may."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.actions import deactivate_account, set_email
from huoshui.duties.identities import account_by_email, identity_of, link_identity, unlink_identity
from tests.places.helpers import last_entry, refused

SUBJECT = "410871-0427"


@pytest.fixture(autouse=True)
def _configured(settings: Any) -> None:
    given = {"sso_issuer": "https://id.example.cn/", "sso_client_id": "huoshui", "sso_name": "政务认证"}
    settings.CONFIG = settings.CONFIG.model_copy(update=given)


def test_linked_once_told_covered_and_unlinked(cast: SimpleNamespace) -> None:
    by, account = cast.administrator, cast.secretary
    row = link_identity(by=by, account=account, subject=f" {SUBJECT} ")
    assert last_entry() == ("duties.link_identity", {"after": {"identity": "41***27"}})
    assert identity_of(account) == row == link_identity(by=by, account=account, subject=SUBJECT)
    unlink_identity(by=by, account=account)
    assert last_entry() == ("duties.unlink_identity", {"before": {"identity": "41***27"}})
    assert identity_of(account) is None
    unlink_identity(by=by, account=account)
    assert last_entry()[0] == "duties.unlink_identity", "nothing is told twice"


def test_one_each(cast: SimpleNamespace) -> None:
    link_identity(by=cast.administrator, account=cast.secretary, subject=SUBJECT)
    with refused("sso.taken"):
        link_identity(by=cast.administrator, account=cast.village_lead, subject=SUBJECT)
    with refused("sso.linked"):
        link_identity(by=cast.administrator, account=cast.secretary, subject="410871-0428")


@pytest.mark.parametrize("subject", ["", "  ", "two words", "x" * 256])
def test_what_is_no_subject(cast: SimpleNamespace, subject: str) -> None:
    with refused("sso.subject"):
        link_identity(by=cast.administrator, account=cast.secretary, subject=subject)


def test_who_may(cast: SimpleNamespace) -> None:
    for by in (cast.town_office, cast.secretary):  # not for oneself either, unless the provider has just said so
        with refused("access.denied"):
            link_identity(by=by, account=cast.secretary, subject=SUBJECT)
    with refused("access.denied"):
        link_identity(by=cast.secretary, account=cast.village_lead, subject=SUBJECT, shown=True)
    link_identity(by=cast.secretary, account=cast.secretary, subject=SUBJECT, shown=True)
    with refused("access.denied"):
        unlink_identity(by=cast.village_lead, account=cast.secretary)


def test_nobody_shuts_themselves_out(cast: SimpleNamespace) -> None:
    cast.secretary.set_unusable_password()
    cast.secretary.save()
    link_identity(by=cast.secretary, account=cast.secretary, subject=SUBJECT, shown=True)
    with refused("sso.last_way"):
        unlink_identity(by=cast.secretary, account=cast.secretary)
    unlink_identity(by=cast.administrator, account=cast.secretary)


def test_another_issuer_opens_nothing_and_none_links_nothing(cast: SimpleNamespace, settings: Any) -> None:
    link_identity(by=cast.administrator, account=cast.secretary, subject=SUBJECT)
    settings.CONFIG = settings.CONFIG.model_copy(update={"sso_issuer": "https://other.example.cn"})
    assert identity_of(cast.secretary) is None
    link_identity(by=cast.administrator, account=cast.village_lead, subject=SUBJECT)
    settings.CONFIG = settings.CONFIG.model_copy(update={"sso_issuer": ""})
    with refused("sso.off"):
        link_identity(by=cast.administrator, account=cast.assessor, subject="410871-0429")


def test_by_e_mail_only_once_and_never_a_closed_account(cast: SimpleNamespace) -> None:
    for account, email in ((cast.secretary, "li@wz.example.cn"), (cast.village_lead, "wang@wz.example.cn")):
        set_email(by=cast.administrator, account=account, email=email)
    assert account_by_email("LI@wz.example.cn", "s-1") == cast.secretary
    assert account_by_email("li@wz.example.cn", "s-2") is None, "whoever has the address next is somebody else"
    deactivate_account(by=cast.administrator, account=cast.village_lead)
    assert account_by_email("wang@wz.example.cn", "s-3") is None
    assert account_by_email("nobody@wz.example.cn", "s-4") is None
