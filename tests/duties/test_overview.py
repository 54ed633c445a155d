"""Who can do what where and why: the same as what decides, whoever is asked about."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from django.db import connection
from django.test.utils import CaptureQueriesContext

from huoshui.duties.actions import deactivate_account, end_duty, grant_duty
from huoshui.duties.delegating import delegate
from huoshui.duties.models import Account
from huoshui.duties.overview import what_may, who_may, why
from huoshui.kernel.access import PERMISSIONS, allows
from huoshui.kernel.reading import reading

TODAY, LATER = dt.date(2018, 4, 2), dt.date(2018, 4, 12)


def stand_in(cast: SimpleNamespace) -> None:
    delegate(by=cast.leader, duties=list(cast.leader.duties.all()), to=cast.secretary, since=TODAY, until=LATER)
    grant_duty(
        by=cast.administrator, account=cast.stranger, role="verifier", place=cast.land.town, pack="rectification"
    )


def test_it_is_what_decides_for_everybody_everywhere(cast: SimpleNamespace) -> None:
    stand_in(cast)
    people = list(Account.objects.get_queryset().filter(is_active=True))
    with reading():
        for place in (cast.land.town, cast.land.other_village):
            for permission in PERMISSIONS:
                told = {row.account.pk for row in who_may(permission, place)}
                may = {account.pk for account in people if allows(account, permission, path=place.path)}
                assert told == may, (permission, place)
                told = {row.account.pk for row in who_may(permission, place, "hubs")}
                may = {a.pk for a in people if allows(a, permission, path=place.path, pack="hubs")}
                assert told == may, (permission, place)
        for account in people:
            given = {name for row in what_may(account) for name in row.permissions}
            assert given == {name for name in PERMISSIONS if account.grants(name)}


def test_why_somebody_may(cast: SimpleNamespace) -> None:
    stand_in(cast)
    (own, stood_in) = what_may(Account.objects.get(pk=cast.secretary.pk))
    assert (own.title, own.delegation, own.until) == ("寨卜昌村党支部书记", None, None)
    assert own.granted_by.startswith("系统")
    assert stood_in.delegation is not None
    assert (stood_in.delegation.principal, stood_in.until) == (cast.leader, LATER)
    assert stood_in.withheld == (
        "round.sign_leader", "figure.approve", "conflict.decide", "publication.explain",
    )  # fmt: skip
    verdict = why(cast.secretary, "letter.issue", cast.land.town)
    assert (verdict.allowed, [row.duty for row in verdict.sources]) == (True, [cast.leader.duties.get()])


def test_why_somebody_may_not(cast: SimpleNamespace) -> None:
    stand_in(cast)
    land = cast.land

    def reasons(account: Account, permission: str, place: object, pack: str = "") -> str:
        verdict = why(Account.objects.get(pk=account.pk), permission, place, pack)  # type: ignore[arg-type]
        assert not verdict.allowed
        return "".join(verdict.reasons)

    assert "没有带这项权限的职责" in reasons(cast.secretary, "account.manage", land.village)
    assert "系统管理员" in reasons(cast.secretary, "account.manage", land.village)
    assert "只能本人行使" in reasons(cast.secretary, "round.sign_leader", land.district)
    assert "管不到阳庙村" in reasons(cast.town_office, "matter.assign", land.other_village)
    assert "只限另一个机制（rectification）" in reasons(cast.stranger, "matter.view", land.town, "hubs")
    later = dt.date(2018, 5, 1)
    grant_duty(by=cast.administrator, account=cast.stranger, role="leader", place=land.town, since=later)
    assert "从 2018-05-01 才开始" in reasons(cast.stranger, "letter.issue", land.town)
    end_duty(by=cast.administrator, duty=cast.village_lead.duties.get(), until=TODAY)
    assert "已于 2018-04-02 结束" in reasons(cast.village_lead, "matter.view", land.village)
    deactivate_account(by=cast.administrator, account=cast.auditor)
    assert "账号已停用" in reasons(cast.auditor, "matter.view", land.village)
    assert why(cast.secretary, "account.manage", land.village).others.endswith("系统管理员")


def test_few_queries_however_many_people(cast: SimpleNamespace) -> None:
    stand_in(cast)
    with (
        reading(),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        assert len(who_may("place.view", cast.land.village)) > 10
    assert len(asked) <= 6
    with reading(), CaptureQueriesContext(connection) as asked:
        what_may(Account.objects.get(pk=cast.secretary.pk))
    assert len(asked) <= 7
