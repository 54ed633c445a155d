"""The actions of an accreditation alone, for the journal's scenario."""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.matters.actions import run_again
from tests.matters.accrediting import accrediting, apply, awarded
from tests.matters.conftest import at


def play_accreditation(cast: SimpleNamespace) -> None:
    """A village is named, and its re-check falls due three years later."""
    people = accrediting(cast)
    awarded(people, apply(people))
    with at("2021-05-26"):
        assert run_again() == 1
