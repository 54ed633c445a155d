"""A pot as Excel: its claims by village."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huoshui.kernel.access import Actor, require
from huoshui.matters.money.export import workbook
from huoshui.matters.money.sums import yuan
from huoshui.subsidies.models import Pot
from huoshui.subsidies.permits import STATES
from huoshui.subsidies.queries import claims_of


def pot_workbook(*, actor: Actor, pot: Pot) -> bytes:
    """The claims that the actor sees, with a row of sums. Raises access.denied without matter.export at its place."""
    require(actor, "matter.export", path=pot.place.path, pack=pot.pack)
    heads = [
        (_("乡镇"), 12), (_("地点"), 18), (_("编号"), 15), (_("事项"), 30), (_("状态"), 12), (_("验收审定（元）"), 16),
        (_("可补（元）"), 16), (_("申请（元）"), 16), (_("核定（元）"), 16), (_("已付（元）"), 16), (_("申请日期"), 12),
        (_("核定日期"), 12),
    ]  # fmt: skip
    found = claims_of(actor, pot)
    rows = [
        (
            row.town, row.claim.matter.place.short_name, row.claim.matter.number, row.claim.matter.title,
            str(STATES[row.claim.state]), yuan(row.claim.cost), yuan(row.claim.entitled), yuan(row.claim.applied),
            yuan(row.claim.approved), yuan(row.paid), row.claim.applied_on, row.claim.decided_on,
        )
        for row in found
    ]  # fmt: skip
    approved, paid = sum(row.claim.approved for row in found), sum(row.paid for row in found)
    sums = (_("合计"), "", "", "", "", None, None, None, yuan(approved), yuan(paid), None, None)
    pot_sums = (_("资金总额"), "", "", "", "", None, None, None, yuan(pot.amount), None, None, None)
    return workbook(str(pot), heads, [*rows, sums, pot_sums])
