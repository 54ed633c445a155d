"""Pages of duties, accounts and tokens."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account, ApiToken, Duty, Unit
from huoshui.matters.actions import open_matter
from huoshui.search.keeping import keep_up

SignIn = Callable[[Account], Client]


def test_list_is_scoped(cast: SimpleNamespace, signed_in: SignIn) -> None:
    page = signed_in(cast.town_office).get(reverse("people")).content.decode()
    assert "寨卜昌村支书" in page
    assert "阳庙村支书" not in page


def test_grant_gives_what_the_role_allows(cast: SimpleNamespace, signed_in: SignIn) -> None:
    values = {"account": "stranger", "role": "auditor", "place": "410871", "pack": "", "since": "2018-04-02"}
    answer = signed_in(cast.administrator).post(reverse("grant"), values)
    assert answer.status_code == 302
    assert Duty.objects.get(account=cast.stranger).role == "auditor"


def test_grant_refused_at_the_wrong_kind_of_place(cast: SimpleNamespace, signed_in: SignIn) -> None:
    values = {"account": "stranger", "role": "village_secretary", "place": "410871", "since": "2018-04-02"}
    answer = signed_in(cast.administrator).post(reverse("grant"), values)
    assert answer.status_code == 422
    assert "duty.place_kind" in answer.content.decode()
    assert not Duty.objects.filter(account=cast.stranger).exists()


def test_grant_by_someone_without_the_permission(cast: SimpleNamespace, signed_in: SignIn) -> None:
    values = {"account": cast.secretary.username, "role": "leader", "place": "410871203201", "since": "2018-04-02"}
    answer = signed_in(cast.secretary).post(reverse("grant"), values)
    assert answer.status_code == 403
    assert not Duty.objects.filter(role="leader", account=cast.secretary).exists()


def test_end(cast: SimpleNamespace, signed_in: SignIn) -> None:
    duty = Duty.objects.get(account=cast.village_lead)
    assert signed_in(cast.administrator).post(reverse("end_duty", args=[duty.pk])).status_code == 302
    duty.refresh_from_db()
    assert str(duty.until) == "2018-04-03"


def test_open_account(cast: SimpleNamespace, signed_in: SignIn) -> None:
    unit = cast.secretary.unit
    values = {"username": "new_clerk", "title": "村文书", "unit": str(unit.pk)}
    answer = signed_in(cast.administrator).post(reverse("open_account"), values)
    assert answer.status_code == 302, answer.content.decode()
    account = Account.objects.get(username="new_clerk")
    assert not account.has_usable_password()


def test_person_page_names_what_each_duty_allows(cast: SimpleNamespace, signed_in: SignIn) -> None:
    page = signed_in(cast.administrator).get(reverse("person", args=["leader"])).content.decode()
    assert "以领导身份签字" in page


def test_token_is_shown_once_and_revoked(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.secretary)
    none = client.post(reverse("tokens"), {"name": "同步", "days": "30"})
    assert none.status_code == 422
    assert "令牌至少要有一个范围" in none.content.decode()
    given = {"name": "同步", "days": "30", "scope-matters": "write", "scope-places": "read", "scope-money": ""}
    page = client.post(reverse("tokens"), given).content.decode()
    assert "hs_" in page
    assert "hs_" not in client.get(reverse("tokens")).content.decode()
    token = ApiToken.objects.get()
    assert token.scopes == ["places:read", "matters:write"]
    digest = token.digest
    assert "hs_" in client.post(reverse("rotate_token", args=[token.pk])).content.decode()
    token.refresh_from_db()
    assert token.digest != digest
    client.post(reverse("revoke_token", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at


def test_journal_page_needs_its_permission_and_hides_restricted_content(
    cast: SimpleNamespace, signed_in: SignIn
) -> None:
    assert signed_in(cast.secretary).get(reverse("journal")).status_code == 404
    page = signed_in(cast.auditor).get(reverse("journal"), {"action": "duties."}).content.decode()
    assert "分派职责" in page


def test_search_finds_within_the_duties(cast: SimpleNamespace, signed_in: SignIn) -> None:
    keep_up()
    found = signed_in(cast.town_office).get(reverse("search"), {"q": "村"}).content.decode()
    assert "寨卜昌村" in found
    assert "北西尚村" not in found


def test_packs_pages(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.district_office)
    assert "整改台账" in client.get(reverse("packs")).content.decode()
    for pack in ("core", "hubs", "review", "rectification"):
        assert client.get(reverse("pack", args=[pack])).status_code == 200
    assert signed_in(cast.secretary).get(reverse("pack", args=["core"])).status_code == 404


def kept(cast: SimpleNamespace, signed_in: SignIn, by: Account, **values: str) -> int:
    return signed_in(by).post(reverse("person", args=[cast.secretary.username]), values).status_code


def test_upkeep_of_an_account(cast: SimpleNamespace, signed_in: SignIn) -> None:
    admin = cast.administrator
    assert kept(cast, signed_in, admin, step="password", password="another unlikely one") == 302
    assert kept(cast, signed_in, admin, step="unlock") == 302
    assert kept(cast, signed_in, admin, step="deactivate") == 302
    cast.secretary.refresh_from_db()
    assert cast.secretary.check_password("another unlikely one")
    assert not cast.secretary.is_active
    assert kept(cast, signed_in, admin, step="reactivate") == 302
    cast.secretary.refresh_from_db()
    assert cast.secretary.is_active


def test_an_administrator_sees_whether_an_account_is_locked(cast: SimpleNamespace, signed_in: SignIn) -> None:
    admin, address = signed_in(cast.administrator), reverse("person", args=[cast.secretary.username])
    assert "没有锁定" in admin.get(address).content.decode()
    for _ in range(5):
        Client().post(reverse("account_login"), {"login": cast.secretary.username, "password": "wrong"})
    page = admin.get(address).content.decode()
    assert "多次登录失败，账号已锁定到" in page
    assert "解除锁定" in page
    assert "锁定" not in signed_in(cast.town_office).get(address).content.decode()
    assert admin.post(address, {"step": "unlock"}).status_code == 302
    assert "没有锁定" in admin.get(address).content.decode()


def test_upkeep_is_refused_without_the_permission(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert kept(cast, signed_in, cast.town_office, step="deactivate") == 403
    cast.secretary.refresh_from_db()
    assert cast.secretary.is_active


def test_open_a_unit(cast: SimpleNamespace, signed_in: SignIn) -> None:
    values = {"place": cast.land.village.code, "unit_name": "寨卜昌村综治办"}
    assert signed_in(cast.administrator).post(reverse("open_unit"), values).status_code == 302
    assert Unit.objects.get(name="寨卜昌村综治办").place == cast.land.village
    again = signed_in(cast.administrator).post(reverse("open_unit"), values)
    assert again.status_code == 409
    assert "unit.taken" in again.content.decode()


def test_forms_are_hidden_from_those_who_could_only_fill_them_in_vainly(
    cast: SimpleNamespace, signed_in: SignIn
) -> None:
    for name in ("open_account", "grant"):
        assert signed_in(cast.secretary).get(reverse(name)).status_code == 403


def test_a_duty_ends_with_a_hand_over(cast: SimpleNamespace, signed_in: SignIn) -> None:
    matter = open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="漏雨")
    duty = Duty.objects.get(account=cast.secretary)
    client, address = signed_in(cast.administrator), reverse("end_duty", args=[duty.pk])
    assert "负责 1 件未办结的事项" in client.get(reverse("person", args=["secretary"])).content.decode()
    shown = client.get(address).content.decode()
    assert "这些事项的内容您看不到" in shown  # the administrator sees no matters
    assert matter.number not in shown
    assert f'value="{cast.village_lead.username}"' in shown
    assert client.post(address).status_code == 409
    assert client.post(address, {"successor": "nobody"}).status_code == 422
    assert client.post(address, {"successor": cast.village_lead.username}).status_code == 302
    matter.refresh_from_db()
    assert matter.owner == cast.village_lead
    assert signed_in(cast.secretary2).get(address).status_code == 403
