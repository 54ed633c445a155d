"""A filled form is never deleted, and of its columns none but those of the seal ever changes."""

from django.db import migrations

NAMES = ("forms_filling_only_seal", "forms_filling_keep_seal")
KEPT = (
    "id", "created_at", "form_id", "form_version_id", "mapping", "place_id", "period", "first", "last", "number",
    "file_id", "cells", "typed", "lists", "filled", "missing", "seconds", "by_id", "unit_name", "at",
)  # fmt: skip
KEPT_BEFORE = ("form_id", "form_version_id", "place_id", "period", "file_id", "cells", "at")


def _drop(schema_editor):
    table = " ON forms_filling" if schema_editor.connection.vendor == "postgresql" else ""
    for name in NAMES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{table}")


def _create(schema_editor, name, event, when):
    postgresql = schema_editor.connection.vendor == "postgresql"
    condition = f"WHEN ({when})" if when else ""
    does = (
        f"FOR EACH ROW {condition} EXECUTE FUNCTION huoshui_forms_kept()"
        if postgresql
        else f"{condition} BEGIN SELECT RAISE(ABORT, 'filled forms are kept as they are'); END"
    )
    schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON forms_filling {does}")


def _guard(schema_editor, kept, deleting):
    postgresql = schema_editor.connection.vendor == "postgresql"
    differs, text = ("IS DISTINCT FROM", "::text") if postgresql else ("IS NOT", "")
    changed = " OR ".join(f'NEW."{name}"{text} {differs} OLD."{name}"{text}' for name in kept)
    _drop(schema_editor)
    _create(schema_editor, NAMES[0], "UPDATE", f"OLD.seal_id IS NOT NULL OR {changed}")
    _create(schema_editor, NAMES[1], "DELETE", deleting)


def guard(apps, schema_editor):
    _guard(schema_editor, KEPT, "")


def guard_as_before(apps, schema_editor):
    _guard(schema_editor, KEPT_BEFORE, "OLD.seal_id IS NOT NULL")


class Migration(migrations.Migration):
    dependencies = [("forms", "0001_initial")]

    operations = [migrations.RunPython(guard, guard_as_before)]
