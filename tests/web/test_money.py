"""The pages, the API and the commands of money, over a hub from its acceptance to the payment of its subsidy."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from huoshui.commands import huoshui
from huoshui.duties.models import Account
from huoshui.matters.models import Matter, MoneyLine, PaymentOrder
from huoshui.media.queries import attachments_of
from huoshui.subsidies import queries
from huoshui.subsidies.actions import apply
from huoshui.subsidies.models import Claim, Pot
from tests.matters.conftest import photo
from tests.subsidies.conftest import SCHEME, TODAY, accepted, begun, fund
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as api

SignIn = Callable[[Account], Client]
pytestmark = pytest.mark.usefixtures("files")


@pytest.fixture
def hub(cast: SimpleNamespace) -> Matter:
    fund(cast)
    return accepted(cast)


def post(client: Client, hub: Matter, do: str, query: str = "", **values: Any) -> Any:
    """Send a form of a matter's money, with its version as it stands."""
    version = Matter.objects.get(pk=hub.pk).version
    return client.post(f"/matters/{hub.number}/money/{do}{query}", {"version": version, **values})


def test_by_the_pages_to_the_payment(cast: SimpleNamespace, hub: Matter, signed_in: SignIn) -> None:
    secretary, office, finance = (signed_in(who) for who in (cast.secretary, cast.district_office, cast.finance))
    assert "申请补助" in secretary.get(f"/matters/{hub.number}/").content.decode()
    form = secretary.get(f"/matters/{hub.number}/money?do=apply").content.decode()
    assert "第 1 档可补 50,000.00 元" in form
    assert post(secretary, hub, "apply", amount="4万").status_code == 302
    assert "等待" in secretary.get(f"/matters/{hub.number}/money").content.decode()
    refused = post(office, hub, "approve", amount="5万")
    assert (refused.status_code, "超过申请的 40,000.00 元" in refused.content.decode()) == (422, True)
    assert post(office, hub, "approve", amount="40000").status_code == 302
    assert post(office, hub, "order", "?type=subsidy_paid", amount="40000", payer="区财政局").status_code == 302
    order = PaymentOrder.objects.get()
    barred = post(office, hub, "confirm", f"?order={order.pk}", day=TODAY, voucher="支-1")
    assert (barred.status_code, "您的职责不能办理“已付补助”" in barred.content.decode()) == (403, True)
    voucher = SimpleUploadedFile("v.jpg", photo(), "image/jpeg")
    query = f"?order={order.pk}"
    bad = post(finance, hub, "confirm", query, day=TODAY, voucher="支-1", photo_voucher=io.BytesIO(b"no picture"))
    assert (bad.status_code, PaymentOrder.objects.get().state) == (422, "ordered")
    assert post(finance, hub, "confirm", query, day=TODAY, voucher="支-1", photo_voucher=voucher).status_code == 302
    assert "没有要办的" in office.get(f"/matters/{hub.number}/money").content.decode()
    line = MoneyLine.objects.get(type="subsidy_paid")
    assert attachments_of(line, "voucher").count() == 1
    pot = office.get(f"/money/funds/{Pot.objects.get().pk}/").content.decode()
    assert "496" in pot
    assert "审定 100,000.00 元的 50%" in pot
    assert "40,000.00" in office.get("/money/lines?type=subsidy_paid&year=2018").content.decode()
    assert "资金" in office.get(f"/places/{cast.land.village.code}/").content.decode()


def test_without_a_pot_of_the_year_nobody_is_sent_to_apply(cast: SimpleNamespace, signed_in: SignIn) -> None:
    hub = accepted(cast)
    page = signed_in(cast.secretary).get(f"/matters/{hub.number}/").content.decode()
    assert "没有 2018 年的“" in page
    assert "请先由有权的人下达当年资金" in page
    assert f"/matters/{hub.number}/money?do=apply" not in page
    fund(cast)
    assert (
        f"/matters/{hub.number}/money?do=apply"
        in signed_in(cast.secretary).get(f"/matters/{hub.number}/").content.decode()
    )


def test_sums_lead_to_their_lines_and_to_excel(cast: SimpleNamespace, hub: Matter, signed_in: SignIn) -> None:
    leader, town = signed_in(cast.leader), signed_in(cast.other_town_office)
    page = leader.get("/money/").content.decode()
    assert "/money/lines?kind=hubs.construction&amp;type=accepted" in page.replace("%2E", ".")
    assert "10<span" in page
    assert "没有资金记录" in town.get("/money/").content.decode()
    assert town.get(f"/matters/{hub.number}/money").status_code == 404
    assert town.get(f"/money/funds/{Pot.objects.get().pk}/").status_code == 404
    for address in ("/money/lines.xlsx", f"/money/funds/{Pot.objects.get().pk}/claims.xlsx"):
        book = load_workbook(io.BytesIO(leader.get(address).content))
        assert book.active.max_row >= 3
    for wrong in ("year=x", "type=gift", "kind=none", "place=9"):
        assert leader.get(f"/money/?{wrong}").status_code in (404, 422)


def test_who_has_no_fund_has_no_entry(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert 'href="/money/"' not in signed_in(cast.secretary).get("/").content.decode()
    assert 'href="/money/"' in signed_in(cast.district_office).get("/").content.decode()
    assert signed_in(cast.district_office).get("/money/funds/allocate").status_code == 404


def test_allocating_by_the_page(cast: SimpleNamespace, signed_in: SignIn) -> None:
    finance = signed_in(cast.finance)
    values = {"scheme": SCHEME, "place": cast.land.district.code, "year": "2018", "amount": "500万", "day": TODAY}
    refused = finance.post("/money/funds/allocate", values)
    assert (refused.status_code, "文号" in refused.content.decode()) == (422, True)
    begun = finance.get("/money/funds/allocate").content.decode()
    (key,) = re.findall(r'name="key" value="([^"]+)"', begun)
    for _press in range(2):
        sent = finance.post("/money/funds/allocate", {**values, "document": "财预1号", "key": key})
        assert (sent.status_code, sent["Location"]) == (302, f"/money/funds/{Pot.objects.get().pk}/")
    assert Pot.objects.get().amount == 500_000_000
    again = finance.post("/money/funds/allocate", {**values, "document": "财预1号", "key": "another"})
    assert (again.status_code, "同一笔不记两次" in again.content.decode()) == (409, True)


def test_lines_reversed_by_the_page(cast: SimpleNamespace, signed_in: SignIn) -> None:
    work, town = begun(cast), signed_in(cast.town_office)
    assert post(town, work, "line", "?type=budget", amount="12", day=TODAY).status_code == 302
    line = MoneyLine.objects.get()
    assert "少写" not in town.get(f"/matters/{work.number}/money?do=reverse&line={line.pk}").content.decode()
    assert post(town, work, "reverse", f"?line={line.pk}", reason="少写了万字").status_code == 302
    assert "已冲销" in town.get(f"/matters/{work.number}/").content.decode()
    assert town.get(f"/matters/{work.number}/money?do=reverse&line=x").status_code == 404
    assert post(town, work, "gift").status_code == 404


def test_by_the_api(cast: SimpleNamespace, hub: Matter) -> None:
    secretary, office, finance = (api(who) for who in (cast.secretary, cast.district_office, cast.finance))

    def version() -> int:
        return int(done(send(office, "GET", f"/matters/{hub.number}/money"))["version"])

    claim = done(send(secretary, "POST", f"/matters/{hub.number}/claims", {"seen_version": version()}, "a"))
    assert (claim["entitled"], claim["state"]) == (5_000_000, "applied")
    again = send(secretary, "POST", f"/matters/{hub.number}/claims", {"seen_version": version()})
    assert codes(again) == ["subsidy.already"]
    body = {"amount": "4.5万", "seen_version": version()}
    assert done(send(office, "POST", f"/claims/{claim['id']}/approve", body))["approved"] == 4_500_000
    body = {"type": "subsidy_paid", "amount": 45000, "seen_version": version()}
    money = done(send(office, "POST", f"/matters/{hub.number}/money/orders", body))
    order = money["orders"][0]["id"]
    body = {"day": TODAY, "voucher": "支-1", "seen_version": version()}
    assert codes(send(office, "POST", f"/money/orders/{order}/confirm", body)) == ["money.role_needed"]
    money = done(send(finance, "POST", f"/money/orders/{order}/confirm", body))
    assert money["sums"]["subsidy_paid"] == 4_500_000
    (pot,) = done(send(office, "GET", "/funds"))["items"]
    assert (pot["paid"], pot["left"]) == (4_500_000, 495_500_000)
    assert done(send(office, "GET", f"/funds/{pot['id']}/claims"))["items"][0]["paid"] == 4_500_000
    body = {"step": "revoke", "reason": "复查", "seen_version": version()}
    assert codes(send(office, "POST", f"/claims/{claim['id']}/end", body)) == ["money.below_used"]
    sums = done(send(office, "GET", "/money/sums?type=accepted&year=2018"))["items"]
    assert [(row["kind"], row["fen"]) for row in sums] == [("hubs.construction", 10_000_000)]
    line = done(send(office, "GET", "/money/lines?type=accepted"))["items"][0]
    body = {"type": "accepted", "amount": "1", "day": TODAY, "seen_version": version()}
    written = done(send(office, "POST", f"/matters/{hub.number}/money/lines", body))["lines"][-1]["id"]
    body = {"reason": "重复", "seen_version": version()}
    undone = done(send(office, "POST", f"/money/lines/{written}/reverse", body))
    assert undone["sums"]["accepted"] == 10_000_000
    assert done(send(office, "GET", f"/money/lines/{line['id']}/photos"))["total"] == 0


def test_an_answer_of_one_claim_reads_no_other(
    cast: SimpleNamespace, hub: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(by=cast.secretary2, matter=accepted(cast, cast.secretary2))
    read: list[list[Claim]] = []
    monkeypatch.setattr(queries, "_paid", lambda claims: read.append(claims) or [0] * len(claims))
    body = {"seen_version": Matter.objects.get(pk=hub.pk).version}
    claim = done(send(api(cast.secretary), "POST", f"/matters/{hub.number}/claims", body))
    assert claim["matter"] == hub.number
    assert [[str(one.pk) for one in claims] for claims in read] == [[claim["id"]]]


def test_by_the_command_line(cast: SimpleNamespace, hub: Matter) -> None:
    def call(*arguments: str) -> Any:
        result = CliRunner().invoke(huoshui, ["money", *arguments])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    assert [(row["type"], row["fen"]) for row in call("sums", "--json")] == [("accepted", 10_000_000)]
    assert call("lines", "--under", cast.land.town.code, "--json")[0]["matter"] == hub.number
    (row,) = call("funds", "--json")
    assert row["left"] == "5,000,000.00"
    assert call("claims", row["id"], "--json") == []
    said = call("allocate", SCHEME, "410871", "2018", "1.5万", "--document", "财预2号", "--day", TODAY)
    assert "5,015,000.00" in said
    assert Claim.objects.count() == 0
