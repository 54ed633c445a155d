"""Matters that have ended already get the day from which a step, such as a re-check, falls due again."""

import datetime as dt
from typing import Any

from django.db import migrations

MANY = 500


def later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - dt.timedelta(days=1)).day))


def due_steps(content: dict[str, Any]) -> dict[tuple[str, str], int]:
    """By kind and state, after how many months the first step falls due."""
    steps = [(kind["code"], step) for kind in content.get("matters", []) for step in kind.get("transitions", [])]
    due = [(kind, state, step["due_after_months"]) for kind, step in steps for state in step["from"]
           if step.get("due_after_months")]  # fmt: skip
    return {(kind, state): months for kind, state, months in sorted(due, key=lambda one: -one[2])}


def set_days(apps: Any, _schema_editor: Any) -> None:
    pack_version, matter = apps.get_model("packs", "PackVersion"), apps.get_model("matters", "Matter")
    for version in pack_version.objects.all():
        for (kind, state), months in due_steps(version.content).items():
            ended = matter.objects.filter(
                pack_version=version, kind=f"{version.pack}.{kind}", state=state, closed_on__isnull=False
            )
            changed = []
            for row in ended.only("id", "closed_on").iterator(MANY):
                row.again_on = later(row.closed_on, months)
                changed.append(row)
            matter.objects.bulk_update(changed, ["again_on"], batch_size=MANY)


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0013_again"),
        ("packs", "0002_packversion_contract"),
    ]

    operations = [migrations.RunPython(set_days, migrations.RunPython.noop)]
