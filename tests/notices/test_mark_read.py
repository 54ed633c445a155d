"""Notices: written within an action, read by their own account alone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation

from huoshui.duties.queries import system_account
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.notices.actions import mark_read, send
from huoshui.notices.models import Notice
from huoshui.notices.queries import notices_for, unread_count, unread_for
from huoshui.notices.texts import catalogue, rendered, rendered_outside
from tests.notices.conftest import PARAMS


@action("tests.send_notice")
def tell(**options: object) -> int:
    running_action().changed_nothing()
    return send(**options)  # type: ignore[arg-type]


def test_each_account_is_told_once_and_the_system_never(cast: SimpleNamespace) -> None:
    told = [cast.secretary, cast.secretary, cast.verifier, system_account()]
    assert tell(accounts=told, code="matter.due_soon", params=PARAMS, subject=cast.land.village) == 2
    notice = unread_for(cast.secretary).get()
    assert notice.text == "提醒：寨卜昌村事项 ZG-2018-0001“栏杆松动”将于 2018-04-20 到期，还有 3 天。"
    assert (notice.subject_kind, notice.subject_id) == ("places.place", cast.land.village.pk)
    with translation.override("en"):
        assert notice.text.startswith("Reminder: matter ZG-2018-0001")


def test_is_sent_within_an_action_only(cast: SimpleNamespace) -> None:
    with pytest.raises(RuntimeError):
        send(accounts=[cast.secretary], code="matter.due_soon", params=PARAMS)
    with pytest.raises(KeyError):
        tell(accounts=[cast.secretary], code="matter.due_soon", params={})
    with pytest.raises(KeyError):
        tell(accounts=[cast.secretary], code="nothing.known", params={})
    assert not Notice.objects.exists()


def test_marking_read_touches_own_notices_only_and_leaves_no_trace(cast: SimpleNamespace) -> None:
    for _ in range(2):
        tell(accounts=[cast.secretary, cast.verifier], code="matter.due_soon", params=PARAMS)
    entries = Entry.objects.count()
    first = unread_for(cast.secretary).first()
    assert mark_read(by=cast.verifier, notices=[first]) == 0
    assert mark_read(by=cast.secretary, notices=[first]) == 1
    assert mark_read(by=cast.secretary, notices=[first]) == 0
    assert unread_count(cast.secretary) == 1
    assert mark_read(by=cast.secretary) == 1
    assert (unread_count(cast.secretary), unread_count(cast.verifier)) == (0, 2)
    assert notices_for(cast.secretary).count() == 2
    assert Entry.objects.count() == entries


def test_nobody_sees_anothers_notices(cast: SimpleNamespace) -> None:
    tell(accounts=[cast.secretary], code="matter.due_soon", params=PARAMS)
    notice = Notice.objects.get()
    for other in (cast.administrator, cast.leader, cast.stranger):
        with pytest.raises(Refusal):
            Notice.objects.get_visible(other, pk=notice.pk)


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_text_is_there_in_both_languages(code: str) -> None:
    named = code.startswith(("matter.", "delegation.", "duty.")) and code != "matter.many_due_again"
    for language in ("zh", "en"):
        assert ("ZG-2018-0001" in rendered(code, PARAMS, language)) == named
        outside = rendered_outside(code, PARAMS, language)
        assert outside
        assert not [word for word in ("张三", "材料", "栏杆", "寨卜昌") if word in outside]
