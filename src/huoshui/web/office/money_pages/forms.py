"""The forms of a matter's money: which is open, and what sending it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters.models import Matter, MoneyLine, PaymentOrder
from huoshui.matters.money import actions, permits
from huoshui.matters.money.models import VOUCHER
from huoshui.matters.money.sums import ordered_of, sums_of, yuan_text
from huoshui.packs.schema import FieldDef
from huoshui.subsidies import actions as subsidies
from huoshui.subsidies.models import Claim
from huoshui.subsidies.permits import STEPS
from huoshui.subsidies.reckoning import entitlement, require_scheme
from huoshui.web.office.attached import attach_sent_files, input_of, known_for, sent_files, upload_name
from huoshui.web.office.forms import FormState
from huoshui.web.office.matter_pages.steps import Panel
from huoshui.web.office.money_pages.card import amount_input
from huoshui.web.requests import SignedInRequest

CLAIM_STEPS = ("decline", "withdraw", "revoke")
SAID = {
    "line": _lazy("已记一笔"),
    "reverse": _lazy("已冲销"),
    "order": _lazy("已下达，等另一人确认"),
    "confirm": _lazy("已确认并记账"),
    "unorder": _lazy("已撤回"),
    "apply": _lazy("补助已申请"),
    "approve": _lazy("补助已核定"),
    "picture": _lazy("凭证已上传"),
}


class MoneyForm:
    """One form of a matter's money, by ``do`` and the parts of its address (type, line, order)."""

    def __init__(self, matter: Matter, do: str, parts: dict[str, str], form: FormState, reader: Any) -> None:
        self.matter, self.do, self.form, self.reader = matter, do, form, reader
        self.parts = {key: parts[key] for key in ("type", "line", "order") if parts.get(key)}

    def panel(self) -> Panel | None:
        """The form as it is shown, with what it begins with; None for a ``do`` that is none.

        Raises access.not_found for a line or an order that is not the matter's.
        """
        make = {"line": self._line, "order": self._order, "confirm": self._confirm, "reverse": self._reverse}
        make |= {"unorder": self._unorder, "picture": self._picture}
        if self.do in make:
            return make[self.do]()
        if self.do in ("apply", "approve"):
            return self._subsidy()
        if self.do in CLAIM_STEPS:
            return self._panel(str(STEPS[self.do]), [actions.REASON], {})
        return None

    def _panel(
        self,
        title: str,
        fields: list[FieldDef],
        values: dict[str, Any],
        lead: str = "",
        known: Sequence[dict[str, Any]] = (),
    ) -> Panel:
        pictured = self.do in ("line", "confirm", "picture")
        slot = {"code": VOUCHER, "label": _("凭证"), "minimum": 0, "have": 0, "photos": [], "earlier": 0}
        slot |= input_of(MoneyLine, VOUCHER)
        query = "&".join(f"{key}={value}" for key, value in self.parts.items())
        return Panel(
            title=title,
            verb=title,
            action=f"{reverse('matter_money_do', args=[self.matter.number, self.do])}?{query}".rstrip("?"),
            lead=lead,
            version=self.matter.version,
            fields=fields,
            slots=[slot | {"problem": self.form.problem_of(upload_name(VOUCHER)), "known": known}] if pictured else [],
            values=values,
        )

    def _line(self) -> Panel:
        known = permits.line_type(self.matter, self.parts.get("type", ""))
        values = {"day": clock.today()}
        return self._panel(_("记“%(type)s”") % {"type": known.name}, actions.LINE_FIELDS, values, self._room())

    def _order(self) -> Panel:
        known = permits.line_type(self.matter, self.parts.get("type", ""))
        title = _("下达“%(type)s”") % {"type": known.name}
        return self._panel(title, actions.ORDER_FIELDS, {}, self._room() + _("下达后由另一人确认，才算已付。"))

    def _room(self) -> str:
        """How much of the type can still be written, in a sentence; "" without a limit."""
        known = permits.line_type(self.matter, self.parts["type"])
        limit = self.matter.definition.line_type(known.at_most) if known.at_most else None
        if limit is None:
            return ""
        sums = sums_of(self.matter)
        left = sums.get(limit.code, 0) - sums.get(known.code, 0) - ordered_of(self.matter).get(known.code, 0)
        return _("按“%(limit)s”最多还能记 %(left)s 元。") % {"limit": limit.name, "left": yuan_text(max(left, 0))}

    def _confirm(self) -> Panel:
        order = self.order
        lead = _("%(type)s %(yuan)s 元，%(who)s于 %(day)s 下达。") % {
            "type": order.type_name,
            "yuan": yuan_text(order.amount),
            "who": order.ordered_by.title,
            "day": order.ordered_on,
        }
        return self._panel(_("确认支付"), actions.CONFIRM_FIELDS, {"day": clock.today()}, lead)

    def _unorder(self) -> Panel:
        said = _("%(type)s %(yuan)s 元") % {"type": self.order.type_name, "yuan": yuan_text(self.order.amount)}
        return self._panel(_("撤回支付"), [actions.REASON], {}, said)

    def _reverse(self) -> Panel:
        line = self.line
        lead = _("%(day)s %(type)s %(yuan)s 元。原来的一笔留着，另记一笔相反的数。") % {
            "day": line.day,
            "type": line.type_name,
            "yuan": yuan_text(line.amount),
        }
        return self._panel(_("冲销"), [actions.REASON], {}, lead)

    def _picture(self) -> Panel:
        said = _("%(type)s %(yuan)s 元") % {"type": self.line.type_name, "yuan": yuan_text(self.line.amount)}
        known = known_for(self.line, self.matter.place, VOUCHER, self.reader)
        return self._panel(_("上传凭证"), [], {}, said, known)

    def _subsidy(self) -> Panel:
        if self.do == "apply":
            rights = entitlement(self.matter, require_scheme(self.matter).rules)
            most, lead = rights.amount, _("按办法第 %(tier)s 档可补 %(yuan)s 元；可以少申请。")
            lead = lead % {"tier": rights.tier, "yuan": yuan_text(most)}
        else:
            pot = self.claim.pot
            most = min(self.claim.applied, pot.left)
            lead = _("申请 %(applied)s 元；%(pot)s 还剩 %(left)s 元。") % {
                "applied": yuan_text(self.claim.applied),
                "pot": pot,
                "left": yuan_text(pot.left),
            }
        values = {"amount": amount_input(most)}
        return self._panel(str(STEPS[self.do]), [actions.AMOUNT, actions.NOTE], values, lead)

    def take(self, request: SignedInRequest) -> Any:
        """Do what was sent; files are read first, so that a bad one leaves nothing half done."""
        files = sent_files(request, VOUCHER, documents=True)
        with transaction.atomic():
            done = self._actions()[self.do](request.user)
            if isinstance(done, MoneyLine):
                count = attach_sent_files(request, done, self.matter.place, VOUCHER, files)
                if self.do == "picture" and not count:
                    raise Refusal("value.required", field=upload_name(VOUCHER), label=_("凭证"))
        return done

    def _actions(self) -> dict[str, Callable[[Any], Any]]:
        seen: dict[str, Any] = {"seen_version": self.form.seen_version}
        on: dict[str, Any] = {"matter": self.matter, **seen}
        typed = self._typed
        return {
            "line": lambda by: actions.write_line(by=by, type=self._type, **typed(actions.LINE_FIELDS), **on),
            "order": lambda by: actions.order_payment(by=by, type=self._type, **typed(actions.ORDER_FIELDS), **on),
            "confirm": lambda by: actions.confirm_payment(
                by=by, order=self.order, **typed(actions.CONFIRM_FIELDS), **seen
            ),
            "unorder": lambda by: actions.withdraw_order(by=by, order=self.order, reason=self._reason, **seen),
            "reverse": lambda by: actions.reverse_line(by=by, line=self.line, reason=self._reason, **seen),
            "picture": lambda by: self.line,
            "apply": lambda by: subsidies.apply(by=by, **typed([actions.AMOUNT, actions.NOTE]), **on),
            "approve": lambda by: subsidies.approve(
                by=by, claim=self.claim, **typed([actions.AMOUNT, actions.NOTE]), **seen
            ),
            **{step: partial(self._end, step) for step in CLAIM_STEPS},
        }

    def _end(self, step: str, by: Any) -> Claim:
        return subsidies.end_claim(
            by=by, claim=self.claim, step=step, reason=self._reason, seen_version=self.form.seen_version
        )

    @property
    def known(self) -> bool:
        """Whether there is such a form."""
        return self.do in self._actions()

    def _typed(self, fields: list[FieldDef]) -> dict[str, Any]:
        return {known.code: self.form.values.get(known.code, "") for known in fields}

    @property
    def _type(self) -> str:
        return self.parts.get("type", "")

    @property
    def _reason(self) -> str:
        return str(self.form.values.get("reason", ""))

    @property
    def line(self) -> MoneyLine:
        """The line that the address names. Raises access.not_found."""
        found: MoneyLine = self._of_matter(MoneyLine, "line")
        return found

    @property
    def order(self) -> PaymentOrder:
        """The order that the address names. Raises access.not_found."""
        found: PaymentOrder = self._of_matter(PaymentOrder, "order")
        return found

    @property
    def claim(self) -> Claim:
        """The claim that stands. Raises access.not_found."""
        found = subsidies.standing_claim(self.matter)
        if found is None:
            raise Refusal("access.not_found")
        return found

    def _of_matter(self, model: Any, part: str) -> Any:
        try:
            pk = UUID(self.parts.get(part, ""))
        except ValueError:
            raise Refusal("access.not_found") from None
        found = model.objects.filter(matter=self.matter, pk=pk).first()
        if found is None:
            raise Refusal("access.not_found")
        found.matter = self.matter
        return found
