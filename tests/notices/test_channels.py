"""Channels: whose they are, which addresses are taken, and that nothing goes to one that is not confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.notices import channels
from huoshui.notices.carriers import NotDelivered, send_to_robot
from huoshui.notices.confirming import code_of
from huoshui.notices.models import Channel, Message, NoticeHours
from huoshui.notices.outbox import ADDRESS, address_of, deliver
from huoshui.vault.models import PersonalValue
from tests.notices.conftest import PostOffice, Robot, confirmed, tell

WECOM = "wecombot://0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


def refused(act: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act(**given)
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "address", "code"),
    [
        ("email", "nobody", "notice.mail_address"),
        ("email", "a@example.cn\nBcc: b@example.cn", "notice.mail_address"),
        ("email", " ", "value.required"),
        ("pigeon", "a@example.cn", "notice.channel_kind"),
        ("robot", "syslog://localhost", "notice.robot_scheme"),
        ("robot", "mailto://user:pw@example.cn", "notice.robot_scheme"),
        ("robot", "https://qyapi.weixin.qq.com/x", "notice.robot_scheme"),
        ("robot", "http://[::1", "notice.robot_scheme"),
        ("robot", "wecombot://", "notice.robot_address"),
        ("robot", "json://127.0.0.1:9/x", "outward.private"),
        ("robot", "json://localhost/x", "outward.private"),
        ("robot", "jsons://10.1.2.3/x", "outward.private"),
        ("robot", "ntfy://169.254.169.254/latest", "outward.private"),
        ("robot", "json://[::ffff:10.0.0.1]/x", "outward.private"),
        ("robot", "json://2130706433/x", "outward.private"),
        ("robot", "json://no-such-host.invalid/x", "outward.unknown"),
    ],
)
def test_an_address_that_cannot_be(
    kind: str, address: str, code: str, cast: SimpleNamespace, post_office: PostOffice
) -> None:
    assert refused(channels.add_channel, by=cast.secretary, kind=kind, address=address) == code
    assert not Channel.objects.exists()


def test_no_mail_without_a_server(cast: SimpleNamespace, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    given = {"by": cast.secretary, "kind": "email", "address": "a@example.cn"}
    assert refused(channels.add_channel, **given) == "notice.no_mail_server"


def test_an_address_is_kept_in_the_vault_and_shown_masked(cast: SimpleNamespace, post_office: PostOffice) -> None:
    mail = channels.add_channel(by=cast.secretary, kind="email", address="zhishu@example.cn")
    robot = channels.add_channel(by=cast.secretary, kind="robot", address=WECOM)
    assert [(c.service, c.shown) for c in (mail, robot)] == [
        ("邮箱", "z***@example.cn"),
        ("企业微信", "wecombot://******"),
    ]
    assert address_of(robot) == WECOM
    assert "4b5a" not in str(list(PersonalValue.objects.values())) + "".join(
        Entry.objects.values_list("data", flat=True)
    )
    assert refused(channels.add_channel, by=cast.secretary, kind="robot", address=WECOM) == "notice.channel_twice"
    channels.remove_channel(by=cast.secretary, channel=robot)
    assert not PersonalValue.objects.filter(key__record_id=robot.pk, code=ADDRESS).exists()
    channels.add_channel(by=cast.secretary, kind="robot", address=WECOM)


def test_there_are_at_most_five(cast: SimpleNamespace) -> None:
    for n in range(5):
        channels.add_channel(by=cast.secretary, kind="robot", address=WECOM[:-1] + str(n))
    assert refused(channels.add_channel, by=cast.secretary, kind="robot", address=WECOM[:-1] + "9") == (
        "notice.too_many_channels"
    )


def test_nothing_goes_to_an_address_that_is_not_confirmed(
    cast: SimpleNamespace, post_office: PostOffice, work: Callable[[], None]
) -> None:
    channel = channels.add_channel(by=cast.secretary, kind="email", address="a@example.cn")
    tell([cast.secretary], "matter.opened", cast.land.village)
    work()
    assert refused(channels.send_test, by=cast.secretary, channel=channel) == "notice.not_confirmed"
    test = Message.objects.create(channel=channel, purpose="test")
    deliver(test.pk)
    test.refresh_from_db()
    assert (test.state, test.error, post_office.mails) == ("failed", "notice.not_confirmed", [])


def test_only_the_last_code_confirms_and_only_in_time(cast: SimpleNamespace, post_office: PostOffice) -> None:
    by = cast.secretary
    channel = channels.add_channel(by=by, kind="email", address="a@example.cn")
    given: dict[str, Any] = {"by": by, "channel": channel}
    assert refused(channels.confirm_channel, code=code_of(channel), **given) == "notice.code_over"
    deliver(channels.send_code(**given).pk)
    assert refused(channels.send_code, **given) == "notice.too_soon"
    channel.refresh_from_db()
    first = code_of(channel)
    assert first in post_office.texts[0]
    clock.advance(dt.timedelta(minutes=2))
    channels.send_code(**given)
    channel.refresh_from_db()
    second = code_of(channel)
    assert refused(channels.confirm_channel, code=first, **given) == "notice.code_wrong"
    with clock.set_to(clock.now() + dt.timedelta(minutes=31)):
        assert refused(channels.confirm_channel, code=second, **given) == "notice.code_over"
    channels.confirm_channel(code=f" {second[:4].lower()}-{second[4:]} ", **given)
    assert refused(channels.send_code, **given) == "notice.confirmed_already"


def test_one_address_is_not_flooded_with_codes(cast: SimpleNamespace) -> None:
    given: dict[str, Any] = {"by": cast.secretary}
    given["channel"] = channels.add_channel(by=cast.secretary, kind="robot", address=WECOM)
    for _time in range(5):
        channels.send_code(**given)
        clock.advance(dt.timedelta(minutes=2))
    assert refused(channels.send_code, **given) == "notice.too_many_codes"


def test_anothers_settings_are_nobodys_business(mailbox: Channel, cast: SimpleNamespace) -> None:
    for other in (cast.administrator, cast.town_office, cast.stranger):
        assert refused(Channel.objects.get_visible, actor=other, pk=mailbox.pk) == "access.not_found"
        for act in (channels.remove_channel, channels.send_code, channels.send_test):
            assert refused(act, by=other, channel=mailbox) == "access.denied"
        assert refused(channels.choose_ways, by=other, channel=mailbox, ways={"due": "never"}) == "access.denied"
        assert refused(channels.confirm_channel, by=other, channel=mailbox, code="x") == "access.denied"


def test_a_places_channel_is_set_by_a_duty_there_alone(cast: SimpleNamespace) -> None:
    given: dict[str, Any] = {"kind": "robot", "address": WECOM, "place": cast.land.town}
    for other in (cast.secretary, cast.other_town_office, cast.administrator, cast.stranger):
        assert refused(channels.add_channel, by=other, **given) == "access.denied"
    channel = channels.add_channel(by=cast.town_office, **given)
    assert list(Channel.objects.visible_to(cast.district_office)) == [channel]
    assert refused(channels.remove_channel, by=cast.other_town_office, channel=channel) == "access.denied"
    channels.remove_channel(by=cast.district_office, channel=channel)
    assert refused(channels.remove_channel, by=cast.district_office, channel=channel) == "access.not_found"


def test_choices_are_of_known_kinds_and_ways(mailbox: Channel, cast: SimpleNamespace) -> None:
    given: dict[str, Any] = {"by": cast.secretary, "channel": mailbox}
    assert refused(channels.choose_ways, ways={"gossip": "now"}, **given) == "notice.unknown_kind"
    assert refused(channels.choose_ways, ways={"due": "loudly"}, **given) == "notice.unknown_way"
    entries = Entry.objects.count()
    for _time in range(2):
        chosen = channels.choose_ways(ways={"due": "never"}, **given)
    assert (chosen.way("due", own=True), chosen.way("task", own=True)) == ("never", "now")
    assert Entry.objects.count() == entries + 1


def test_hours_are_kept(cast: SimpleNamespace) -> None:
    times = {"digest_at": dt.time(9), "quiet_from": dt.time(22), "quiet_until": dt.time(6)}
    for _time in range(2):
        channels.set_hours(by=cast.secretary, working_days_only=True, **times)
    found = NoticeHours.objects.get()
    assert (found.account, found.digest_at, found.working_days_only) == (cast.secretary, dt.time(9), True)
    assert Entry.objects.filter(action="notices.set_hours").count() == 1


def test_a_test_tells_the_true_outcome(robot: Robot, cast: SimpleNamespace) -> None:
    channel = confirmed(cast.secretary, "robot", robot.url, robot)
    robot.status = 404
    failed = channels.send_test(by=cast.secretary, channel=channel)
    deliver(failed.pk)
    failed.refresh_from_db()
    assert (failed.state, failed.error_params) == ("failed", {"status": "404"})
    assert refused(channels.send_test, by=cast.secretary, channel=channel) == "notice.too_soon"
    robot.status = 200
    clock.advance(dt.timedelta(minutes=2))
    sent = channels.send_test(by=cast.secretary, channel=channel)
    deliver(sent.pk)
    sent.refresh_from_db()
    assert (sent.state, sent.error) == ("sent", "")


def test_a_robot_does_not_lead_inside_by_redirect(robot: Robot) -> None:
    robot.status = 302
    with pytest.raises(NotDelivered) as caught:
        send_to_robot(url=f"{robot.url}?redirect=yes", title="t", body="b")
    assert caught.value.params == {"status": "302"}


def test_an_address_that_became_private_is_not_called(robot: Robot, cast: SimpleNamespace, settings: Any) -> None:
    channel = confirmed(cast.secretary, "robot", robot.url, robot)
    settings.CONFIG = settings.CONFIG.model_copy(update={"private_targets": False})
    message = channels.send_test(by=cast.secretary, channel=channel)
    deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.error, robot.posts) == ("failed", "outward.private", [])
