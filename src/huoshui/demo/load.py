"""Loading the demo district: every record by the action that makes it in life, at the time it would be made."""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.db import models, transaction

from huoshui.activities.models import Activity
from huoshui.demo import (
    awards,
    consulting,
    documents,
    events,
    figures,
    forms,
    honours,
    hubs,
    ledger_2017,
    ledger_now,
    meetings,
    promises,
    registers,
    reviews,
    rivers,
    safety,
    safety_now,
    services,
    subdivisions,
    supervising,
    toilets,
    visiting,
)  # fmt: skip
from huoshui.demo.accounts import open_accounts
from huoshui.demo.agenda import Agenda, Progress, Timer
from huoshui.demo.conditions import conditions
from huoshui.demo.land import open_land
from huoshui.demo.spots import draw_places
from huoshui.demo.story import Story
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.context import channel
from huoshui.kernel.demonstration import CHANNEL
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import seal_pending
from huoshui.kernel.models import Entry
from huoshui.kernel.rereading import reading_in_transaction
from huoshui.matters.actions import tick
from huoshui.matters.models import Matter, MoneyLine
from huoshui.media.models import Attachment
from huoshui.notices.models import Notice
from huoshui.packs.actions import load_pack
from huoshui.places.models import Place
from huoshui.visits.models import Result, Round, Visit

FIRST_AS_OF = dt.date(2018, 4, 1)
"""Before it the records of 2017 and of the winter after it would lie in the future."""
FOUNDED = dt.date(2017, 1, 3)
PACKS = (
    "core", "rectification", "hubs", "review", "culture", "education", "employment", "health", "livelihood", "security",
    "activities", "honours", "supervision", "documents", "services", "surveys", "own_surveys",
    "consultation", "outreach",
    "safety", "rivers",
)  # fmt: skip
COUNTED: dict[str, type[models.Model]] = {
    "places": Place,
    "accounts": Account,
    "rounds": Round,
    "sheets": Visit,
    "results": Result,
    "matters": Matter,
    "lines": MoneyLine,
    "activities": Activity,
    "photos": Attachment,
    "notices": Notice,
    "entries": Entry,
}


@dataclass
class DemoSummary:
    """What was loaded: how many of each, and how many seconds each part took."""

    as_of: dt.date
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def load_demo(*, as_of: dt.date, address: str = "", progress: Progress | None = None) -> DemoSummary:
    """Load the demo district as it stands on the morning of ``as_of``, into an empty register, all or nothing.

    ``address``: where the register is reached, as its documents print it. ``progress(part, done, total)`` is told
    how each part goes. Not to be called within a transaction: the journal is sealed, and its checkpoint kept, after
    the commit. Raises demo.not_empty or demo.too_early.
    """
    if as_of < FIRST_AS_OF:
        raise Refusal("demo.too_early", field="as_of", day=as_of, first=FIRST_AS_OF)
    stopwatch = _Stopwatch(progress)
    with channel(CHANNEL), _collecting_seldom():
        with transaction.atomic(), reading_in_transaction():
            standing = Place.objects.count()
            if standing:
                raise Refusal("demo.not_empty", places=standing)
            story = found(as_of, stopwatch.tell, address)
            agenda = begin(stopwatch.tell)
            put_past_on(agenda, story)
            put_present_on(agenda, story)
            agenda.play(as_of)
        with clock.set_to(clock.local_moment(as_of, 9)):
            entries = seal_pending()
    stopwatch.tell("seal", entries, entries)
    counts = {name: model._default_manager.count() for name, model in COUNTED.items()}
    return DemoSummary(as_of, counts, stopwatch.seconds)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Let Python look for garbage every 50,000 objects instead of every 700: it takes a twentieth of the load."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def found(as_of: dt.date, progress: Progress, address: str = "") -> Story:
    """The beginning of 2017: packs, places, accounts, and the hubs that stood."""
    by = system_account()
    with clock.set_to(clock.local_moment(FOUNDED, 8)):
        for done, code in enumerate(PACKS, start=1):
            load_pack(by=by, folder=settings.BUILTIN_PACKS_DIR / code)
            progress("packs", done, len(PACKS))
        land = open_land()
        draw_places(land)
        progress("places", len(land.villages), len(land.villages))
        cast = open_accounts(land, lambda done, total: progress("accounts", done, total))
        story = Story(as_of, land, cast, {state.village.code: state for state in conditions(land)}, address)
        hubs.open_older_hubs(story)
        progress("hubs", len(story.sites), len(story.sites))
        consulting.open_courtyards(story)
        safety.open_sites(story)
    return story


def begin(progress: Progress) -> Agenda:
    """An empty agenda from the beginning of 2017, with the ladder's timer."""
    return Agenda(progress, Timer(_next_rung_day, tick, FOUNDED))


def put_past_on(agenda: Agenda, story: Story) -> None:
    """What is fixed, whatever the day: the survey, the works and the round of 2017, and what became of its findings."""
    hubs.put_survey_on(agenda.part("survey"), story)
    hubs.put_works_on(agenda.part("works"), story)
    pilot = reviews.put_pilot_on(agenda.part("review_pilot"), story)
    ledger_2017.put_pilot_on(agenda.part("ledger_pilot"), story, pilot)
    review = reviews.put_2017_on(agenda.part("review_2017"), story)
    ledger_2017.put_ledger_on(agenda.part("ledger_2017"), story, review)
    registers.put_registers_on(agenda.part("registers"), story)
    promises.put_kept_on(agenda.part("promises"), story)
    honours.put_honours_on(agenda.part("honours"), story)
    supervising.put_past_on(agenda.part("supervision"), story)
    consulting.put_past_on(agenda.part("consultation"), story)
    safety.put_2017_on(agenda.part("safety"), story)
    awards.put_awards_on(agenda.part("awards"), story)
    figures.put_figures_on(agenda.part("figures"), story)
    documents.put_documents_on(agenda.part("documents"), story)
    subdivisions.put_subdivisions_on(agenda.part("subdivisions"), story)
    forms.put_forms_on(agenda.part("forms"), story)
    events.put_events_on(agenda.part("events"), story)
    meetings.put_spring_on(agenda.part("meetings"), story)


def put_present_on(agenda: Agenda, story: Story) -> None:
    """What is relative to the day: the round that runs, the works and the ledger."""
    reviews.put_running_on(agenda.part("review_running"), story)
    reviews.put_planned_on(agenda.part("review_planned"), story)
    honours.put_accreditations_on(agenda.part("accreditations_now"), story)
    supervising.put_present_on(agenda.part("supervision_now"), story)
    safety_now.put_present_on(agenda.part("safety_now"), story)
    rivers.put_rivers_on(agenda.part("rivers"), story)
    ledger_now.put_works_on(agenda.part("works_now"), story)
    ledger_now.put_ledger_on(agenda.part("ledger_now"), story)
    meetings.put_present_on(agenda.part("meetings_now"), story)
    services.put_services_on(agenda.part("services"), story)
    consulting.put_present_on(agenda.part("consultation_now"), story)
    promises.put_running_on(agenda.part("promises_now"), story)
    visiting.put_present_on(agenda.part("outreach"), story)
    toilets.put_survey_on(agenda.part("toilets"), story)


def _next_rung_day() -> dt.date | None:
    day: dt.date | None = Matter.objects.going().aggregate(day=models.Min("next_rung_on"))["day"]
    return day


class _Stopwatch:
    """Passes progress on, and adds up how long each part took."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress, self._since = progress, time.perf_counter()
        self.seconds: dict[str, float] = {}

    def tell(self, part: str, done: int, total: int) -> None:
        """The time since the last call belongs to ``part``."""
        now = time.perf_counter()
        self.seconds[part] = round(self.seconds.get(part, 0) + now - self._since, 3)
        self._since = now
        if self._progress:
            self._progress(part, done, total)
