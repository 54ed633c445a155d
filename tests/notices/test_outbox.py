"""What goes outside: once per notice and channel, through the worker, to real servers on the loopback."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel import clock
from huoshui.kernel.actions import action
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, open_matter
from huoshui.notices import channels, outbox
from huoshui.notices.actions import mark_read
from huoshui.notices.models import Channel, Delivery, Message, Notice
from huoshui.notices.outbox import BACKOFF, CUT_OFF, deliver, tick
from tests.matters.conftest import at, submit
from tests.notices.conftest import PostOffice, Robot, confirmed, tell

Work = Callable[[], None]


def after(**time: float) -> Any:
    return clock.set_to(clock.now() + dt.timedelta(**time))


def again(work: Work) -> None:
    """The timer, twice, and the worker after each."""
    for _time in range(2):
        tick()
        work()


def test_a_notice_goes_out_by_mail_once_and_names_nothing_that_somebody_wrote(
    mailbox: Channel, post_office: PostOffice, work: Work, cast: SimpleNamespace, settings: Any
) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"site_url": "https://huoshui.example.cn"})
    tell([cast.secretary], "matter.moved", cast.land.village)
    assert post_office.mails == []  # nothing before the worker
    work()
    again(work)
    (mail,) = post_office.mails
    link = f"https://huoshui.example.cn/notices/about/{cast.land.village.pk}"
    assert post_office.texts == [f"退回，现为“整改中”：ZG-2018-0001“栏杆松动”，时限 2018-04-20 {link}"]
    assert (mail["To"], mail["From"]) == ("zhishu@example.cn", "huoshui@example.cn")
    assert post_office.subjects == ["活水：办理进展"]
    message = Message.objects.get(purpose="notices")
    assert (message.state, mail["Message-ID"]) == ("sent", f"<{message.pk}@huoshui.notices>")


@pytest.mark.usefixtures("robot")
def test_a_restricted_matter_is_only_something_to_look_at(robot: Robot, work: Work, cast: SimpleNamespace) -> None:
    confirmed(cast.town_office, "robot", robot.url, robot, place=cast.land.town)
    tell([cast.secretary, cast.verifier], "matter.overdue", cast.land.village, restricted=True)
    work()
    assert robot.texts == ["您有一件事项需要查看。"]  # once, however many were told


def test_rolled_back_with_its_action(mailbox: Channel, work: Work, cast: SimpleNamespace) -> None:

    @action("tests.tell_and_fail")
    def fail() -> None:
        tell([cast.secretary], "matter.opened", cast.land.village)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    work()
    assert not Delivery.objects.exists()


def test_a_place_hears_of_what_lies_in_it_alone(robot: Robot, work: Work, cast: SimpleNamespace) -> None:
    confirmed(cast.town_office, "robot", robot.url, robot, place=cast.land.town)
    tell([cast.other_secretary], "matter.overdue", cast.land.other_village)
    tell([cast.secretary], "matter.moved", cast.land.village)  # a place hears of progress only if it chose to
    work()
    assert robot.texts == []
    tell([cast.secretary], "matter.overdue", cast.land.village)
    work()
    assert [post["title"] for post in robot.posts] == ["活水：逾期与督办"]


def test_a_server_that_is_away_is_tried_again_and_given_up_with_the_reason(
    robot: Robot, work: Work, cast: SimpleNamespace
) -> None:
    channel = confirmed(cast.secretary, "robot", robot.url, robot)
    robot.status = 503
    tell([cast.secretary], "matter.opened", cast.land.village)
    work()
    message = channel.messages.get(purpose="notices")
    for pause in BACKOFF:
        message.refresh_from_db()
        assert (message.state, message.not_before) == ("waiting", clock.now() + pause)
        clock.advance(pause - dt.timedelta(seconds=1))
        again(work)
        assert robot.posts.pop()
        assert robot.posts == []  # once for each pause
        clock.advance(dt.timedelta(seconds=1))
        again(work)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("failed", len(BACKOFF) + 1)
    assert message.problem
    assert "503" in message.problem.message()
    robot.posts.clear()
    robot.status = 200
    channels.retry(by=cast.secretary, message=message)
    work()
    assert len(robot.posts) == 1


class Answer:
    """What a robot's fixed server answers, without the network."""

    status_code = 200

    def __init__(self, body: dict[str, Any]) -> None:
        self.content, self.body = b"", body

    def json(self) -> dict[str, Any]:
        return self.body


@pytest.mark.parametrize(
    ("address", "refusal", "said"),
    [
        ("wecombot://" + "a" * 36, {"errcode": 93000, "errmsg": "invalid webhook url"}, "93000 invalid webhook url"),
        ("dingtalk://" + "b" * 40, {"errcode": 310000, "errmsg": "token " + "b" * 40}, "310000 token ******"),
        ("feishu://" + "c" * 36, {"code": 19024, "msg": "Key Words Not Found"}, "19024 Key Words Not Found"),
    ],
)
def test_an_answer_200_may_be_a_refusal(
    cast: SimpleNamespace, work: Work, monkeypatch: pytest.MonkeyPatch, address: str, refusal: dict[str, Any], said: str
) -> None:
    answer = Answer(refusal)
    monkeypatch.setattr("requests.post", lambda *_args, **_kwargs: answer)
    channel = channels.add_channel(by=cast.secretary, kind="robot", address=address)
    message = channels.send_code(by=cast.secretary, channel=channel)
    deliver(message.pk)
    message.refresh_from_db()
    assert message.error == "notice.robot_said"
    assert message.problem
    assert said in message.problem.message()
    answer.body = dict.fromkeys(refusal, 0)
    message.state = Message.State.WAITING
    message.save()
    deliver(message.pk)
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_recipient_refused_for_good_is_not_tried_again(
    mailbox: Channel, post_office: PostOffice, work: Work, cast: SimpleNamespace
) -> None:
    post_office.answer = "550 no such user"
    tell([cast.secretary], "matter.opened", cast.land.village)
    work()
    message = Message.objects.get(purpose="notices")
    assert (message.state, message.attempts, message.error) == ("failed", 1, "notice.mail_refused")


def test_cut_off_between_sending_and_marking(
    mailbox: Channel, post_office: PostOffice, robot: Robot, work: Work, cast: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Mail goes again with the same Message-ID; to a robot nothing goes twice unasked."""
    hook = confirmed(cast.secretary, "robot", robot.url, robot)
    tell([cast.secretary], "matter.opened", cast.land.village)

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    outbox.gather()
    monkeypatch.setattr(outbox, "_mark", killed)
    for message in Message.objects.filter(purpose="notices"):
        with pytest.raises(KeyboardInterrupt):
            deliver(message.pk)
    monkeypatch.undo()
    assert (len(post_office.mails), len(robot.posts)) == (1, 1)
    with after(minutes=5):  # it may be another process that still sends
        assert outbox.deliver_due() == 0
    with after(seconds=CUT_OFF.total_seconds() + 1):
        outbox.deliver_due()
        outbox.deliver_due()
        assert len({mail["Message-ID"] for mail in post_office.mails}) == 1
        assert (len(post_office.mails), len(robot.posts)) == (2, 1)
        unsure = hook.messages.get(purpose="notices")
        assert (unsure.state, unsure.error) == ("unsure", "notice.cut_off")
        channels.retry(by=cast.secretary, message=unsure)
        outbox.deliver_due()
    assert len(robot.posts) == 2


def test_quiet_hours_hold_back_and_merge(
    mailbox: Channel, post_office: PostOffice, work: Work, cast: SimpleNamespace
) -> None:
    channels.choose_ways(by=cast.secretary, channel=mailbox, ways={"extension": "always"})
    with at("2018-04-02", 22):
        for code in ("matter.overdue", "matter.opened", "matter.extension_asked"):
            tell([cast.secretary], code, cast.land.village)
        again(work)
        assert len(post_office.mails) == 1
        assert post_office.texts[0].startswith("申请延期")
    with at("2018-04-03", 7):
        again(work)
        assert len(post_office.mails) == 1
    with at("2018-04-03", 8):
        again(work)
    assert post_office.texts[1].splitlines()[0] == "【交给您办的事项】"
    assert post_office.subjects[1:] == ["活水：2 条提醒"]


def test_a_new_attempt_waits_for_the_end_of_quiet_hours(
    mailbox: Channel, post_office: PostOffice, work: Work, cast: SimpleNamespace
) -> None:
    post_office.answer = "451 later"
    with at("2018-04-02", 20):
        clock.advance(dt.timedelta(minutes=59, seconds=30))
        tell([cast.secretary], "matter.opened", cast.land.village)
        work()
        post_office.answer = "250 OK"
        clock.advance(dt.timedelta(minutes=2))
        again(work)
        assert post_office.mails == []
        assert Message.objects.get(purpose="notices").not_before == clock.local_moment(dt.date(2018, 4, 3), 7, 30)
    with at("2018-04-03", 8):
        again(work)
    assert post_office.subjects == ["活水：交给您办的事项"]


def test_what_is_long_over_is_forgotten_and_its_notice_is_not(
    mailbox: Channel, work: Work, cast: SimpleNamespace
) -> None:
    tell([cast.secretary], "matter.opened", cast.land.village)
    work()
    with after(days=91):
        assert outbox.forget_old() == 2  # the code's and the notice's
    assert (Delivery.objects.count(), Notice.objects.count()) == (0, 1)


def test_a_robot_gets_a_few_lines_and_how_many_more(robot: Robot, work: Work, cast: SimpleNamespace) -> None:
    confirmed(cast.secretary, "robot", robot.url, robot)
    with at("2018-04-02", 22):
        for _time in range(13):
            tell([cast.secretary], "matter.opened", cast.land.village)
    with at("2018-04-03", 8):
        again(work)
    (text,) = robot.texts
    assert text.endswith("另有 3 条，请登录查看。")
    assert len(text.encode()) < 2048


def test_the_digest_goes_once_a_day_and_never_empty(
    mailbox: Channel, post_office: PostOffice, work: Work, cast: SimpleNamespace
) -> None:
    village = cast.land.village
    tell([cast.secretary], "matter.moved", village, own=False)  # noon: the hour of today's digest is over
    with at("2018-04-02", 20):
        again(work)
        assert post_office.mails == []
    with at("2018-04-03", 10):  # the server was down at eight
        again(work)
        tell([cast.secretary], "matter.moved", village, own=False)
        again(work)
    assert post_office.subjects == ["活水每日汇总：1 条提醒"]
    with at("2018-04-04", 8):
        again(work)
        again(work)
        assert len(post_office.mails) == 2
    tell([cast.secretary], "matter.moved", village, own=False)
    mark_read(by=cast.secretary)
    for day in ("2018-04-05", "2018-04-06"):
        with at(day, 9):
            again(work)
    assert len(post_office.mails) == 2


def test_a_digest_on_working_days_waits_over_the_holiday(
    mailbox: Channel, post_office: PostOffice, work: Work, cast: SimpleNamespace
) -> None:
    hours = {"digest_at": dt.time(9, 30), "quiet_from": dt.time(0), "quiet_until": dt.time(0)}
    channels.set_hours(by=cast.secretary, working_days_only=True, **hours)
    with at("2018-04-04", 12):
        again(work)
    with at("2018-04-05"):  # Qingming, 5 to 7 April; Sunday 8 April is worked for it
        tell([cast.secretary], "matter.moved", cast.land.village, own=False)
        again(work)
    for day, count in (("2018-04-06", 0), ("2018-04-07", 0), ("2018-04-08", 1)):
        with at(day, 10):
            again(work)
        assert len(post_office.mails) == count


def test_one_of_many_hears_in_the_digest_and_whoever_answers_at_once(
    work: Work,
    cast: SimpleNamespace,
    post_office: PostOffice,
) -> None:
    """A verifier of the whole district is not written to for each submission."""
    for person, address in ((cast.verifier, "heyan@example.cn"), (cast.secretary, "zhishu@example.cn")):
        confirmed(person, "email", address, post_office)
    given: dict[str, Any] = {"by": cast.district_office, "kind": "rectification.item", "owner": cast.secretary}
    items = [open_matter(place=cast.land.village, title=f"问题{n}", **given) for n in range(2)]
    items = [submit(item, cast.secretary, shade=90 + n) for n, item in enumerate(items)]
    work()
    again(work)
    assert not [mail for mail in post_office.mails if mail["To"] == "heyan@example.cn"]
    with at("2018-04-03", 8):
        again(work)
    (digest,) = [mail for mail in post_office.mails if mail["To"] == "heyan@example.cn"]
    assert digest["Subject"].strip() == "活水每日汇总：2 条提醒"
    post_office.mails.clear()
    advance(by=cast.verifier, matter=items[0], transition="return", note="照片不清")
    work()
    assert [mail["To"] for mail in post_office.mails] == ["zhishu@example.cn"]
    assert "照片不清" not in post_office.texts[0]


def test_no_address_stands_in_the_journal_or_in_what_failed(
    mailbox: Channel, robot: Robot, work: Work, cast: SimpleNamespace
) -> None:
    channel = confirmed(cast.secretary, "robot", robot.url, robot)
    channels.remove_channel(by=cast.secretary, channel=channel)
    robot.status = 404
    data = " ".join(f"{entry.subject_label} {entry.data}" for entry in Entry.objects.all())
    assert "zhishu" not in data
    assert "hook-of-a-secret" not in data
    assert "hook-of-a-secret" not in str(list(Channel.objects.values())) + str(list(Message.objects.values()))
    tell([cast.secretary], "matter.opened", cast.land.village)
    work()
    assert robot.posts == []  # removed
    assert outbox.address_of(channel) == ""
