"""Money lines: written, reversed, never edited; scoped by role; summed; half of one is never there."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.kernel import journal
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.ledger_export import ledger_workbook
from huoshui.matters.models import Matter, MoneyLine, PaymentOrder
from huoshui.matters.money.actions import confirm_payment, order_payment, reverse_line, withdraw_order, write_line
from huoshui.matters.money.export import lines_workbook
from huoshui.matters.money.permits import ended_refusal, line_type
from huoshui.matters.money.queries import LineFilter, sums_by_kind, total
from huoshui.matters.money.sums import sums_of, wan_text, yuan_text
from huoshui.matters.queries import LedgerFilter
from huoshui.media.actions import attach_file, remove_attachment
from huoshui.packs.values import fen
from tests.matters.conftest import Opener, photo

TODAY = "2018-04-02"


@pytest.fixture
def work(cast: SimpleNamespace) -> Matter:
    """A new hub that is planned."""
    return open_matter(by=cast.town_office, kind="hubs.construction", place=cast.land.village, title="新建阵地")


def refused(code: str, action: Any, **values: Any) -> Refusal:
    before = Entry.objects.count(), MoneyLine.objects.count()
    with pytest.raises(Refusal) as caught:
        action(**values)
    assert caught.value.code == code, str(caught.value)
    assert (Entry.objects.count(), MoneyLine.objects.count()) == before
    return caught.value


def test_a_line(cast: SimpleNamespace, work: Matter) -> None:
    line = write_line(
        by=cast.town_office, matter=work, type="budget", amount="12万元", day=TODAY, payer="区财政局",
        voucher="财预9号", seen_version=work.version,
    )  # fmt: skip
    assert (line.amount, line.payer, line.voucher, line.by) == (12_000_000, "区财政局", "财预9号", cast.town_office)
    refused("record.stale", write_line, by=cast.town_office, matter=work, type="budget", amount="1", day=TODAY,
            seen_version=work.version)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "value.required"), ("一百", "value.type"), ("1.234", "value.decimals"), ("1.2345678万", "value.decimals"),
     ("0", "value.range"), ("-5", "value.range"), ("100000000001", "value.range"), ("9" * 30, "value.implausible")],
)  # fmt: skip
def test_bad_amounts(cast: SimpleNamespace, work: Matter, text: str, code: str) -> None:
    refusal = refused(code, write_line, by=cast.town_office, matter=work, type="budget", amount=text, day=TODAY)
    (problem,) = refusal.problems
    assert problem.field == "amount"
    assert "金额" in problem.message()
    assert problem.what_next()


def test_bad_days_and_types(cast: SimpleNamespace, work: Matter, open_item: Opener) -> None:
    given_ = {"by": cast.town_office, "matter": work, "amount": "1"}
    refused("money.future", write_line, type="budget", day="2018-04-03", **given_)
    refused("value.type", write_line, type="budget", day="2018-02-30", **given_)
    refused("value.required", write_line, type="contract", day=TODAY, **given_)  # without its voucher
    refused("money.type_unknown", write_line, type="gift", day=TODAY, **given_)
    refused("money.not_kept", write_line, type="budget", day=TODAY, **given_ | {"matter": open_item()})
    refused("money.one_person", order_payment, type="budget", **given_)


def test_only_by_the_roles_of_its_type_there(cast: SimpleNamespace, work: Matter) -> None:
    for by in (cast.secretary, cast.other_town_office, cast.leader, cast.stranger):
        refused("money.role_needed", write_line, by=by, matter=work, type="budget", amount="1", day=TODAY)


def test_a_mistake_is_reversed_and_stays_to_be_seen(cast: SimpleNamespace, work: Matter) -> None:
    line = write_line(by=cast.town_office, matter=work, type="budget", amount="12", day=TODAY)
    refused("value.required", reverse_line, by=cast.town_office, line=line, reason=" ")
    refused("money.role_needed", reverse_line, by=cast.secretary, line=line, reason="x")
    undone = reverse_line(by=cast.town_office, line=line, reason="少写了万字")
    assert (undone.amount, undone.reverses, undone.note) == (-1200, line, "少写了万字")
    refused("money.reversed", reverse_line, by=cast.town_office, line=line, reason="x")
    refused("money.is_reversal", reverse_line, by=cast.town_office, line=undone, reason="x")
    assert sums_of(work) == {"budget": 0}
    for change in (lambda: MoneyLine.objects.update(amount=1), lambda: MoneyLine.objects.filter(pk=undone.pk).delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_what_another_sum_rests_on_is_not_reversed(cast: SimpleNamespace, work: Matter) -> None:
    line = write_line(by=cast.district_office, matter=work, type="accepted", amount="100", day=TODAY)
    paying = {"by": cast.district_office, "matter": work, "type": "paid"}
    refused("money.above_limit", order_payment, amount="100.01", **paying)
    order = order_payment(amount="60", **paying)
    refused("money.below_used", reverse_line, by=cast.district_office, line=line, reason="x")
    confirm_payment(by=cast.finance, order=order, day=TODAY, voucher="1")
    refused("money.above_limit", order_payment, amount="40.01", **paying)
    reverse_line(by=cast.finance, line=MoneyLine.objects.get(type="paid"), reason="退回")
    reverse_line(by=cast.district_office, line=line, reason="重新审定")
    assert sums_of(work) == {"accepted": 0, "paid": 0}


def test_a_dropped_matter_is_not_paid(cast: SimpleNamespace, work: Matter) -> None:
    line = write_line(by=cast.district_office, matter=work, type="accepted", amount="100", day=TODAY)
    paying = {"by": cast.town_office, "matter": work, "type": "paid", "amount": "60"}
    order = order_payment(**paying)
    advance(by=cast.district_office, matter=work, transition="drop", note="不建了")
    order.refresh_from_db()
    refused("money.dropped", order_payment, **paying)
    refused("money.dropped", confirm_payment, by=cast.finance, order=order, day=TODAY, voucher="1")
    withdraw_order(by=cast.town_office, order=order, reason="不建了")
    reverse_line(by=cast.district_office, line=line, reason="不建了")
    write_line(by=cast.town_office, matter=work, type="budget", amount="1", day=TODAY)  # no payment


def test_unless_the_pack_says_so(cast: SimpleNamespace, work: Matter) -> None:
    write_line(by=cast.district_office, matter=work, type="accepted", amount="100", day=TODAY)
    dropped = advance(by=cast.district_office, matter=work, transition="drop", note="不建了")
    paid = line_type(dropped, "paid")
    refusal = ended_refusal(dropped, paid)
    assert refusal
    assert refusal.code == "money.dropped"
    assert ended_refusal(dropped, paid.model_copy(update={"paid_when_dropped": True})) is None


def test_a_payment_is_never_half_written(cast: SimpleNamespace, work: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    write_line(by=cast.district_office, matter=work, type="accepted", amount="100", day=TODAY)
    order = order_payment(by=cast.district_office, matter=work, type="paid", amount="60")
    before = Matter.objects.get(pk=work.pk).version, Entry.objects.count()

    def dies(**_entry: Any) -> None:
        assert MoneyLine.objects.filter(type="paid").exists(), "the line is there, its entry is not yet"
        raise RuntimeError("killed")

    monkeypatch.setattr(journal, "record", dies)
    with pytest.raises(RuntimeError, match="killed"):
        confirm_payment(by=cast.finance, order=order, day=TODAY, voucher="1")
    assert not MoneyLine.objects.filter(type="paid").exists()
    assert PaymentOrder.objects.get().state == "ordered"
    assert (Matter.objects.get(pk=work.pk).version, Entry.objects.count()) == before


def test_vouchers_are_pictured_by_who_wrote_the_line_and_stay(cast: SimpleNamespace, work: Matter) -> None:
    line = write_line(by=cast.town_office, matter=work, type="budget", amount="1", day=TODAY)
    shown = {"subject": line, "place": work.place, "slot": "voucher", "data": photo(), "name": "a.jpg", "caption": ""}
    with pytest.raises(Refusal, match=r"photo\.slot_closed"):
        attach_file(by=cast.secretary, **shown)
    with pytest.raises(Refusal, match=r"access\.not_found"):
        attach_file(by=cast.other_town_office, **shown)
    kept = attach_file(by=cast.town_office, **shown)
    with pytest.raises(Refusal, match=r"photo\.handed_in"):
        remove_attachment(by=cast.town_office, attachment=kept)


def test_only_lines_that_the_permission_reaches_leave(cast: SimpleNamespace, work: Matter) -> None:
    there = cast.land.other_village
    other = open_matter(by=cast.other_town_office, kind="hubs.construction", place=there, title="另一处")
    write_line(by=cast.town_office, matter=work, type="budget", amount="1", day=TODAY)
    write_line(by=cast.other_town_office, matter=other, type="budget", amount="2", day=TODAY)
    grant_duty(by=system_account(), account=cast.town_office, role="village_secretary", place=there)
    assert total(cast.town_office, LineFilter()) == 300
    sheet = load_workbook(io.BytesIO(lines_workbook(actor=cast.town_office, wanted=LineFilter()))).active
    assert [row[3] for row in sheet.iter_rows(min_row=3, values_only=True)] == [work.number]
    with pytest.raises(Refusal, match=r"access\.denied"):
        lines_workbook(actor=cast.town_office, wanted=LineFilter(place=there.path))


def test_sums_in_the_ledger_and_the_list(cast: SimpleNamespace, work: Matter) -> None:
    for amount in ("1.5万", "0.01"):
        write_line(by=cast.town_office, matter=work, type="budget", amount=amount, day=TODAY)
    wanted = LineFilter(place=cast.land.town.path, kind="hubs.construction", type="budget", year=2018)
    (kind,) = sums_by_kind(cast.town_office, wanted)
    assert [(part.name, part.fen, part.lines) for part in kind.sums] == [("预算", 1_500_001, 2)]
    assert total(cast.town_office, wanted) == 1_500_001
    assert sums_by_kind(cast.other_town_office, wanted) == []
    book = load_workbook(io.BytesIO(ledger_workbook(actor=cast.leader, filters=LedgerFilter(kind="hubs.construction"))))
    heads, row = (list(cells) for cells in book.active.iter_rows(min_row=2, max_row=3, values_only=True))
    assert row[heads.index("预算（元）")] == 15000.01
    listed = load_workbook(io.BytesIO(lines_workbook(actor=cast.leader, wanted=wanted))).active
    assert sorted(cell.value for cell in listed["G"][2:]) == [0.01, 15000]
    with pytest.raises(Refusal, match=r"access\.denied"):
        lines_workbook(actor=cast.secretary, wanted=wanted)


@given(st.integers(0, 10**12))
def test_a_sum_is_read_as_it_is_shown(amount: int) -> None:
    for text in (yuan_text(amount), f"￥{yuan_text(amount)}元", f"{wan_text(amount)}万", f"{wan_text(amount)} 万元"):
        assert fen(text, field="amount", label="金额") == amount
    assert fen("１，２００．５０", field="amount", label="金额") == 120_050
