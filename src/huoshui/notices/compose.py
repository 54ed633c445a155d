"""The words that leave the product: title, number, deadline, link, and what is to be done. Nothing that is personal,
nothing that somebody wrote as a note; of restricted matters only that there is one (law 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoshui.notices.confirming import code_of
from huoshui.notices.models import Channel, Message, Notice
from huoshui.notices.texts import catalogue, kinds, rendered_outside

MOST_LINES = {Channel.Kind.EMAIL: 60, Channel.Kind.ROBOT: 10}
"""Notices of one message; what is more is counted, and stands in the product. WeCom takes 2048 bytes of text."""


def words_of(message: Message) -> tuple[str, str]:
    """Title and body of a message, in the installation's language."""
    with translation.override(settings.LANGUAGE_CODE):
        if message.purpose == Message.Purpose.CODE:
            return _code(message.channel)
        if message.purpose == Message.Purpose.TEST:
            return _("活水：测试"), _("这是一条测试。能看到它，提醒就能发到这里。")
        found = Notice.objects.filter(deliveries__message=message).order_by("created_at", "id")
        most = MOST_LINES[Channel.Kind(message.channel.kind)]
        return _notices(list(found), most, digest=message.digest_on is not None)


def _code(channel: Channel) -> tuple[str, str]:
    code = code_of(channel)
    text = _("确认码：{code}。请在“提醒设置”中填入。如果不是您本人在设置，请不要理会。").format(code=code)
    return _("活水：确认码"), text


def _notices(rows: Sequence[Notice], most: int, *, digest: bool) -> tuple[str, str]:
    if len(rows) == 1 and not digest:
        return _("活水：{what}").format(what=kinds()[catalogue()[rows[0].code].kind].name), line(rows[0])
    count = ngettext("%(count)d 条提醒", "%(count)d 条提醒", len(rows)) % {"count": len(rows)}
    title = _("活水每日汇总：{count}") if digest else _("活水：{count}")
    return title.format(count=count), "\n".join(_grouped(rows, most)).strip()


def _grouped(rows: Sequence[Notice], most: int) -> Iterable[str]:
    shown = rows[:most]
    for code, kind in kinds().items():
        lines = list(dict.fromkeys(line(row) for row in shown if catalogue()[row.code].kind == code))
        if lines:
            yield f"【{kind.name}】"
            yield from lines
            yield ""
    if len(rows) > len(shown):
        yield _("另有 {count} 条，请登录查看。").format(count=len(rows) - len(shown))


def line(notice: Notice) -> str:
    """One notice in one line, as it may leave the product."""
    if notice.restricted:
        return " ".join(filter(None, (_("您有一件事项需要查看。"), _address("/notices/"))))
    params = notice.params
    what = rendered_outside(notice.code, params)
    number, title = params.get("number", ""), params.get("title", "")
    due = _("，时限 {due}").format(due=params["due"]) if params.get("due") else ""
    if not title:  # about a duty, no matter
        return " ".join(filter(None, (what, _address("/notices/"))))
    said = _("{what}：{number}“{title}”{due}").format(what=what, number=number, title=title, due=due)
    return " ".join(filter(None, (said, _address(f"/notices/about/{notice.subject_id}"))))


def _address(path: str) -> str:
    """An address of the site, when HUOSHUI_SITE_URL says where it is."""
    return f"{settings.CONFIG.site_url}{path}" if settings.CONFIG.site_url else ""
