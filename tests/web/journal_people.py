"""What happens to accounts, once each: part of the scenario that the pages of the journal are held against."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client, override_settings

from huoshui.duties import actions as duties
from huoshui.duties.delegating import delegate, end_delegation
from huoshui.duties.first_links import issue_link, use_link, withdraw_links
from huoshui.duties.identities import link_identity, unlink_identity
from huoshui.duties.models import Account, Duty
from huoshui.duties.passkeys import rename_passkey
from huoshui.duties.queries import system_account
from huoshui.duties.scopes import everything
from huoshui.duties.sign_in import sign_in
from huoshui.duties.terms import hand_over, tick
from huoshui.duties.tokens import issue_token, revoke_token, rotate_token
from huoshui.kernel import clock
from huoshui.matters import actions as matters
from tests.matters.conftest import claim

PASSWORD = "quiet-river-2018"


def play_people(cast: SimpleNamespace) -> None:
    """Accounts, their ways in, their duties and tokens."""
    by, land = cast.administrator, cast.land
    unit = duties.open_unit(by=by, place=land.village, name="村务监督委员会")
    account = duties.open_account(by=by, username="village_watch", title="寨卜昌村监督员", unit=unit, password=PASSWORD)
    duty = duties.grant_duty(by=by, account=account, role="grid_worker", place=land.village, pack="rectification")
    duties.end_duty(by=by, duty=duty)
    duties.set_password(by=by, account=account, password=PASSWORD + "-next")
    duties.deactivate_account(by=by, account=account)
    duties.reactivate_account(by=by, account=account)
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(account)
    _passkeys(account)
    Authenticator.objects.filter(user=account).delete()
    _single_sign_on(cast, account)
    for _attempt in range(5):
        Client().post("/accounts/login/", {"login": account.username, "password": "wrong"})
    duties.unlock_account(by=by, account=account)
    issue_link(by=by, account=account)
    withdraw_links(by=by, account=account)
    _row, code = issue_link(by=by, account=account)
    use_link(code=code, password=PASSWORD + "-own")
    token, _secret = issue_token(by=account, account=account, name="对账程序", days=30, scopes=everything(write=True))
    rotate_token(by=account, token=token)
    revoke_token(by=account, token=token)
    for accounts, role in ((cast.assessor, "call_back"), (cast.judges[0], "assessor")):
        duties.grant_duty(by=system_account(), account=accounts, role=role, place=land.town)


def play_standing_in(cast: SimpleNamespace) -> None:
    """The secretary of one village stands in for that of another; a term ends with a matter left open."""
    by, land, today = cast.administrator, cast.land, clock.today()
    terms = {"since": today, "until": today + dt.timedelta(days=5), "reason": "外出培训"}
    for deputy in (cast.secretary, cast.village_lead):
        (row,) = delegate(by=by, duties=list(cast.secretary2.duties.all()), to=deputy, **terms)
        if deputy == cast.secretary:
            end_delegation(by=deputy, delegation=row)
    matter = matters.open_matter(
        by=cast.district_office, kind="rectification.item", place=land.village2, title="会议记录不全"
    )
    at_the_end = clock.local_moment(today + dt.timedelta(days=6))
    duty = cast.secretary2.duties.get()
    claim(matter, cast.village_lead)
    Duty.objects.filter(pk=duty.pk).update(until=today + dt.timedelta(days=5))
    with clock.set_to(at_the_end):
        tick()
        hand_over(by=by, duty=duty, to_unit=True)


def _passkeys(account: Account) -> None:
    """As allauth keeps them; what a device answers is no matter of the journal."""
    Authenticator.objects.create(user=account, type="webauthn", data={"name": "值班室电脑", "credential": {}})
    rename_passkey(by=account, passkey=Authenticator.objects.get(user=account, type="webauthn"), name="村室电脑")
    sign_in(by=account, account=account, shown=["password", "totp"])


def _single_sign_on(cast: SimpleNamespace, account: Account) -> None:
    duties.set_email(by=cast.administrator, account=account, email="watch@wz.example.cn")
    config = settings.CONFIG.model_copy(update={"sso_issuer": "https://id.example.cn", "sso_client_id": "huoshui"})
    with override_settings(CONFIG=config):
        link_identity(by=cast.administrator, account=account, subject="410871-0427-01")
        unlink_identity(by=cast.administrator, account=account)
