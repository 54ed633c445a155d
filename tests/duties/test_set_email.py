"""duties.set_email: stored by an administrator alone, at one account alone, covered in the journal."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.duties.actions import set_email
from tests.places.helpers import last_entry, refused


def test_stored_and_taken_away(cast: SimpleNamespace) -> None:
    account = set_email(by=cast.administrator, account=cast.secretary, email=" Li.Na@WZ.example.cn ")
    assert account.email == "li.na@wz.example.cn"
    assert last_entry() == ("duties.set_email", {"before": {"email": ""}, "after": {"email": "l***@wz.example.cn"}})
    before = last_entry()
    set_email(by=cast.administrator, account=cast.secretary, email="li.na@wz.example.cn")
    assert last_entry() == before
    assert set_email(by=cast.administrator, account=cast.secretary, email="").email == ""


def test_refusals(cast: SimpleNamespace) -> None:
    set_email(by=cast.administrator, account=cast.secretary, email="li@wz.example.cn")
    with refused("account.email_taken"):
        set_email(by=cast.administrator, account=cast.village_lead, email="LI@wz.example.cn")
    for by in (cast.town_office, cast.secretary):  # one's own would be the way to take over another's sign-in
        with refused("access.denied"):
            set_email(by=by, account=cast.secretary, email="other@wz.example.cn")


@pytest.mark.parametrize("email", ["li", "li@", "@wz.example.cn", "li na@wz.example.cn"])
def test_what_is_no_e_mail(cast: SimpleNamespace, email: str) -> None:
    with refused("account.email"):
        set_email(by=cast.administrator, account=cast.secretary, email=email)
