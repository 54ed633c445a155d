"""The indexes by which a ledger of 100,000 matters is filtered, counted and walked in any order."""

from __future__ import annotations

from django.db import models


class Beginning(models.Func):
    """The 60 characters of a text by which a ledger is sorted, beyond which the order is that of opening.

    The number stands in the SQL itself: an index over an expression serves the same expression, not a parameter.
    """

    template = "SUBSTR(%(expressions)s, 1, 60)"
    output_field = models.TextField()


FEW_INDEXES: list[models.Index] = [
    # Over the few that have one: an index full of nulls looks useless to SQLite, which then reads every matter.
    models.Index(fields=[name], condition=models.Q(**{f"{name}__isnull": False}), name=f"matter_{name}")
    for name in ("parent", "duplicate_of", "split_from", "again_on")
]

LEDGER_INDEXES: list[models.Index] = [
    # What a ledger is filtered by: counted within this index alone.
    models.Index(
        fields=[
            "place",
            "closed_on",
            "due_on",
            "yellow_on",
            "blue_on",
            "close_reason",
            "verifier",
            "phase",
            "state",
            "kind",
            "severity",
            "owner",
            "pack",
            "source_id",
            "supervised_on",
        ],
        name="matter_facts",
    ),
    # Of whom, and of which rounds, a ledger can be asked.
    models.Index(fields=["owner", "place"], name="matter_owner_place"),
    models.Index(fields=["source_id", "source_label"], name="matter_sources"),
    # Where words are looked for, in all that is shown of a find: read through within this index alone.
    models.Index(fields=["title", "number", "place", "opened_on", "id"], name="matter_words"),
    # One for each order of the ledger, so that a page comes without sorting every matter.
    models.Index(fields=["year", "sequence", "id"], name="matter_sequence"),
    models.Index(fields=["due_on", "id"], name="matter_by_due"),
    models.Index(fields=["opened_on", "id"], name="matter_by_opened"),
    models.Index(fields=["closed_on", "id"], name="matter_closed"),
    models.Index(fields=["supervised_on", "id"], name="matter_by_supervised"),
    models.Index(fields=["again_on", "id"], name="matter_by_again"),
    models.Index(fields=["severity_rank", "id"], name="matter_by_severity"),
    models.Index(fields=["state", "id"], name="matter_by_state"),
    models.Index(fields=["title", "id"], name="matter_by_title"),
    models.Index(fields=["source_label", "id"], name="matter_by_source"),
    models.Index(fields=["clock", "id"], name="matter_by_clock"),
    models.Index(fields=["close_reason", "id"], name="matter_by_reason"),
]
