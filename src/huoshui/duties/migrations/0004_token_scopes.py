"""Tokens say what they may touch, where they said only whether they may write."""

from typing import Any

from django.db import migrations, models

AREAS = [
    "places", "people", "packs", "rounds", "sheets", "matters", "letters", "money", "photos", "notices", "journal",
]  # fmt: skip
"""The areas there were when tokens had none: what an older token could reach."""


def scopes_of_older_tokens(apps: Any, schema_editor: Any) -> None:
    """An older token keeps what it could do."""
    tokens = apps.get_model("duties", "ApiToken").objects
    reading = [f"{area}:read" for area in AREAS]
    writing = [f"{area}:{'read' if area == 'journal' else 'write'}" for area in AREAS]
    tokens.filter(may_write=True).update(scopes=writing)
    tokens.filter(may_write=False).update(scopes=reading)


class Migration(migrations.Migration):
    dependencies = [("duties", "0003_standing_in")]

    operations = [
        migrations.AddField("apitoken", "scopes", models.JSONField(default=list)),
        migrations.AddField("apitoken", "last_used_at", models.DateTimeField(null=True)),
        migrations.AddField("apitoken", "rotated_at", models.DateTimeField(null=True)),
        migrations.RunPython(scopes_of_older_tokens, migrations.RunPython.noop),
        migrations.RemoveField("apitoken", "may_write"),
    ]
