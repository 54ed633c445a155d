"""Pages: standing in, who can do what and why, accounts from a workbook, first-login links."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huoshui.duties.delegating import delegate
from huoshui.duties.first_links import issue_link
from huoshui.duties.models import Account, Delegation, Duty
from huoshui.kernel import clock
from tests.matters.conftest import Opener, at, claim, open_item

__all__ = ["open_item"]

SignIn = Callable[[Account], Client]
HEAD = "用户名,职务称谓,单位,单位所在地,角色,地点\n"
PASSWORD = "quiet river of words"


def text(client: Client, name: str, query: str = "", **parts: object) -> str:
    answer = client.get(reverse(name, kwargs=parts or None) + query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def ten_days(cast: SimpleNamespace, to: str) -> dict[str, str]:
    """The form by which the secretary's duty is stood in for."""
    return {"duties": str(cast.secretary.duties.get().pk), "to": to, "since": "2018-04-02", "last": "2018-04-11"}


def test_standing_in_is_arranged_shown_and_ended(cast: SimpleNamespace, signed_in: SignIn, open_item: Opener) -> None:
    open_item()
    secretary, deputy = signed_in(cast.secretary), signed_in(cast.secretary2)
    form = {
        "duties": str(cast.secretary.duties.get().pk),
        "to": "secretary2",
        "since": "2018-04-02",
        "last": "2018-04-11",
    }
    assert secretary.post(reverse("standing_in"), form).status_code == 302
    row = Delegation.objects.get()
    assert str(row.until) == "2018-04-12"
    today = text(deputy, "today")
    assert "代寨卜昌村支书办理寨卜昌村党支部书记，到 2018-04-11 为止" in today
    assert "· 代寨卜昌村支书办 ·" in today
    assert "代寨卜昌村支书</a>" in text(deputy, "ledger")
    assert "由苏家作村支书代办" in text(secretary, "today")
    assert "我代别人" in text(deputy, "standing_in")
    assert deputy.post(reverse("standing_in_end", args=[row.pk]), {"version": "1"}).status_code == 302
    assert "代寨卜昌村支书</a>" not in text(deputy, "ledger")
    assert deputy.post(reverse("standing_in_end", args=[row.pk])).status_code == 409


def test_standing_in_is_refused_with_its_words(cast: SimpleNamespace, signed_in: SignIn) -> None:
    secretary = signed_in(cast.secretary)
    form = ten_days(cast, "nobody")
    answer = secretary.post(reverse("standing_in"), form)
    assert answer.status_code == 422
    assert "delegation.nobody" in answer.content.decode()
    assert (
        "delegation.none"
        in secretary.post(reverse("standing_in"), form | {"duties": "", "to": "secretary2"}).content.decode()
    )
    others = signed_in(cast.other_secretary)
    assert others.get(reverse("standing_in"), {"person": "secretary"}).status_code == 404
    assert "只能本人办" in text(signed_in(cast.judges[0]), "standing_in")


def test_an_administrator_arranges_and_sees_it(cast: SimpleNamespace, signed_in: SignIn) -> None:
    admin = signed_in(cast.administrator)
    form = {
        "duties": str(cast.secretary.duties.get().pk),
        "to": "stranger",
        "since": "2018-04-02",
        "last": "2018-04-03",
    }
    assert admin.post(reverse("standing_in") + "?person=secretary", form).status_code == 302
    assert "所辖范围内正在代办的" in text(admin, "standing_in")
    assert "无职责人员" in text(admin, "standing_in", "?person=secretary")


def test_overview_of_a_person_of_a_place_and_of_both(
    cast: SimpleNamespace, signed_in: SignIn, open_item: Opener
) -> None:
    admin = signed_in(cast.administrator)
    assert "申请销号" in text(admin, "access", "?person=secretary")
    assert "阳庙镇党建办" not in text(admin, "access", "?permission=letter.issue&place=410871203").split("</form>")[1]
    where = "&permission=letter.issue&place=410871203201"
    assert "没有带这项权限的职责" in text(admin, "access", f"?person=secretary{where}")
    assert "可以：签发督办函" in text(admin, "access", "?person=leader&permission=letter.issue&place=410871203201")
    number = open_item().number
    steps = text(signed_in(cast.secretary), "access", f"?matter={number}")
    assert "认领" in steps
    own = text(signed_in(cast.judges[0]), "access")
    assert 'name="person"' not in own
    assert "现场打分" in own
    assert signed_in(cast.secretary).get(reverse("access"), {"person": "secretary2"}).status_code in (404, 422)
    answer = admin.get(reverse("access_export"), {"permission": "letter.issue", "place": "410871203"})
    assert answer["Content-Type"].endswith("sheet")
    assert answer.content[:2] == b"PK"


def test_accounts_from_a_workbook_then_slips(cast: SimpleNamespace, signed_in: SignIn) -> None:
    admin, address = signed_in(cast.administrator), reverse("people_import")
    rows = HEAD + "clerk1,寨卜昌村文书,村委会,寨卜昌村,网格员,寨卜昌村\n"

    def sent(rows: str) -> str:
        upload = SimpleUploadedFile("人员.csv", rows.encode())
        return admin.post(address, {"file": upload}).content.decode()

    assert "重名" not in sent(rows)
    wrong = sent(rows + "c2,乙,没有的单位,寨卜昌村,,\n")
    assert "unit.unknown" in wrong
    assert "下载错误清单" in wrong
    page = sent(rows)
    assert "新开账号并分派职责" in page
    given = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("sha256", "plan")}
    done = admin.post(address, {"step": "write", **given})
    slips_of_the_file = f"{reverse('first_links')}?file={given['sha256']}"
    assert done["Location"] == slips_of_the_file
    assert 'value="clerk1" checked' in admin.get(slips_of_the_file).content.decode()
    every = text(admin, "first_links")  # there nobody is chosen: one press would give all of them new codes
    assert 'value="clerk1"' in every
    assert " checked" not in every
    assert 'value="clerk1"' in text(admin, "first_links", "?q=文书")
    assert "没有符合条件的账号" in text(admin, "first_links", "?q=没有这个人")
    gone = admin.get(reverse("first_links"), {"file": 64 * "0"})
    assert (gone.status_code >= 400, "import.file_gone" in gone.content.decode()) == (True, True)
    assert admin.post(address, {"step": "write", **given})["Location"] == slips_of_the_file  # pressed twice
    slips = admin.post(reverse("first_links"), {"step": "slips", "account": ["clerk1"]})
    assert slips.content[:5] == b"%PDF-"
    assert Account.objects.get(username="clerk1").sign_in_links.count() == 1
    assert admin.post(reverse("first_links"), {"step": "withdraw", "account": ["clerk1"]}).status_code == 302
    assert signed_in(cast.town_office).get(address).status_code == 403
    assert signed_in(cast.town_office).get(reverse("first_links")).status_code == 403
    assert admin.get(reverse("people_template")).content[:2] == b"PK"


def test_a_first_password_signs_in_once(cast: SimpleNamespace, client: Client) -> None:
    _row, code = issue_link(by=cast.administrator, account=cast.stranger)
    asked = client.post(reverse("first_code"), {"code": code.lower()})
    address = asked["Location"]
    assert client.get(address).headers["Referrer-Policy"] == "same-origin"
    differs = client.post(address, {"password": PASSWORD, "again": "another"})
    assert "password.differs" in differs.content.decode()
    assert PASSWORD not in differs.content.decode()
    assert "password.too_short" in client.post(address, {"password": "short", "again": "short"}).content.decode()
    assert client.post(address, {"password": PASSWORD, "again": PASSWORD})["Location"] == reverse("today")
    assert client.get(reverse("today")).status_code == 200
    again = Client().post(address, {"password": PASSWORD, "again": PASSWORD})
    assert again.status_code == 409
    assert "link.used" in again.content.decode()
    assert "link.unknown" in Client().post(reverse("first_code"), {"code": "1"}).content.decode()


def test_whoever_has_a_second_step_is_not_let_round_it(cast: SimpleNamespace) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(cast.secretary, "JBSWY3DPEHPK3PXP")
    _row, code = issue_link(by=cast.administrator, account=cast.secretary)
    client = Client()
    answer = client.post(reverse("first_password", args=[code]), {"password": PASSWORD, "again": PASSWORD})
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("today")).status_code == 302


def test_a_link_is_shown_once_on_the_page_of_the_account(cast: SimpleNamespace, signed_in: SignIn) -> None:
    admin, address = signed_in(cast.administrator), reverse("person", args=["stranger"])
    assert "还没有设过密码" in admin.get(address).content.decode()
    shown = admin.post(address, {"step": "first_link"}).content.decode()
    code = shown.split('<code class="code strong">')[1].split("<")[0]
    assert code not in admin.get(address).content.decode()
    assert "有效期至" in admin.get(address).content.decode()
    assert admin.post(address, {"step": "withdraw"}).status_code == 302
    assert Client().get(reverse("first_password", args=[code])).status_code == 409


def test_what_rests_on_an_ended_duty_is_handed_over_on_its_page(
    cast: SimpleNamespace, signed_in: SignIn, open_item: Opener
) -> None:
    matter = open_item()
    duty = cast.secretary.duties.get()
    Duty.objects.filter(pk=duty.pk).update(until=clock.today())
    with at("2018-04-05"):
        admin = signed_in(cast.administrator)
        assert "移交</a>" in text(admin, "person", username="secretary")
        page = text(admin, "end_duty", duty_id=duty.pk)
        assert "已于 2018-04-02 到期" in page
        assert admin.post(reverse("end_duty", args=[duty.pk]), {"successor": "village_lead"}).status_code == 302
    matter.refresh_from_db()
    assert matter.owner == cast.village_lead


def test_the_journal_says_for_whom(cast: SimpleNamespace, signed_in: SignIn, open_item: Opener) -> None:
    duties = list(cast.secretary.duties.all())
    delegate(
        by=cast.secretary, duties=duties, to=cast.stranger, since=clock.today(), until=clock.today().replace(day=9)
    )
    matter = claim(open_item(), cast.stranger)
    assert "无职责人员（代寨卜昌村支书）" in text(signed_in(cast.auditor), "journal")
    page = text(signed_in(cast.secretary), "matter", number=matter.number)
    assert "（代寨卜昌村支书）" in page
