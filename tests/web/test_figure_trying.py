"""An indicator written and changed in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from tests.matters.conftest import Opener, open_item
from tests.web.test_figures import text_of

__all__ = ["open_item"]

SignIn = Callable[[Account], Client]
TRY = "/figures/try/"
NEW = {
    "pack": "rectification", "code": "serious", "name_zh": "较重问题数", "definition_zh": "当期立项的较重问题。",
    "unit": "件", "periods": ["year"], "numerator_from": "matters", "numerator_where": "severity = 'serious'",
    "numerator_value": "count(*)", "numerator_period": "opened_on", "place": "410871", "try_period": "2018",
}  # fmt: skip


def form_of(client: Client, query: str = "") -> dict[str, str]:
    return seen_in(client.get(TRY + query))


def seen_in(answer: Any) -> dict[str, str]:
    shown = answer.content.decode()
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', shown)[0] for name in ("seen", "kept")}


def test_tried_published_and_changed_from_a_day_on(open_item: Opener, cast: SimpleNamespace, signed_in: SignIn) -> None:
    open_item(severity="serious")
    admin = signed_in(cast.administrator)
    answer = admin.post(TRY, NEW | form_of(admin))
    tried, seen = text_of_answer(answer), seen_in(answer)
    assert "这 1 条记录的内容，按您的职责看不到。" in tried
    assert "没有记录" not in tried
    assert admin.post(TRY, NEW | seen | {"step": "publish"}).status_code == 302
    taken = admin.post(TRY, NEW | seen | {"step": "publish"})
    assert (taken.status_code, "已经有代码为“serious”的指标" in taken.content.decode()) == (422, True)

    change = "?indicator=rectification.serious"
    other = NEW | form_of(admin, change) | {"numerator_where": "severity = 'ordinary'", "step": "publish"}
    unsaid = admin.post(TRY, other)
    assert (unsaid.status_code, "要说明以前的期间怎么算" in unsaid.content.decode()) == (422, True)
    wrong = admin.post(TRY, other | {"apply": "since", "since": "昨天"})
    assert wrong.status_code == 422
    assert admin.post(TRY, other | {"apply": "since", "since": "2019-01-01"}).status_code == 302
    sheet = "/figures/rectification.serious/?place=410871&period=2018"
    assert "由 1 条记录算出" in text_of(admin, sheet)

    again = NEW | form_of(admin, change) | {"numerator_where": "severity = 'urgent'", "step": "publish"}
    assert admin.post(TRY, again | {"apply": "all"}).status_code == 302
    assert "改了算法，以前各期也按新的算" in text_of(admin, sheet)


def test_whoever_writes_indicators_sees_the_records(
    open_item: Opener, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    matter = open_item(severity="serious")
    grant_duty(by=system_account(), account=cast.stranger, role="indicator_administrator", place=cast.land.district)
    writer = signed_in(cast.stranger)
    answer = writer.post(TRY, NEW | form_of(writer))
    assert matter.number in text_of_answer(answer)
    assert "SELECT" in text_of_answer(answer)
    assert "按您的职责看不到" not in text_of_answer(answer)
    assert writer.post(TRY, NEW | seen_in(answer) | {"step": "publish"}).status_code == 302
    assert writer.get("/people/open").status_code == 403, "accounts are kept by another"


def text_of_answer(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
