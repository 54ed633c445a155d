"""The actions of an accreditation, and the reminder of a survey, for the journal's scenario."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from huoshui.duties.queries import system_account
from huoshui.matters.actions import run_again
from huoshui.packs.queries import current
from huoshui.visits.actions import edit_checklist, remind_survey
from huoshui.visits.exchange.source import source_of
from tests.matters.accrediting import accrediting, apply, awarded
from tests.matters.conftest import at
from tests.visits.survey import load_survey


def play_accreditation(cast: SimpleNamespace) -> None:
    """A village is named, and its re-check falls due three years later."""
    people = accrediting(cast)
    awarded(people, apply(people))
    with at("2021-05-26"):
        assert run_again() == 1


def play_survey(cast: SimpleNamespace, folder: Path) -> None:
    """A survey is asked of the villages, and they are reminded of it."""
    load_survey(folder)
    version, by = current("toilets"), system_account()
    definition = source_of(version.section("checklists")["toilets"]) | {"asks": {"roles": ["village_secretary"]}}
    edit_checklist(by=by, pack="toilets", definition=definition, seen_number=version.number)
    assert remind_survey(by=cast.review_lead, pack="toilets", code="toilets")
