"""Slips by which people sign in for the first time: to be cut apart, one for each person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import qrcode
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathImage

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.reports.papers import Slip, SlipsPaper
from huoshui.reports.typesetting import typeset

QUIET = 2
"""Modules of white around a QR code; the slip's own paper is the rest."""


@dataclass(frozen=True)
class SlipFor:
    """Whose slip, with the code and the whole link that are printed on it and kept nowhere."""

    account: Account
    code: str
    url: str
    until: dt.datetime


def slips_pdf(slips: Sequence[SlipFor], address: str, by: Actor) -> bytes:
    """Eight slips a page; ``address`` is the page on which a code is typed."""
    paper = SlipsPaper(
        [_slip(slip, address) for slip in slips],
        steps=[_("扫码，或打开上面的网址填登录码"), _("自己设一个密码，不要告诉别人"), _("以后用账号和密码登录")],
    )
    return typeset("slips", paper, title=_("首次登录条"), by=by)


def _slip(slip: SlipFor, address: str) -> Slip:
    unit, until = slip.account.unit, slip.until.astimezone(clock.LOCAL_ZONE)
    return Slip(
        title=slip.account.title,
        unit=f"{unit.place.short_name} {unit.name}" if unit else "",
        facts=[
            (_("账号"), slip.account.username),
            (_("网址"), address),
            (_("登录码"), slip.code),
            (_("有效期至"), _("%(day)s，只能用一次") % {"day": f"{until:%Y-%m-%d %H:%M}"}),
        ],
        qr=qr_svg(slip.url),
        qr_says=_("%(person)s首次登录的二维码") % {"person": slip.account.title},
    )


def qr_svg(text: str) -> str:
    """A text as a QR code (ISO/IEC 18004, error correction M) in SVG."""
    made = qrcode.make(text, image_factory=SvgPathImage, border=QUIET)
    return str(made.to_string(encoding="unicode"))
