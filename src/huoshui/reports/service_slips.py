"""The slip of a request: a stub that the office keeps, signed for, and what whoever asked takes home, with the code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huoshui.kernel.access import Actor
from huoshui.kernel.wording import listed
from huoshui.reports.papers import Heading, Signer
from huoshui.reports.slips import qr_svg
from huoshui.reports.typesetting import typeset
from huoshui.services.models import Request


@dataclass(frozen=True)
class ServiceSlip:
    """Layout ``service_slip``."""

    heading: Heading
    stub_label: str
    own_label: str
    cut_here: str
    facts: list[tuple[str, str]]
    lists: list[tuple[str, str]]
    code_label: str
    code: str
    qr: str
    qr_says: str
    notes: list[str]
    signers: list[Signer]
    """On the stub alone; there is no code on it, for whoever has that may rate."""


def slip_pdf(request: Request, code: str, url: str, by: Actor) -> bytes:
    """A slip as PDF; nothing personal is printed on it. ``url``: where the code leads. Raises report.fonts_missing."""
    parts = list(request.parts.select_related("pack_version").order_by("id"))
    phones = [request.offer.phone] if request.offer and request.offer.phone else []
    item = request.definition
    if item and item.complaint_phone:
        phones.append(_("监督电话 %(phone)s") % {"phone": item.complaint_phone})
    facts = [
        (_("编号"), request.matter_number),
        (_("办理点"), request.place.name),
        (_("来办的人"), str(request.get_came_display())),
        (_("受理日期"), str(request.taken_on)),
        (_("承诺日期"), _promised(request)),
        (_("电话"), _("；").join(phones) or "—"),
    ]
    slip = ServiceSlip(
        heading=Heading(request.place.short_name, _("服务事项受理单"), [request.name, str(request.taken_on)]),
        stub_label=_("存根联　办理点留存"),
        own_label=_("回执联　交来办的人"),
        cut_here=_("沿线裁开"),
        facts=facts,
        lists=list(_lists([request, *parts])),
        code_label=_("查询码"),
        code=code,
        qr=qr_svg(url),
        qr_says=_("查询和评价的二维码"),
        signers=[Signer(_("受理人")), Signer(_("来办的人签收")), Signer(_("日期"))],
        notes=[
            _("扫码，或打开 %(url)s 填查询码，随时看办到哪一步，办成后评价。") % {"url": url.rsplit("/", 2)[0] + "/"},
            _("查询码等于这份申请的钥匙，请收好；遗失可到办理点重打。"),
            *([_("标“还要补交”的材料补齐后才能办结。")] if any(one.lacking for one in (request, *parts)) else []),
        ],
    )
    return typeset("service_slip", slip, title=f"{_('服务事项受理单')} {request.matter_number}", by=by)


def _promised(request: Request) -> str:
    day = str(request.promised_on)
    return _("%(day)s（按暂行日历）") % {"day": day} if request.promised_provisional else day


def _lists(requests: Iterable[Request]) -> Iterable[tuple[str, str]]:
    for request in requests:
        item = request.definition
        if item is None:
            continue
        came = [material.name for material in item.materials if material.code in request.received]
        if request.whole_id:
            yield f"{request.name}　{request.matter_number}", _("承诺 %(day)s") % {"day": _promised(request)}
        if came:
            yield _("已收材料"), listed(came)
        if request.lacking:
            yield _("还要补交"), listed(material.name for material in request.lacking)
