"""Triggers that mark what a change touches, in its transaction, whichever code wrote it and however many rows.

Each watched table says which fact views its rows tell of, at which place, and with which days. A row that is changed
marks what it was and what it is.
"""
# ruff: noqa: S608 (every part of the statements stands in this file)

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from huoshui.figures.cells.models import Kept, Touch
from huoshui.kernel import triggers

EVERY = "*"
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
EVER = (f"'{FIRST_DAY}'", f"'{LAST_DAY}'")
INTO = f"INSERT INTO {Touch._meta.db_table} (source, place_id, first, last)"


@dataclass(frozen=True)
class Mark:
    """What one row says: the fact view, the place, the days. ``{r}`` stands for the row before or after.

    ``rows``: the FROM clause of the rows concerned, where they are not the row itself but belong to it.
    """

    source: str
    place: str
    days: tuple[str, ...]
    rows: str = ""
    only: str = ""
    """Condition; ``{u}``: the same row on the other side of the update, ``{known}``: it was there before."""


@dataclass(frozen=True)
class Watched:
    """A table whose changes are marked; of an update, one of these columns must have changed."""

    table: str
    columns: tuple[str, ...]
    marks: tuple[Mark, ...]


def _days(row: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{row}.{name}" for name in names)


def _end_of_year(column: str) -> str:
    return f"YEAREND({column})"


OF_MATTER = ("opened_on", "due_on", "closed_on", "supervised_on")
_M, _R = _days("m", *OF_MATTER), _days("{r}", *OF_MATTER)
OF_REQUEST = ("taken_on", "promised_on", "done_on", "closed_on")
OF_RATING = ("rated_on", "correct_by", "corrected_on")
_HANDED_IN = "v.state = 'submitted'"

WATCHED = (
    Watched(
        "matters_matter",
        ("place_id", "kind", "pack", "state", "phase", "severity", "close_reason", "source_kind", *OF_MATTER,
         "verifier_id", "duplicate_of_id"),
        (
            Mark("matters", "{r}.place_id", _R),
            Mark("money_lines", "{r}.place_id", ("l.day", *_R), "matters_moneyline l", "l.matter_id = {r}.id"),
            Mark("matter_values", "{r}.place_id", ("l.day", *_R), "matters_mattervalue l", "l.matter_id = {r}.id"),
            Mark(
                "claims", "{r}.place_id", ("l.applied_on", "l.decided_on", *_R),
                "subsidies_claim l", "l.matter_id = {r}.id",
            ),
        ),
    ),
    Watched(
        "matters_moneyline",
        ("matter_id", "type", "amount", "day", "payer"),
        (Mark("money_lines", "m.place_id", ("{r}.day", *_M), "matters_matter m", "m.id = {r}.matter_id"),),
    ),
    Watched(
        "matters_mattervalue",
        ("matter_id", "code", "number", "text", "day"),
        (Mark("matter_values", "m.place_id", ("{r}.day", *_M), "matters_matter m", "m.id = {r}.matter_id"),),
    ),
    Watched(
        "subsidies_claim",
        ("matter_id", "pot_id", "state", "cost", "entitled", "applied", "approved", "applied_on", "decided_on"),
        (
            Mark(
                "claims", "m.place_id", ("{r}.applied_on", "{r}.decided_on", *_M),
                "matters_matter m", "m.id = {r}.matter_id",
            ),
        ),
    ),
    Watched(
        "subsidies_allocation",
        ("pot_id", "amount", "day"),
        (
            Mark(
                "fund_allocations", "p.place_id", ("{r}.day", _end_of_year("p.year")),
                "subsidies_pot p", "p.id = {r}.pot_id",
            ),
        ),
    ),
    Watched(
        "subsidies_pot",
        ("scheme", "place_id", "year"),
        (
            Mark(
                "fund_allocations", "{r}.place_id", ("l.day", _end_of_year("{r}.year")),
                "subsidies_allocation l", "l.pot_id = {r}.id",
            ),
            Mark(
                "claims", "m.place_id", EVER,
                "subsidies_claim l JOIN matters_matter m ON m.id = l.matter_id", "l.pot_id = {r}.id",
            ),
        ),
    ),
    Watched(
        "activities_activity",
        ("place_id", "kind", "pack", "state", "headcount", "minutes", "day", "last_day", "held_on", "parent_id"),
        (
            Mark("activities", "{r}.place_id", ("{r}.day", "{r}.last_day")),
            Mark(
                "activity_values", "{r}.place_id", ("l.day", "{r}.day", "{r}.last_day"),
                "activities_activityvalue l", "l.activity_id = {r}.id",
            ),
        ),
    ),
    Watched(
        "activities_activityvalue",
        ("activity_id", "code", "number", "text", "day"),
        (
            Mark(
                "activity_values", "a.place_id", ("{r}.day", "a.day", "a.last_day"),
                "activities_activity a", "a.id = {r}.activity_id",
            ),
        ),
    ),
    Watched(
        "places_honour",
        ("place_id", "name", "level", "year", "holder", "withdrawn_on"),
        (Mark("honours", "{r}.place_id", (_end_of_year("{r}.year"), "{r}.withdrawn_on")),),
    ),
    Watched(
        "places_place",
        ("kind", "code", "opened_on", "closed_on", "parent_id"),
        (
            Mark("places", "{r}.id", EVER),
            Mark("place_attributes", "{r}.id", EVER, "places_placeattribute l", "l.place_id = {r}.id"),
            Mark("attribute_pairs", "{r}.id", EVER, "places_placeattribute l", "l.place_id = {r}.id"),
            Mark("places", "c.id", EVER, "places_place c", "c.parent_id = {r}.id"),
            Mark("honours", "{r}.id", EVER, "places_honour l", "l.place_id = {r}.id"),
            Mark("occasions", "{r}.id", EVER, "schedules_occasion l", "l.place_id = {r}.id"),
            Mark(EVERY, "{r}.parent_id", EVER, only="{r}.parent_id IS NOT NULL AND {u}.parent_id IS NULL"),
        ),
    ),
    Watched(
        "schedules_occasion",
        ("plan_id", "place_id", "opens_on", "due_on", "have", "done_on", "excused_on"),
        (Mark("occasions", "{r}.place_id", _days("{r}", "opens_on", "due_on", "done_on")),),
    ),
    # What a plan asks for never changes, but a mark stands for whoever changes it beside the actions.
    Watched(
        "schedules_plan",
        ("schedule", "of", "times"),
        (
            Mark(
                "occasions", "l.place_id", _days("l", "opens_on", "due_on", "done_on"),
                "schedules_occasion l", "l.plan_id = {r}.id",
            ),
        ),
    ),
    Watched("places_placeformer", ("kind", "until", "place_id"), (Mark("places", "{r}.place_id", EVER),)),
    Watched(
        "places_placeattribute",
        ("place_id", "code", "since", "until", "number", "text", "day"),
        (Mark("place_attributes", "{r}.place_id", EVER), Mark("attribute_pairs", "{r}.place_id", EVER)),
    ),
    Watched(
        "places_placeparent",
        ("place_id", "parent_id", "since", "until"),
        # The first parent of a place brings nothing along: what is recorded there later is marked by itself.
        (
            Mark(
                EVERY, "{r}.parent_id", EVER,
                only="EXISTS (SELECT 1 FROM places_placeparent o WHERE o.place_id = {r}.place_id AND o.id <> {r}.id)"
                " OR {known}",
            ),
        ),
    ),
    Watched(
        "visits_visit",
        ("place_id", "state", "checklist_code", "round_id", "visited_on"),
        (
            Mark("visits", "{r}.place_id", ("{r}.visited_on",), only="{r}.state = 'submitted'"),
            Mark(
                "answers", "{r}.place_id", ("{r}.visited_on",), "visits_answer l",
                "l.visit_id = {r}.id AND {r}.state = 'submitted'",
            ),
            Mark(
                "choices", "{r}.place_id", ("{r}.visited_on",), "visits_chosen l",
                "l.visit_id = {r}.id AND {r}.state = 'submitted'",
            ),
        ),
    ),
    Watched(
        "visits_answer",
        ("visit_id", "item", "choice", "value", "findings", "yes", "day", "points", "fails"),
        (
            Mark(
                "answers", "v.place_id", ("v.visited_on",), "visits_visit v",
                f"v.id = {{r}}.visit_id AND {_HANDED_IN}",
            ),
        ),
    ),
    Watched(
        "visits_chosen",
        ("visit_id", "item", "option"),
        (
            Mark(
                "choices", "v.place_id", ("v.visited_on",), "visits_visit v",
                f"v.id = {{r}}.visit_id AND {_HANDED_IN}",
            ),
        ),
    ),
    Watched(
        "visits_result",
        ("round_id", "place_id", "total", "judges"),
        (Mark("results", "{r}.place_id", ("w.closes_on",), "visits_round w", "w.id = {r}.round_id"),),
    ),
    Watched(
        "visits_round",
        ("state", "closes_on", "checklist_code"),
        (
            Mark("results", "l.place_id", ("{r}.closes_on",), "visits_result l", "l.round_id = {r}.id"),
            Mark(
                "answers", "v.place_id", ("v.visited_on",), "visits_visit v",
                f"v.round_id = {{r}}.id AND {_HANDED_IN}",
            ),
            Mark(
                "choices", "v.place_id", ("v.visited_on",), "visits_visit v",
                f"v.round_id = {{r}}.id AND {_HANDED_IN}",
            ),
        ),
    ),
    Watched(
        "services_offer",
        ("place_id", "item", "since", "until"),
        (Mark("service_offers", "{r}.place_id", ("{r}.since", "{r}.until")),),
    ),
    Watched(
        "services_request",
        ("place_id", "item", "bundle", "came", "phase", "close_reason", *OF_REQUEST),
        (
            Mark("service_requests", "{r}.place_id", _days("{r}", *OF_REQUEST)),
            Mark(
                "service_ratings", "{r}.place_id", _days("l", *OF_RATING),
                "services_rating l", "l.request_id = {r}.id",
            ),
        ),
    ),
    Watched(
        "services_rating",
        ("request_id", "level", "rank", "satisfied", "entered_by_id", "correction_id", *OF_RATING),
        (
            Mark(
                "service_ratings", "q.place_id", _days("{r}", *OF_RATING),
                "services_request q", "q.id = {r}.request_id",
            ),
        ),
    ),
)  # fmt: skip
"""Every table that a fact view reads; ``tests/figures/test_marking.py`` holds that none is missing."""


def put_triggers(**_signal: Any) -> None:
    """Write the triggers anew, as they stand here."""
    triggers.put_up(_triggers())
    forget_kept()


def forget_kept() -> None:
    """Let everything be counted anew: another release may read the same records otherwise, which no trigger tells."""
    if Kept._meta.db_table in triggers.tables_there():
        Kept.objects.all().delete()


def take_triggers_down(**_signal: Any) -> None:
    """Mark nothing until they are put up again: for who writes millions of rows, and counts everything anew after."""
    triggers.take_down((one.name, one.table) for one in _triggers())


def _triggers() -> Iterator[triggers.Trigger]:
    there = triggers.tables_there()
    for watched in WATCHED:
        if {watched.table, Touch._meta.db_table} <= there:
            for verb, rows in triggers.VERBS.items():
                name, statements = f"{watched.table}_touch_{verb.lower()}", tuple(_statements(watched, verb, rows))
                yield triggers.Trigger(name, watched.table, verb, statements, watched.columns)


def _statements(watched: Watched, verb: str, rows: tuple[str, ...]) -> Iterable[str]:
    for mark in watched.marks:
        if "{u}" not in mark.only or verb == "UPDATE":
            yield from (_statement(mark, verb, row) for row in rows)


def _statement(mark: Mark, verb: str, row: str) -> str:
    """One INSERT; of several rows that belong to the changed one, one mark from their first day to their last."""
    other = "NEW" if row == "OLD" else "OLD"
    only = (mark.only or "1 = 1").format(r=row, u=other, known="1 = 0" if verb == "INSERT" else "1 = 1")
    days = [_written(day.format(r=row)) for day in mark.days]
    place, first, last = mark.place.format(r=row), _edge(days, "first"), _edge(days, "last")
    if not mark.rows:
        return f"{INTO} SELECT '{mark.source}', {place}, {first}, {last} WHERE {only}"
    return (
        f"{INTO} SELECT '{mark.source}', {place}, MIN({first}), MAX({last}) FROM {mark.rows.format(r=row)} "
        f"WHERE {only} GROUP BY {place}"
    )


def _edge(days: list[str], which: str) -> str:
    """The earliest or latest of some days that may be empty."""
    empty = EVER[1] if which == "first" else EVER[0]
    cast = "" if connection.vendor == "sqlite" else "::date"
    filled = [f"COALESCE({day}, {empty}{cast})" if not day.startswith("'") else f"{day}{cast}" for day in days]
    if len(filled) == 1:
        return filled[0]
    name = {"sqlite": {"first": "MIN", "last": "MAX"}, "postgresql": {"first": "LEAST", "last": "GREATEST"}}
    return f"{name[connection.vendor][which]}({', '.join(filled)})"


def _written(day: str) -> str:
    if not day.startswith("YEAREND("):
        return day
    column = day[len("YEAREND(") : -1]
    return f"printf('%04d-12-31', {column})" if connection.vendor == "sqlite" else f"make_date({column}, 12, 31)"
