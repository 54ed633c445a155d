"""提醒设置, on the page and over the API: everything is done on it, and nobody does it to another."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from huoshui.duties.models import Account
from huoshui.matters.actions import open_matter
from huoshui.notices.models import Channel, NoticeHours
from tests.notices.conftest import CODE, listening
from tests.web import api_client
from tests.web.api_client import codes, done, send

SignIn = Callable[[Account], Client]
SETTINGS = "/notices/settings"


def step(client: Client, name: str, **values: Any) -> Any:
    return client.post(SETTINGS, {"step": name, **values}, follow=True)


def test_a_robot_from_its_address_to_its_end(cast: SimpleNamespace, signed_in: SignIn, settings: Any) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"private_targets": True})
    client = signed_in(cast.secretary)
    assert "还没有添加邮箱或机器人" in client.get(SETTINGS).content.decode()
    with listening() as robot:
        page = step(client, "add", kind="robot", address=robot.url).content.decode()
        assert "确认码已发到 JSON json://******" in page
        assert "hook-of-a-secret" not in page
        channel = str(Channel.objects.get().pk)
        wrong = step(client, "confirm", channel=channel, code="AAAAAAAA")
        assert (wrong.status_code, "notice.code_wrong" in wrong.content.decode()) == (422, True)
        found = CODE.search(robot.texts[0])
        assert found
        assert "JSON已确认" in step(client, "confirm", channel=channel, code=found[1]).content.decode()
        assert (
            "已保存" in step(client, "ways", channel=channel, **{"way-due": "never", "way-task": ""}).content.decode()
        )
        assert Channel.objects.get().choices == {"due": "never"}
        robot.status = 500
        told = step(client, "test", channel=channel).content.decode()
        assert "没有发到 JSON json://******：机器人的服务器没有接受（500）" in told
    assert "已移除JSON" in step(client, "remove", channel=channel).content.decode()
    assert step(client, "test", channel=channel).status_code == 404


def test_hours_are_checked_and_kept(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.secretary)
    times = {"digest_at": "09:30", "quiet_from": "22:00", "quiet_until": "06:00"}
    assert step(client, "hours", **times | {"digest_at": "late"}).status_code == 422
    step(client, "hours", working_days_only="1", **times)
    assert f"{NoticeHours.objects.get().digest_at:%H:%M}" == "09:30"
    assert step(client, "dance").status_code == 404


def test_a_township_sets_its_own_robot_and_no_other(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, wecom = signed_in(cast.town_office), "wecombot://0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    assert "苏家作乡（本地所有事项）" in client.get(SETTINGS).content.decode()
    assert "本地所有事项" not in signed_in(cast.secretary).get(SETTINGS).content.decode()
    other = step(client, "add", kind="robot", address=wecom, place=cast.land.other_town.code)
    assert (other.status_code, Channel.objects.count()) == (404, 0)


@pytest.mark.parametrize("name", ["code", "confirm", "ways", "test", "remove", "retry"])
def test_anothers_channel_answers_like_none(
    name: str, cast: SimpleNamespace, signed_in: SignIn, post_office_off: Channel
) -> None:
    client = signed_in(cast.administrator)
    for channel in (post_office_off.pk, "x", "0" * 32):
        assert step(client, name, channel=str(channel), message="x").status_code == 404


@pytest.fixture
def post_office_off(cast: SimpleNamespace) -> Channel:
    """A channel of the village secretary."""
    channel: Channel = Channel.objects.create(account=cast.secretary, kind="robot", service="钉钉", shown="x")
    return channel


def test_a_link_leads_to_the_matter_for_those_who_may_see_it(cast: SimpleNamespace, signed_in: SignIn) -> None:
    matter = open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="栏杆松动")
    address = f"/notices/about/{matter.pk}"
    assert signed_in(cast.secretary).get(address)["Location"] == f"/matters/{matter.number}/"
    assert signed_in(cast.other_secretary).get(address)["Location"] == "/notices/"
    assert Client().get(address)["Location"].startswith("/accounts/login")


def test_over_the_api(cast: SimpleNamespace, settings: Any) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"private_targets": True})
    client = api_client.signed_in(cast.secretary)
    with listening() as robot:
        added = done(send(client, "POST", "/notices/channels", {"kind": "robot", "address": robot.url}, "one"))
        again = done(send(client, "POST", "/notices/channels", {"kind": "robot", "address": robot.url}, "one"))
        assert added == again
        path = f"/notices/channels/{added['id']}"
        assert codes(send(client, "POST", f"{path}/test")) == ["notice.not_confirmed"]
        assert done(send(client, "POST", f"{path}/code"))["state"] == "sent"
        found = CODE.search(robot.texts[0])
        assert found
        assert done(send(client, "POST", f"{path}/confirm", {"code": found[1]}))["confirmed"]
        assert done(send(client, "POST", f"{path}/test"))["state"] == "sent"
    assert done(send(client, "POST", f"{path}/ways", {"ways": {"due": "never"}}))["ways"]["due"] == "never"
    hours = {"digest_at": "09:30", "working_days_only": True, "quiet_from": "22:00", "quiet_until": "06:00"}
    done(send(client, "PUT", "/notices/settings/hours", hours))
    shown = done(send(client, "GET", "/notices/settings"))
    assert shown["hours"]["digest_at"] == "09:30:00"
    assert [row["shown"] for row in shown["channels"]] == ["json://******"]
    other = api_client.signed_in(cast.administrator)
    assert send(other, "POST", f"{path}/remove").status_code == 404
    done(send(client, "POST", f"{path}/remove"))
    assert done(send(client, "GET", "/notices/settings"))["channels"] == []
