"""What a checklist asks of a village in a year: from its items, and from the sheets of the last 365 days."""

from __future__ import annotations

import datetime as dt

from huoshui.kernel import clock
from huoshui.visits import actions
from huoshui.visits.queries import burden_of
from tests.conftest import NOON
from tests.visits.staging import Stage


def later(**how: float) -> dt.datetime:
    return NOON + dt.timedelta(**how)


def test_a_checklist_that_nobody_has_filled_in(stage: Stage) -> None:
    burden = burden_of("trial", stage.planned().checklist)
    assert (burden.asked, burden.prefilled, burden.sheets, burden.places, burden.minutes) == (5, 2, 0, 0, None)
    assert burden.tenths_per_place == 0


def test_sheets_of_the_last_year_and_how_long_they_took(stage: Stage) -> None:
    round = stage.opened()
    for judge, place, minutes in (
        (1, stage.land.village, 20),
        (2, stage.land.village, 30),
        (1, stage.land.village2, 60),
    ):
        sheet = stage.sheet(round, judge, place=place)
        with clock.set_to(later(minutes=minutes)):
            actions.submit_visit(by=sheet.judge, visit=sheet)
    stage.sheet(round, 3)
    burden = burden_of("trial", round.checklist)
    assert (burden.sheets, burden.places, burden.tenths_per_place, burden.minutes) == (3, 2, 15, 30)
    with clock.set_to(later(days=364)):
        assert burden_of("trial", round.checklist).sheets == 3
    with clock.set_to(later(days=366)):
        assert burden_of("trial", round.checklist).sheets == 0


def test_a_sheet_left_lying_over_night_tells_nothing_of_the_time(stage: Stage) -> None:
    round = stage.opened()
    sheet = stage.sheet(round)
    with clock.set_to(later(hours=20)):
        actions.submit_visit(by=sheet.judge, visit=sheet)
    burden = burden_of("trial", round.checklist)
    assert (burden.sheets, burden.minutes) == (1, None)
