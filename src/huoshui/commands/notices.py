"""``huoshui notices``: does what leaves the product arrive, and what did not."""

from __future__ import annotations

from uuid import UUID

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_rows, say
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.notices import channels
from huoshui.notices.models import Channel, Message
from huoshui.notices.outbox import deliver
from huoshui.notices.queries import own_channels, undelivered


@click.group(help=_("站外提醒：试发、列出未能发出的、重新发送。"))
def notices() -> None:
    """Commands of notices outside the product."""


@notices.command("test", help=_("向一个账号已确认的通道各发一条测试，并说明结果；有一条没发出就以 1 退出。"))
@click.argument("username")
def test(username: str) -> None:
    """Send a test through each confirmed channel of an account. Raises ops.unknown, notice.not_confirmed."""
    account = Account.objects.get_queryset().filter(username=username).first()
    if account is None:
        raise Refusal("ops.unknown", field="username", name=username)
    found = list(own_channels(account).filter(confirmed_at__isnull=False))
    if not found:
        raise Refusal("notice.not_confirmed")
    outcomes = [_sent(channels.send_test(by=system_account(), channel=channel)) for channel in found]
    if not all(outcomes):
        raise SystemExit(1)


@notices.command("failed", help=_("列出最近七天未能发出或不确定的，连同原因。"))
@json_option
def failed(as_json: bool) -> None:
    """What was given up, or nobody knows of, in the last days."""
    rows = [
        {
            "id": str(message.pk),
            "at": f"{message.created_at:%Y-%m-%d %H:%M}",
            "to": _owner(message.channel),
            "channel": message.channel.service,
            "state": message.get_state_display(),
            "attempts": message.attempts,
            "error": message.error,
            "reason": message.problem.message() if message.problem else "",
        }
        for message in undelivered()
    ]
    headings = {
        "id": _("编号"), "at": _("时间（UTC）"), "to": _("提醒谁"), "channel": _("通道"), "state": _("状态"),
        "attempts": _("次数"), "reason": _("原因"),
    }  # fmt: skip
    print_rows(rows, headings, as_json=as_json)


@notices.command("retry", help=_("重新发送一条未能发出的，或 --all 全部，并说明结果。"))
@click.argument("message_id", required=False, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help=_("最近七天的全部。"))
def retry(message_id: UUID | None, everything: bool) -> None:
    """Send again what was not delivered. Raises ops.unknown, notice.not_over."""
    if everything == bool(message_id):
        raise click.UsageError(_("请写一个编号，或写 --all。"))
    found = list(Message.objects.filter(pk=message_id) if message_id else undelivered())
    if message_id and not found:
        raise Refusal("ops.unknown", field="message_id", name=message_id)
    outcomes = [_sent(channels.retry(by=system_account(), message=message)) for message in found]
    if not all(outcomes):
        raise SystemExit(1)


def _owner(channel: Channel) -> str:
    return channel.account.username if channel.account else channel.place.short_name if channel.place else ""


def _sent(message: Message) -> bool:
    """Send a message now, or after its owner's quiet hours, and say what came of it; whether nothing went wrong."""
    deliver(message.pk)
    message = Message.objects.select_related("channel__account", "channel__place").get(pk=message.pk)
    problem = message.problem
    said = f"{problem.code}: {problem.message()}" if problem else str(message.get_state_display())
    say(f"{_owner(message.channel)} {message.channel.service} {said}")
    return problem is None
