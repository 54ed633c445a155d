"""Triggers that refuse UPDATE, DELETE and TRUNCATE on the journal and its seals."""

from django.db import migrations

TABLES = ("kernel_entry", "kernel_seal")


def guard(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION huoshui_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            name = f"{table}_no_{verb.lower()}"
            if postgresql:
                each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION huoshui_append_only()"
                )
            elif verb != "TRUNCATE":
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
                )


def unguard(apps, schema_editor):
    for table in TABLES:
        for verb in ("update", "delete", "truncate"):
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
