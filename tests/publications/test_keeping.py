"""Keeping a check, with the values compared then; explaining a difference."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.places import actions as places
from huoshui.publications import actions
from huoshui.publications.actions import LONGEST_REASON, explain, keep_check
from huoshui.publications.checks import check_publication
from huoshui.publications.comparing import Status
from huoshui.publications.models import CheckedNumber, Explanation, PublicationCheck
from huoshui.publications.queries import checks, outcome_of
from tests.publications.conftest import DAY

TEXT = "2017年，全区有行政村6个，苏家作乡行政村总数为3个。电话0391-3568888。"


def keep(cast: SimpleNamespace, text: str = TEXT) -> PublicationCheck:
    return keep_check(by=cast.leader, data=text.encode(), name="稿.txt", place=cast.land.district, day=DAY)


def refused(**given: object) -> str:
    with pytest.raises(Refusal) as refusal:
        explain(**given)  # type: ignore[arg-type]
    return refusal.value.problems[0].code


def test_what_was_found_is_kept_with_its_values(cast: SimpleNamespace) -> None:
    check = keep(cast)
    assert (check.counts["differing"], check.counts["match"], check.counts["asides"]) == (1, 1, 2)
    entry = Entry.objects.get(action="publications.keep_check")
    assert "稿.txt" in entry.data
    places.open_place(
        by=cast.administrator, kind="village", code="410871203204", name="司家寨村村民委员会",
        parent=cast.land.town, opened_on=dt.date(2016, 1, 1),
    )  # fmt: skip
    shown = [(one.printed, one.held.shown, one.status) for one in outcome_of(cast.leader, check).findings if one.status]
    assert shown == [("6个", "5", Status.DIFFERING), ("3个", "3", Status.MATCH)]
    assert [one.status for one in outcome_of(cast.leader, keep(cast)).findings if one.status] == [
        Status.MATCH,
        Status.DIFFERING,
    ]
    assert list(checks(cast.leader)) == list(PublicationCheck.objects.order_by("-created_at"))


def test_an_explanation_counts_for_that_number_and_that_value_alone(cast: SimpleNamespace) -> None:
    number = keep(cast).numbers.get(printed="6个")
    row = explain(by=cast.leader, number=number, reason="　含一个筹建中的村。 ")
    assert row.reason == "含一个筹建中的村。"
    assert Entry.objects.filter(action="publications.explain", subject_id=row.pk).exists()
    again = outcome_of(cast.leader, keep(cast))
    assert (again.unexplained, again.counts[Status.DIFFERING]) == (0, 1)
    other = outcome_of(cast.leader, keep(cast, TEXT.replace("6个", "7个")))
    assert other.unexplained == 1
    places.open_place(
        by=cast.administrator, kind="village", code="410871203204", name="司家寨村村民委员会", parent=cast.land.town,
        opened_on=dt.date(2016, 1, 1),
    )  # fmt: skip
    places.open_place(
        by=cast.administrator, kind="village", code="410871203205", name="南村村民委员会", parent=cast.land.town,
        opened_on=dt.date(2016, 1, 1),
    )  # fmt: skip
    now = outcome_of(cast.leader, keep(cast))
    assert now.unexplained == 2  # the register says 7 by now, which nobody explained


def test_explanations_that_are_refused(cast: SimpleNamespace) -> None:
    check = keep(cast)
    differing, agreeing = check.numbers.get(printed="6个"), check.numbers.get(printed="3个")
    assert refused(by=cast.district_office, number=differing, reason="有") == "access.denied"
    assert refused(by=cast.leader, number=differing, reason=" ") == "value.required"
    assert refused(by=cast.leader, number=differing, reason="长" * (LONGEST_REASON + 1)) == "value.too_long"
    assert refused(by=cast.leader, number=agreeing, reason="有") == "publication.no_difference"
    explain(by=cast.leader, number=differing, reason="有")
    assert refused(by=cast.leader, number=differing, reason="有") == "publication.explained_already"
    assert Explanation.objects.count() == 1


def test_nothing_is_kept_of_what_is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refusal:
        keep_check(by=cast.secretary, data=TEXT.encode(), name="稿.txt", place=cast.land.district, day=DAY)
    assert refusal.value.problems[0].code == "access.denied"
    with pytest.raises(Refusal):
        keep(cast, "")
    assert (PublicationCheck.objects.count(), CheckedNumber.objects.count()) == (0, 0)


def test_a_town_sees_its_own_checks_alone(cast: SimpleNamespace) -> None:
    keep(cast)
    own = keep_check(by=cast.town_office, data=TEXT.encode(), name="乡.txt", place=cast.land.town, day=DAY)
    assert [check.pk for check in checks(cast.town_office)] == [own.pk]
    assert checks(cast.leader).count() == 2
    assert not checks(cast.secretary).exists()


def test_what_was_kept_is_never_changed_or_deleted(cast: SimpleNamespace) -> None:
    explain(by=cast.leader, number=keep(cast).numbers.get(printed="6个"), reason="含筹建")
    for model, column in ((PublicationCheck, "name"), (CheckedNumber, "held"), (Explanation, "reason")):
        table = model._meta.db_table
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                connection.cursor().execute(statement)


def test_an_explanation_is_found_under_a_long_period(cast: SimpleNamespace) -> None:
    said = f"2017年{'（含顺延）' * 12}"
    table = f"indicator_zh,kind,place,period,value,unit\n村部建筑面积,standard,示范区,{said},200,平方米\n"
    given = {"by": cast.leader, "data": table.encode(), "name": "表.csv", "place": cast.land.district, "day": DAY}
    check = keep_check(**given)
    assert outcome_of(cast.leader, check).unexplained == 1
    row = explain(by=cast.leader, number=check.numbers.get(), reason="旧村部沿用")
    row.full_clean()  # PostgreSQL holds what SQLite does not: no text is longer than its column
    assert check_publication(**given).unexplained == 0


def test_a_file_is_read_before_the_write_begins(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    depth, seen = len(connection.savepoint_ids), []
    real = actions.check_publication
    monkeypatch.setattr(
        actions, "check_publication", lambda **given: (seen.append(len(connection.savepoint_ids)), real(**given))[1]
    )
    keep(cast)
    assert seen == [depth]
