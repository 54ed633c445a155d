"""What an action reads of reference data once within its transaction, and what makes it read anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from huoshui.duties.models import Unit
from huoshui.kernel.models import ReferenceStamp
from huoshui.kernel.reading import read_until_changed, stamp_reference_data
from huoshui.kernel.rereading import reading_in_transaction, transaction_memory

pytestmark = pytest.mark.django_db


@read_until_changed
def units(day: int) -> int:
    return Unit.objects.count() + day


@read_until_changed
def units_around(day: int) -> int:
    return units(day)


@read_until_changed
def by_hand() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM duties_unit")
        return int(cursor.fetchone()[0])


@pytest.fixture(autouse=True)
def _within() -> Iterator[None]:
    with transaction.atomic(), reading_in_transaction():
        yield


def queries(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len([query for query in captured if query["sql"].startswith("SELECT")])


def test_a_question_is_asked_once_for_each_of_its_arguments() -> None:
    assert [queries(partial(units, day)) for day in (1, 1, 2, 1)] == [1, 0, 1, 0]


def test_a_write_to_what_was_read_makes_it_ask_again_and_no_other_does() -> None:
    stamp_reference_data()  # the first one makes the row, which PostgreSQL waits for
    units_around(1)
    stamp_reference_data()
    assert ReferenceStamp.objects.exists()
    assert queries(lambda: units_around(1)) == 0
    Unit.objects.filter(name="none").update(name="other")
    assert queries(lambda: units_around(1)) == 1


def test_an_answer_read_from_a_kept_one_falls_with_it() -> None:
    units(1)
    assert queries(lambda: units_around(1)) == 0
    Unit.objects.filter(name="none").update(name="other")
    assert queries(lambda: units_around(1)) == 1


def test_going_back_to_a_savepoint_forgets_all() -> None:
    savepoint = transaction.savepoint()
    units(1)
    transaction.savepoint_rollback(savepoint)
    assert queries(lambda: units(1)) == 1


def test_what_waits_for_a_lock_is_read_anew_behind_it() -> None:
    units(1)
    memory = transaction_memory()
    assert memory is not None
    memory.watch(lambda *_args: None, 'SELECT "id" FROM "matters_matter" FOR UPDATE OF "matters_matter"', (), False, {})
    assert queries(lambda: units(1)) == 1


def test_what_a_statement_written_by_hand_read_is_not_kept() -> None:
    assert [queries(by_hand), queries(by_hand)] == [1, 1]


def test_a_block_inside_another_has_its_memory() -> None:
    outer = transaction_memory()
    with reading_in_transaction():
        assert transaction_memory() is outer


def test_a_question_that_failed_leaves_its_tables_to_the_one_around_it() -> None:
    @read_until_changed
    def failing() -> int:
        units(3)
        raise LookupError

    @read_until_changed
    def catching() -> int:
        try:
            return failing()
        except LookupError:
            return Unit.objects.filter(name="x").count()

    catching()
    Unit.objects.filter(name="none").update(name="other")
    assert queries(catching) == 2
