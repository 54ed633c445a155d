from django.db import migrations, models

GUARDED = ("explanation", "publicationcheck", "checkednumber")


def guard(apps, schema_editor):
    """Refuse UPDATE and DELETE of what was found and of what was said about it: a text is checked again instead."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION huoshui_checks_stay() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'kept checks are never changed'; END $$"
        )
    for table in GUARDED:
        for verb in ("UPDATE", "DELETE"):
            does = (
                "FOR EACH ROW EXECUTE FUNCTION huoshui_checks_stay()"
                if postgresql
                else "BEGIN SELECT RAISE(ABORT, 'kept checks are never changed'); END"
            )
            name = f"publications_{table}_no_{verb.lower()}"
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON publications_{table} {does}")


def unguard(apps, schema_editor):
    for table in GUARDED:
        on = f" ON publications_{table}" if schema_editor.connection.vendor == "postgresql" else ""
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS publications_{table}_no_{verb}{on}")


class Migration(migrations.Migration):
    dependencies = [("publications", "0001_checks")]

    operations = [
        # Before the triggers: SQLite changes a column by making the table anew, without them.
        migrations.AlterField(model_name="explanation", name="period", field=models.CharField(max_length=60)),
        migrations.RunPython(guard, unguard),
    ]
