"""Single sign-on against a real provider: whom it lets in, and everything that it must not."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from huoshui.duties.actions import deactivate_account, set_email, set_password, unlock_account
from huoshui.duties.identities import identity_of, link_identity
from huoshui.duties.models import Account
from huoshui.kernel.models import Entry
from tests.places.helpers import last_entry
from tests.web.sso_helpers import CLIENT, Provider, configured, leave, running, sign_in, signed_in_as

SignIn = Callable[[Account], Client]
PASSWORD = "清风明月-739215"
SUBJECT = "staff-0427-zhang"


@pytest.fixture(scope="module")
def running_provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(running_provider: Provider, settings: Any) -> Provider:
    running_provider.asked.clear()
    running_provider.spoil = None
    settings.CONFIG = configured(settings.CONFIG, running_provider)
    return running_provider


@pytest.fixture
def linked(cast: SimpleNamespace, provider: Provider) -> Account:
    """The secretary, linked by the administrator."""
    link_identity(by=cast.administrator, account=cast.secretary, subject=SUBJECT)
    account: Account = cast.secretary
    return account


def refused_with(answer: Any, code: str, status: int) -> str:
    """The page says so; nobody is signed in."""
    page: str = answer.content.decode()
    assert (answer.status_code, code in page) == (status, True), page
    return page


def test_in_and_told_in_the_journal(linked: Account, provider: Provider, client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "用政务认证登录" in page
    answer = client.get(provider.authorise(leave(client, next="/matters/"), SUBJECT))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/matters/")
    assert signed_in_as(client) == str(linked.pk)
    assert last_entry()[0] == "duties.sign_in"
    entry = Entry.objects.get(action="duties.sign_in")
    assert (entry.subject_id, entry.data) == (linked.pk, '{"after":{"shown":["socialaccount"]}}')
    kept = SocialAccount.objects.get()
    assert SUBJECT not in f"{kept.uid} {kept.extra_data}", "no subject is kept"


def test_what_goes_out(provider: Provider, linked: Account, client: Client) -> None:
    """State, nonce and PKCE, new at each departure; the verifier that was promised goes with the code."""
    first, second = (
        {name: values[0] for name, values in parse_qs(urlsplit(leave(client)).query).items()} for _time in range(2)
    )
    assert first["scope"] == "openid"
    assert first["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 16
        assert first[name] != second[name]
    address = leave(client)
    assert client.get(provider.authorise(address, SUBJECT)).status_code == 302
    digest = hashlib.sha256(provider.asked[-1]["code_verifier"].encode()).digest()
    promised = parse_qs(urlsplit(address).query)["code_challenge"][0]
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == promised


def test_an_answer_replayed(linked: Account, provider: Provider, client: Client) -> None:
    """In the same browser, after signing out, in another browser, and with the state of another session."""
    back = provider.authorise(leave(client), SUBJECT)
    assert client.get(back).status_code == 302
    refused_with(client.get(back), "sso.stale", 403)
    client.post("/accounts/logout/")
    refused_with(client.get(back), "sso.stale", 403)
    stranger = Client()
    refused_with(stranger.get(back), "sso.stale", 403)
    stolen = provider.authorise(leave(client), SUBJECT)
    leave(stranger)
    refused_with(stranger.get(stolen), "sso.stale", 403)
    assert signed_in_as(client) == signed_in_as(stranger) == ""


def test_a_code_used_twice(linked: Account, provider: Provider, client: Client) -> None:
    """With a state of its own: the provider gives a code away once."""
    back = provider.authorise(leave(client), SUBJECT)
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert client.get(back).status_code == 302
    other = Client()
    state = parse_qs(urlsplit(leave(other)).query)["state"][0]
    refused_with(other.get("/accounts/sso/callback/", {"code": code, "state": state}), "sso.invalid", 403)
    assert signed_in_as(other) == ""


def test_a_code_of_another_departure(linked: Account, provider: Provider, client: Client) -> None:
    """A code got by somebody else, put into this browser's own departure: the nonce is another."""
    attacker = Client()
    code = parse_qs(urlsplit(provider.authorise(leave(attacker), SUBJECT)).query)["code"][0]
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    refused_with(client.get("/accounts/sso/callback/", {"code": code, "state": state}), "sso.invalid", 403)
    assert signed_in_as(client) == ""


FOREIGN = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _signed_anew(
    answer: dict[str, Any], key: Any = FOREIGN, algorithm: str = "RS256", **changed: Any
) -> dict[str, Any]:
    claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
    header = jwt.get_unverified_header(answer["id_token"])
    named = {"kid": header["kid"]} if "kid" in header else {}
    claims = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    return {**answer, "id_token": jwt.encode(claims, key, algorithm=algorithm, headers=named)}


def _tampered(answer: dict[str, Any]) -> dict[str, Any]:
    head, _body, signature = answer["id_token"].split(".")
    claims = jwt.decode(answer["id_token"], options={"verify_signature": False}) | {"sub": SUBJECT}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return {**answer, "id_token": f"{head}.{body}.{signature}"}


SPOILT: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "tampered": _tampered,
    "foreign key": _signed_anew,
    "no signature": lambda answer: _signed_anew(answer, key="", algorithm="none"),
    "client's secret": lambda answer: _signed_anew(answer, key="kept" * 16, algorithm="HS256"),
    "no token": lambda answer: {**answer, "id_token": ""},
    "nonsense": lambda answer: {**answer, "id_token": "a.b.c"},
}


@pytest.mark.parametrize("how", SPOILT)
def test_an_id_token_that_the_provider_did_not_sign(
    linked: Account, provider: Provider, client: Client, how: str
) -> None:
    provider.spoil = SPOILT[how]
    refused_with(sign_in(client, provider, "somebody-else-0001"), "sso.invalid", 403)
    assert signed_in_as(client) == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.example.cn"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nonce": "of-another-departure"},
        {"nonce": None},
        {"sub": None},
    ],
    ids=["issuer", "audience", "two audiences", "expired", "no expiry", "another nonce", "no nonce", "no subject"],
)
def test_an_id_token_that_is_signed_and_still_wrong(
    linked: Account, provider: Provider, client: Client, changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a provider might sign it for another client, another moment or another departure."""
    monkeypatch.setattr("huoshui.web.sso.provider.Answers._key_of", lambda *_given: FOREIGN.public_key())
    provider.spoil = lambda answer: _signed_anew(answer, **changed)
    refused_with(sign_in(client, provider, SUBJECT), "sso.invalid", 403)
    assert signed_in_as(client) == ""
    provider.spoil = _signed_anew
    assert sign_in(client, provider, SUBJECT).status_code == 302, "the same token, unchanged, is accepted"


def test_the_provider_is_down_or_another(linked: Account, client: Client, settings: Any, provider: Provider) -> None:
    settings.CONFIG = configured(settings.CONFIG, Provider(url="http://127.0.0.1:9"))
    page = refused_with(client.post("/accounts/sso/start/"), "sso.unreachable", 503)
    assert "现在连不上“政务认证”" in page
    settings.CONFIG = configured(settings.CONFIG, Provider(url=f"{provider.url}/jwks?"))
    refused_with(client.post("/accounts/sso/start/"), "sso.invalid", 403)


def test_cancelled_at_the_provider(linked: Account, provider: Provider, client: Client) -> None:
    refused_with(client.get(provider.cancel(leave(client))), "sso.cancelled", 403)


def test_unknown_people_get_no_account(cast: SimpleNamespace, provider: Provider, client: Client) -> None:
    before = Account.objects.get_queryset().count()
    page = refused_with(sign_in(client, provider, "stranger-0001"), "sso.unknown", 403)
    assert "stranger-0001" in page
    assert "管理员" in page
    assert (Account.objects.get_queryset().count(), SocialAccount.objects.count()) == (before, 0)


def test_a_deactivated_account_stays_shut(cast: SimpleNamespace, linked: Account, provider: Provider) -> None:
    deactivate_account(by=cast.administrator, account=linked)
    client = Client()
    assert sign_in(client, provider, SUBJECT).headers["Location"] == "/accounts/inactive/"
    assert signed_in_as(client) == ""


def test_a_locked_account_stays_shut(cast: SimpleNamespace, linked: Account, provider: Provider) -> None:
    client = Client()
    for _attempt in range(5):
        client.post("/accounts/login/", {"login": linked.username, "password": "wrong"})
    refused_with(sign_in(client, provider, SUBJECT), "account.locked", 429)
    assert signed_in_as(client) == ""
    unlock_account(by=cast.administrator, account=linked)
    assert sign_in(client, provider, SUBJECT).status_code == 302


def test_the_second_step_is_still_asked_for(linked: Account, provider: Provider, client: Client) -> None:
    TOTP.activate(linked, "JBSWY3DPEHPK3PXP")
    answer = sign_in(client, provider, SUBJECT)
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert signed_in_as(client) == ""
    assert not Entry.objects.filter(action="duties.sign_in").exists()


def test_a_password_that_was_never_told_is_not_asked_for(
    cast: SimpleNamespace, linked: Account, provider: Provider, client: Client
) -> None:
    """An account opened with a first password that its owner never used; with it, they would have to change it."""
    set_password(by=cast.administrator, account=linked, password=PASSWORD)
    assert sign_in(client, provider, SUBJECT).status_code == 302
    assert client.get("/").status_code == 200
    other = Client()
    other.post("/accounts/login/", {"login": linked.username, "password": PASSWORD})
    assert other.get("/").headers["Location"] == "/accounts/password/change/"


@pytest.mark.parametrize(
    ("allowed", "claims", "enters"),
    [
        (True, {"email": "Zhang@wz.example.cn", "email_verified": True}, True),
        (True, {"email": "zhang@wz.example.cn", "email_verified": False}, False),
        (True, {"email": "zhang@wz.example.cn"}, False),
        (True, {"email": "zhang@wz.example.cn", "email_verified": "true"}, False),
        (False, {"email": "zhang@wz.example.cn", "email_verified": True}, False),
    ],
)
def test_by_e_mail(
    cast: SimpleNamespace, provider: Provider, settings: Any, allowed: bool, claims: dict[str, Any], enters: bool
) -> None:
    """Only a verified one, where the operator allows it; it links the two, so that no successor gets in by it."""
    settings.CONFIG = configured(settings.CONFIG, provider, sso_match_email=allowed)
    set_email(by=cast.administrator, account=cast.secretary, email="zhang@wz.example.cn")
    provider.tell("mail-0001", **claims)
    provider.tell("mail-0002", **claims)
    client = Client()
    answer = sign_in(client, provider, "mail-0001")
    assert (answer.status_code == 302, bool(signed_in_as(client))) == (enters, enters)
    assert bool(identity_of(cast.secretary)) == enters
    refused_with(sign_in(Client(), provider, "mail-0002"), "sso.unknown", 403)


def reauthenticated(cast: SimpleNamespace, account: Account) -> Client:
    set_password(by=cast.administrator, account=account, password=PASSWORD, must_change=False)
    client = Client()
    client.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
    return client


def test_one_links_and_unlinks_oneself(cast: SimpleNamespace, provider: Provider) -> None:
    client = reauthenticated(cast, cast.secretary)
    asked = client.post("/accounts/sso/link/")
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/"), "who links shows again who they are"
    away = client.post(asked.headers["Location"], {"password": PASSWORD})
    answer = client.get(provider.authorise(away.context["address"], "own-0007"), follow=True)
    assert "已关联政务认证" in answer.content.decode()
    assert "解除关联" in answer.content.decode()
    assert last_entry()[0] == "duties.link_identity"
    browser = Client()
    assert sign_in(browser, provider, "own-0007").status_code == 302
    assert signed_in_as(browser) == str(cast.secretary.pk)
    gone = client.post("/accounts/sso/unlink/", follow=True)
    assert "已解除关联" in gone.content.decode()
    assert last_entry()[0] == "duties.unlink_identity"
    refused_with(sign_in(Client(), provider, "own-0007"), "sso.unknown", 403)


def test_nobody_links_what_is_somebody_elses(cast: SimpleNamespace, linked: Account, provider: Provider) -> None:
    client = reauthenticated(cast, cast.village_lead)
    asked = client.post("/accounts/sso/link/")
    away = client.post(asked.headers["Location"], {"password": PASSWORD})
    refused_with(client.get(provider.authorise(away.context["address"], SUBJECT)), "sso.taken", 409)
    assert identity_of(cast.village_lead) is None
    link = client.post("/accounts/sso/link/").context["address"]
    refused_with(Client().get(provider.authorise(link, "own-0008")), "sso.stale", 403)


def test_an_administrator_stores_it_on_the_page(cast: SimpleNamespace, provider: Provider, signed_in: SignIn) -> None:
    page = f"/people/{cast.secretary.username}/"
    client = signed_in(cast.administrator)
    given = {"step": "link", "subject": SUBJECT}
    assert client.post(page, given).status_code == 302
    assert "已于" in client.get(page).content.decode()
    assert client.post(page, {"step": "unlink"}).status_code == 302
    assert signed_in(cast.town_office).post(page, given).status_code in (403, 404)
    assert identity_of(cast.secretary) is None


def test_where_it_is_not_configured_nothing_of_it_is_there(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert "sso" not in Client().get("/accounts/login/").content.decode()
    client = signed_in(cast.secretary)
    for step in ("start", "link", "unlink"):
        assert client.post(f"/accounts/sso/{step}/").status_code == 404
    assert client.get("/accounts/sso/callback/").status_code == 404
