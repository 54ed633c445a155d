"""Two at once: what the scripts of ``test_money_at_once`` do, in an installation of their own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.db import connection

from huoshui.commands.prepare import load_builtin_packs, migrate
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import seal_pending, verify
from huoshui.matters.models import Matter, MoneyLine, PaymentOrder
from huoshui.matters.money.actions import confirm_payment, order_payment
from huoshui.subsidies.actions import apply, approve
from huoshui.subsidies.models import Claim, Pot
from tests.conftest import NOON, hire_cast, open_land
from tests.subsidies.conftest import accepted, fund

Work = Callable[[Account], object]


def prepare() -> SimpleNamespace:
    """Two accepted hubs with claims of 50,000 yuan each, and a pot of 70,000."""
    if connection.vendor == "postgresql":  # on SQLite the installation is a copy of a prepared one
        migrate()
        load_builtin_packs()
    cast = hire_cast(open_land())
    fund(cast, "70000")
    for secretary in (cast.secretary, cast.secretary2):
        apply(by=secretary, matter=accepted(cast, secretary))
    return cast


def main() -> None:
    """Two approvals at once, then two orders, then two confirmations of one order; prints what became of each."""
    with clock.set_to(NOON):
        cast = prepare()
    first, second = Claim.objects.order_by("id")
    told = {"approvals": at_once(cast.district_office, *(_approval(claim) for claim in (first, second)))}
    pot = Pot.objects.get()
    told["pot"] = [pot.amount, pot.approved, sum(Claim.objects.values_list("approved", flat=True))]
    matter = Claim.objects.get(state="approved").matter
    told["orders"] = at_once(cast.district_office, *(_order(matter) for _ in range(2)))
    order = PaymentOrder.objects.get()
    told["confirmations"] = at_once(cast.finance, *(_confirmation(order) for _ in range(2)))
    told["paid"] = list(MoneyLine.objects.filter(type="subsidy_paid").values_list("amount", flat=True))
    print(json.dumps(told, ensure_ascii=False))


def order_one() -> None:
    """One approved claim, and an order to pay 30,000 yuan of it that nobody confirmed yet; all is sealed."""
    with clock.set_to(NOON):
        cast = prepare()
        claim = Claim.objects.order_by("id").first()
        assert claim is not None
        approve(by=cast.district_office, claim=claim)
        order_payment(by=cast.district_office, matter=claim.matter, type="subsidy_paid", amount="30000")
    seal_pending()


def confirm_one() -> str:
    """Confirm that order: "", or the code of the refusal."""
    with clock.set_to(NOON):
        try:
            by = Account.objects.get_queryset().get(username="finance")
            confirm_payment(by=by, order=PaymentOrder.objects.get(), day="2018-04-02", voucher="支-1")
        except Refusal as refusal:
            return refusal.code
    return ""


def state() -> dict[str, object]:
    """The order, what was paid, what the pot says and what its claims sum up to, and whether the journal is whole."""
    pot = Pot.objects.get()
    paid = MoneyLine.objects.filter(type="subsidy_paid").values_list("amount", flat=True)
    seal_pending()
    report = verify()
    return {
        "order": PaymentOrder.objects.get().state,
        "paid": list(paid),
        "pot": [pot.amount, pot.approved, sum(Claim.objects.exclude(approved=None).values_list("approved", flat=True))],
        "whole": report.ok and not report.unsealed,
    }


def _approval(claim: Claim) -> Work:
    return lambda by: approve(by=by, claim=claim)


def _order(matter: Matter) -> Work:
    return lambda by: order_payment(by=by, matter=matter, type="subsidy_paid", amount="30000")


def _confirmation(order: PaymentOrder) -> Work:
    return lambda by: confirm_payment(by=by, order=order, day="2018-04-02", voucher="支-1")


def at_once(by: Account, *works: Work) -> list[str]:
    """Each in a thread and a session of its own, all begun at the same moment: "", or the refusal."""
    gate = threading.Barrier(len(works))
    told: list[str] = [""] * len(works)

    def run(at: int, work: Work) -> None:
        connection.ensure_connection()
        own: Any = Account.objects.get_queryset().get(pk=by.pk)
        with clock.set_to(NOON):
            gate.wait(60)
            try:
                work(own)
            except Refusal as refusal:
                told[at] = str(refusal)
        connection.close()

    threads = [threading.Thread(target=run, args=(at, work)) for at, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)
